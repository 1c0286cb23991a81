#include "messages/inputs.hpp"

namespace fairlead {
namespace {

struct types {
  std::string_view operator()(const team_configured&) const {
    return "team.configured";
  }
  std::string_view operator()(const agent_configured&) const {
    return "agent.configured";
  }
  std::string_view operator()(const agent_availability_changed&) const {
    return "agent.availability_changed";
  }
  std::string_view operator()(const agent_removed&) const {
    return "agent.removed";
  }
  std::string_view operator()(const lead_received&) const {
    return "lead.received";
  }
  std::string_view operator()(const lead_assignment_requested&) const {
    return "lead.assignment_requested";
  }
  std::string_view operator()(const lead_closed&) const {
    return "lead.closed";
  }
  std::string_view operator()(const outreach_requested&) const {
    return "outreach.requested";
  }
  std::string_view operator()(const task_completed&) const {
    return "task.completed";
  }
  std::string_view operator()(const transfer_requested&) const {
    return "transfer.requested";
  }
  std::string_view operator()(const ring_reported& e) const {
    return type_of(e.report);
  }
  std::string_view operator()(const call_bridge_failed&) const {
    return "call.bridge_failed";
  }
  std::string_view operator()(const caller_hung_up&) const {
    return "caller.hung_up";
  }
  std::string_view operator()(const call_ended&) const { return "call.ended"; }
  std::string_view operator()(const call_outcome&) const {
    return "call.outcome";
  }
};

} // namespace

std::string_view type_of(leg_report r) {
  switch (r) {
    case leg_report::answered:
      return "ring.answered";
    case leg_report::accepted:
      return "ring.accepted";
    case leg_report::declined:
      return "ring.declined";
    case leg_report::busy:
      return "ring.busy";
    case leg_report::failed:
      return "ring.failed";
    case leg_report::machine:
      return "ring.machine";
    case leg_report::no_answer:
      break;
  }
  return "ring.no_answer";
}

std::string_view type_of(const input_body& body) {
  return std::visit(types{}, body);
}

topic input_topic_of(std::string_view type) {
  for (auto prefix : {"team.", "agent."})
    if (type.starts_with(prefix))
      return topic::roster;
  for (auto prefix : {"transfer.", "ring.", "call.", "caller."})
    if (type.starts_with(prefix))
      return topic::calls;
  return topic::leads;
}

} // namespace fairlead
