#include "messages/outputs.hpp"

namespace fairlead {
namespace {

struct kind {
  topic on;
  std::string_view type;
};

struct kinds {
  kind operator()(const lead_assigned& b) const {
    return {topic::assignments, b.again ? "lead.reassigned" : "lead.assigned"};
  }
  kind operator()(const lead_unassigned&) const {
    return {topic::assignments, "lead.unassigned"};
  }
  kind operator()(const lead_stage_changed&) const {
    return {topic::assignments, "lead.stage_changed"};
  }
  kind operator()(const lead_conflict&) const {
    return {topic::assignments, "lead.conflict"};
  }
  kind operator()(const action_failed&) const {
    return {topic::assignments, "action.failed"};
  }
  kind operator()(const agent_auto_unavailable&) const {
    return {topic::assignments, "agent.auto_unavailable"};
  }
  kind operator()(const ring_requested&) const {
    return {topic::rings, "ring.requested"};
  }
  kind operator()(const ring_cancelled&) const {
    return {topic::rings, "ring.cancelled"};
  }
  kind operator()(const transfer_connected&) const {
    return {topic::rings, "transfer.connected"};
  }
  kind operator()(const transfer_missed&) const {
    return {topic::rings, "transfer.missed"};
  }
  kind operator()(const outcome_corrected&) const {
    return {topic::rings, "outcome.corrected"};
  }
  kind operator()(const notification_requested&) const {
    return {topic::notifications, "notification.requested"};
  }
  kind operator()(const task_created&) const {
    return {topic::tasks, "task.created"};
  }
  kind operator()(const task_moved&) const {
    return {topic::tasks, "task.moved"};
  }
  kind operator()(const task_cancelled&) const {
    return {topic::tasks, "task.cancelled"};
  }
  kind operator()(const outreach_gated& b) const {
    switch (b.verdict) {
      case gate::held:
        return {topic::outreach, "outreach.held"};
      case gate::refused:
        return {topic::outreach, "outreach.refused"};
      case gate::released:
        break;
    }
    return {topic::outreach, "outreach.released"};
  }
  kind operator()(const cadence_cancelled&) const {
    return {topic::outreach, "cadence.cancelled"};
  }
  kind operator()(const cadence_paused&) const {
    return {topic::outreach, "cadence.paused"};
  }
  kind operator()(const decision_recorded&) const {
    return {topic::decisions, "decision.recorded"};
  }
};

} // namespace

topic topic_of(const output_body& body) {
  return std::visit(kinds{}, body).on;
}

std::string_view type_of(const output_body& body) {
  return std::visit(kinds{}, body).type;
}

} // namespace fairlead
