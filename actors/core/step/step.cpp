#include "actors/core/step/step.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "messages/derive.hpp"

#include <algorithm>
#include <cstddef>

namespace fairlead {

step::step(team_state& team, const input_event& event, const raw_record& record,
           const decoder& reader, instant now, instant wall)
  : team_{&team},
    event_{&event},
    record_{&record},
    reader_{&reader},
    cause_{input_cause(event.source, event.id)},
    now_{now},
    wall_{wall},
    started_{record.timestamp},
    mass_left_{limits::leads_per_mass_step},
    last_to_wait_{team.counters().waiting_last} {
  way_.push_back(first_visit(event.body));
  serve_waiting_at_the_end();
}

step::step(team_state& team, entity_name timer, std::string name,
           const decoder& reader, instant due, instant now, instant wall,
           errand what)
  : team_{&team},
    reader_{&reader},
    timer_{std::move(name)},
    cause_{timer_},
    now_{now},
    wall_{wall},
    started_{due},
    mass_left_{limits::leads_per_mass_step},
    last_to_wait_{team.counters().waiting_last} {
  way_.push_back({timer.kind, std::move(timer.id), std::move(what)});
  serve_waiting_at_the_end();
}

/// R52: what the step does may have freed somebody.
void step::serve_waiting_at_the_end() {
  if (!team_->counters().waiting.empty())
    finally(to_team(serve_waiting{}));
}

const std::string& step::emit(std::string lead_id, output_body body) {
  return add(std::move(lead_id), true, std::move(body));
}

const std::string& step::emit_about_agent(std::string agent_id,
                                          output_body body) {
  return add(std::move(agent_id), false, std::move(body));
}

const std::string& step::add(std::string subject, bool about_lead,
                             output_body body) {
  if (outputs_.empty())
    outputs_.reserve(4); // a new lead's
  outputs_.push_back(
    {.id = output_id(
       {.team = team_->id(), .cause = cause_, .ordinal = outputs_.size()}),
     .subject = std::move(subject),
     .about_lead = about_lead,
     .body = std::move(body)});
  return outputs_.back().id;
}

void step::reject(dead_letter why) {
  require(outputs_.empty(), "a step that has decided something is rejected");
  rejected_ = std::move(why);
}

output_frame step::frame() const {
  output_frame f{.team = team_->id(),
                 .now = now_,
                 .causation_id = timer_,
                 .traceparent = {},
                 .cause = std::nullopt,
                 .timer = timer_};
  if (event_ != nullptr) {
    f.causation_id = event_->id;
    f.traceparent = event_->traceparent;
    f.cause = origin_of(*record_);
  }
  return f;
}

visit step::arrive() {
  if (way_.empty()) {
    require(!last_.empty(), "a step arrives where nobody sent it");
    auto v = std::move(last_.front());
    last_.erase(last_.begin());
    return v;
  }
  std::reverse(way_.begin() + static_cast<std::ptrdiff_t>(named_), way_.end());
  auto v = std::move(way_.back());
  way_.pop_back();
  named_ = way_.size();
  return v;
}

void step::go_nowhere() {
  way_.clear();
  named_ = 0;
  last_.clear();
}

visit first_visit(const input_body& body) {
  struct {
    visit operator()(const team_configured&) const {
      return to_team(handle_event{});
    }
    visit operator()(const agent_configured& e) const {
      return to_agent(e.document.agent_id, handle_event{});
    }
    visit operator()(const agent_availability_changed& e) const {
      return to_agent(e.agent_id, handle_event{});
    }
    visit operator()(const agent_removed& e) const {
      return to_agent(e.agent_id, handle_event{});
    }
    visit operator()(const lead_received& e) const { return lead(e.lead_id); }
    visit operator()(const lead_assignment_requested& e) const {
      return lead(e.lead_id);
    }
    visit operator()(const lead_closed& e) const { return lead(e.lead_id); }
    visit operator()(const outreach_requested& e) const {
      return lead(e.lead_id);
    }
    visit operator()(const task_completed& e) const { return lead(e.lead_id); }
    visit operator()(const transfer_requested& e) const {
      return call(e.call_id);
    }
    visit operator()(const ring_reported& e) const { return call(e.call_id); }
    visit operator()(const call_bridge_failed& e) const {
      return call(e.call_id);
    }
    visit operator()(const caller_hung_up& e) const { return call(e.call_id); }
    visit operator()(const call_ended& e) const { return call(e.call_id); }
    visit operator()(const call_outcome& e) const { return call(e.call_id); }

    static visit lead(const std::string& id) {
      return to_lead(id, handle_event{});
    }
    static visit call(const std::string& id) {
      return to_call(id, handle_event{});
    }
  } whose;
  return std::visit(whose, body);
}

} // namespace fairlead
