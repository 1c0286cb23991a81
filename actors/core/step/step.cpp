#include "actors/core/step/step.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "messages/derive.hpp"

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
    mass_left_{limits::leads_per_mass_step} {
  way_.push_back(first_visit(event.body));
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
    mass_left_{limits::leads_per_mass_step} {
  way_.push_back({timer.kind, std::move(timer.id), std::move(what)});
}

const std::string& step::emit(std::string lead_id, std::string subject,
                              output_body body) {
  if (outputs_.empty())
    outputs_.reserve(4); // a new lead's
  outputs_.push_back({.id = output_id(team_->id(), cause_, outputs_.size()),
                      .lead_id = std::move(lead_id),
                      .subject = std::move(subject),
                      .body = std::move(body)});
  return outputs_.back().id;
}

void step::reject(dead_letter_reason reason, std::string message) {
  require(outputs_.empty(), "a step that has decided something is rejected");
  rejected_ = dead_letter{reason, std::move(message)};
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

void step::next(std::vector<visit> visits) {
  way_.insert(way_.end(), std::make_move_iterator(visits.rbegin()),
              std::make_move_iterator(visits.rend()));
}

void step::next(visit v) {
  way_.push_back(std::move(v));
}

visit step::arrive() {
  require(!way_.empty(), "a step arrives where nobody sent it");
  auto v = std::move(way_.back());
  way_.pop_back();
  return v;
}

visit first_visit(const input_body& body) {
  struct {
    visit operator()(const team_configured&) const {
      return {entity_kind::team, "", handle_event{}};
    }
    visit operator()(const agent_configured& e) const {
      return agent(e.document.agent_id);
    }
    visit operator()(const agent_availability_changed& e) const {
      return agent(e.agent_id);
    }
    visit operator()(const agent_removed& e) const { return agent(e.agent_id); }
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

    static visit agent(const std::string& id) {
      return {entity_kind::agent, id, handle_event{}};
    }
    static visit lead(const std::string& id) {
      return {entity_kind::lead, id, handle_event{}};
    }
    static visit call(const std::string& id) {
      return {entity_kind::call, id, handle_event{}};
    }
  } whose;
  return std::visit(whose, body);
}

} // namespace fairlead
