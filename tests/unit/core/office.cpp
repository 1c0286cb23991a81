#include "tests/unit/core/office.hpp"

#include "actors/core/overload.hpp"

#include <stdexcept>

namespace fairlead::test {
namespace {

using text = std::string;

/// `{"name":"value", …, fields}`; a field that `fields` tell is left to them.
text object(
  std::initializer_list<std::pair<std::string_view, std::string_view>> texts,
  std::string_view fields) {
  text body;
  for (const auto& [name, value] : texts)
    if (auto key = "\"" + text{name} + "\":";
        fields.find(key) == std::string_view::npos)
      body += (body.empty() ? "" : ",") + key + "\"" + text{value} + "\"";
  if (!fields.empty())
    body += (body.empty() ? "" : ",") + text{fields};
  return "{" + body + "}";
}

text who(const std::optional<text>& agent_id, const dialled& number) {
  return agent_id.value_or(number.phone.empty() ? number.endpoint
                                                : number.phone);
}

text who(const rung_leg& l) {
  return who(l.agent_id, l.number);
}

template <closed_word Word>
text word(Word w) {
  return text{to_string(w)};
}

template <class Word>
text word(const word_or_text<Word>& w) {
  return text{w.text()};
}

text or_nobody(const std::optional<text>& id) {
  return id.value_or("nobody");
}

text line_of(const output_body& body) {
  return std::visit(
    overload{
      [](const lead_assigned& x) {
        return (x.again ? "reassigned " : "assigned ") + x.agent.agent_id + ": "
               + word(x.reason) + (x.with ? " with " + *x.with : "");
      },
      [](const lead_unassigned& x) { return "unassigned: " + word(x.reason); },
      [](const lead_stage_changed& x) { return "stage " + x.to; },
      [](const lead_conflict& x) {
        return "conflict " + x.kept_owner + ", " + x.other_owner;
      },
      [](const action_failed& x) {
        return word(x.action) + " failed: " + word(x.reason);
      },
      [](const agent_auto_unavailable& x) {
        return "unavailable " + x.agent_id + " after "
               + std::to_string(x.misses);
      },
      [](const ring_requested& x) {
        auto line = "ring " + word(x.step) + ":";
        for (const auto& l : x.legs)
          line += " " + who(l);
        return line;
      },
      [](const ring_cancelled& x) {
        text line = "cancel";
        for (const auto& l : x.legs)
          line += " " + who(l) + ": " + word(l.reason.value());
        return line;
      },
      [](const transfer_connected& x) {
        return "connected " + word(x.kind) + ": " + who(x.agent_id, x.number);
      },
      [](const transfer_waiting& x) {
        return "waiting until " + to_rfc3339(x.until);
      },
      [](const transfer_missed& x) { return "missed: " + word(x.reason); },
      [](const outcome_corrected& x) {
        return "corrected " + word(x.from) + " to " + word(x.to);
      },
      [](const notification_requested& x) {
        return "tell " + x.agent_id + ": " + word(x.kind);
      },
      [](const task_created& x) {
        return "task " + word(x.kind) + " for " + or_nobody(x.assignee);
      },
      [](const task_moved& x) {
        return "task from " + or_nobody(x.from) + " to " + or_nobody(x.to);
      },
      [](const task_repeated& x) {
        return "task repeated for " + or_nobody(x.assignee) + ": "
               + std::to_string(x.misses);
      },
      [](const task_cancelled& x) {
        return "task cancelled: " + word(x.reason);
      },
      [](const outreach_gated& x) {
        auto line = x.verdict == gate::held       ? "held "
                    : x.verdict == gate::released ? text{"released "}
                                                  : text{"refused "};
        return line + x.outreach_id + (x.reason ? ": " + word(*x.reason) : "");
      },
      [](const cadence_cancelled& x) {
        return "cadence cancelled: " + word(x.reason);
      },
      [](const cadence_resumed&) { return text{"cadence resumed"}; },
      [](const cadence_paused& x) {
        return "cadence paused"
               + (x.until ? " until " + to_rfc3339(*x.until) : text{});
      },
      [](const decision_recorded& x) { return "decision " + word(x.kind); }},
    body);
}

} // namespace

office::office(std::string_view team_fields) {
  configure(team_fields);
  for (const auto* id : {"ana", "ben", "olivia"})
    agent(id);
}

desk_result office::send(topic on, std::string_view type,
                         const std::string& data) {
  return take(on, type, "acme", data, now);
}

desk_result office::wait(std::chrono::milliseconds span) {
  desk_result all;
  now += span;
  while (part().first_due() && *part().first_due() <= now) {
    auto r = pass(*part().first_due());
    all.outputs.insert(all.outputs.end(), r.outputs.begin(), r.outputs.end());
    all.dead.insert(all.dead.end(), r.dead.begin(), r.dead.end());
    all.steps += r.steps;
  }
  return all;
}

desk_result office::configure(std::string_view team_fields) {
  auto r = send(
    topic::roster, "team.configured",
    object({{"team_id", "acme"}, {"account_owner", "olivia"}}, team_fields));
  EXPECT_TRUE(r.dead.empty()) << team_fields;
  return r;
}

desk_result office::agent(std::string_view id, std::string_view fields) {
  return send(
    topic::roster, "agent.configured",
    object({{"agent_id", id}, {"name", id}, {"phone", phone_of(id)}}, fields));
}

desk_result office::toggle(std::string_view id, std::string_view fields) {
  return send(topic::roster, "agent.availability_changed",
              object({{"agent_id", id}}, fields));
}

desk_result office::remove(std::string_view id, std::string_view fields) {
  return send(topic::roster, "agent.removed",
              object({{"agent_id", id}}, fields));
}

desk_result office::lead(std::string_view id, std::string_view fields) {
  return send(topic::leads, "lead.received", object({{"lead_id", id}}, fields));
}

desk_result office::assign(std::string_view lead, std::string_view fields) {
  return send(topic::leads, "lead.assignment_requested",
              object({{"lead_id", lead}}, fields));
}

desk_result office::close(std::string_view lead) {
  return send(topic::leads, "lead.closed", object({{"lead_id", lead}}, ""));
}

desk_result office::outreach(std::string_view id, std::string_view lead) {
  return send(
    topic::leads, "outreach.requested",
    object({{"lead_id", lead}, {"outreach_id", id}, {"channel", "sms"}}, ""));
}

desk_result office::transfer(std::string_view id, std::string_view fields) {
  return send(topic::calls, "transfer.requested",
              object({{"call_id", id}, {"lead_id", "l"}}, fields));
}

desk_result office::ring(std::string_view report, std::string_view who,
                         std::string_view call) {
  return send(topic::calls, "ring." + std::string{report},
              object({{"call_id", call}, {"leg_id", last_leg(who, call)}}, ""));
}

desk_result office::bridge_failed(std::string_view who, std::string_view call) {
  return send(topic::calls, "call.bridge_failed",
              object({{"call_id", call}, {"leg_id", last_leg(who, call)}}, ""));
}

desk_result office::on_call(std::string_view type, std::string_view call) {
  return send(topic::calls, type, object({{"call_id", call}}, ""));
}

desk_result office::tag(std::string_view outcome, std::string_view call,
                        std::string_view fields) {
  return send(
    topic::calls, "call.outcome",
    object({{"call_id", call}, {"lead_id", "l"}, {"outcome", outcome}},
           fields));
}

const lead_state& office::lead_now(const std::string& id) {
  return team().lead_cell(id).state;
}

const call_state& office::call_now(const std::string& id) {
  return team().call_cell(id).state;
}

std::string office::owner(const std::string& lead) {
  return lead_now(lead).owner.value_or("");
}

std::string office::last_leg(std::string_view who, std::string_view call) {
  const auto& legs = call_now(std::string{call}).legs;
  for (auto l = legs.rbegin(); l != legs.rend(); ++l)
    if (l->agent_id == who
        || (!l->agent_id
            && (l->number.phone == who || l->number.endpoint == who)))
      return l->leg_id;
  throw std::invalid_argument{std::string{who} + " has no leg in "
                              + std::string{call}};
}

std::string phone_of(std::string_view agent) {
  auto n = agent.front() - 'a' + 1;
  return "+151255501" + std::string(n < 10 ? 1 : 0, '0') + std::to_string(n);
}

std::vector<std::string> told(const desk_result& r) {
  std::vector<std::string> lines;
  for (const auto& o : r.outputs)
    if (!std::holds_alternative<decision_recorded>(o.body))
      lines.push_back(line_of(o.body));
  return lines;
}

lead_assigned assigned(const desk_result& r) {
  return r.all<lead_assigned>().at(0);
}

std::vector<std::string> weighed(const desk_result& r) {
  std::vector<std::string> lines;
  auto decisions = r.all<decision_recorded>();
  if (!decisions.empty())
    for (const auto& c : decisions.front().candidates)
      lines.push_back(c.agent_id + (c.excluded ? " " + word(*c.excluded) : ""));
  return lines;
}

} // namespace fairlead::test
