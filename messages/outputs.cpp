#include "messages/outputs.hpp"

#include <array>

namespace fairlead {
namespace {

struct types {
  std::string_view operator()(const lead_assigned& b) const {
    return b.again ? "lead.reassigned" : "lead.assigned";
  }
  std::string_view operator()(const lead_unassigned&) const {
    return "lead.unassigned";
  }
  std::string_view operator()(const lead_stage_changed&) const {
    return "lead.stage_changed";
  }
  std::string_view operator()(const lead_conflict&) const {
    return "lead.conflict";
  }
  std::string_view operator()(const action_failed&) const {
    return "action.failed";
  }
  std::string_view operator()(const agent_auto_unavailable&) const {
    return "agent.auto_unavailable";
  }
  std::string_view operator()(const ring_requested&) const {
    return "ring.requested";
  }
  std::string_view operator()(const transfer_waiting&) const {
    return "transfer.waiting";
  }
  std::string_view operator()(const ring_cancelled&) const {
    return "ring.cancelled";
  }
  std::string_view operator()(const transfer_connected&) const {
    return "transfer.connected";
  }
  std::string_view operator()(const transfer_missed&) const {
    return "transfer.missed";
  }
  std::string_view operator()(const outcome_corrected&) const {
    return "outcome.corrected";
  }
  std::string_view operator()(const notification_requested&) const {
    return "notification.requested";
  }
  std::string_view operator()(const task_created&) const {
    return "task.created";
  }
  std::string_view operator()(const task_moved&) const { return "task.moved"; }
  std::string_view operator()(const task_repeated&) const {
    return "task.repeated";
  }
  std::string_view operator()(const task_cancelled&) const {
    return "task.cancelled";
  }
  std::string_view operator()(const outreach_gated& b) const {
    switch (b.verdict) {
      case gate::held:
        return "outreach.held";
      case gate::refused:
        return "outreach.refused";
      case gate::released:
        break;
    }
    return "outreach.released";
  }
  std::string_view operator()(const cadence_cancelled&) const {
    return "cadence.cancelled";
  }
  std::string_view operator()(const cadence_resumed&) const {
    return "cadence.resumed";
  }
  std::string_view operator()(const cadence_paused&) const {
    return "cadence.paused";
  }
  std::string_view operator()(const decision_recorded&) const {
    return "decision.recorded";
  }
};

struct row {
  std::string_view type;
  topic on;
};

constexpr std::array rows{row{"lead.assigned", topic::assignments},
                          row{"lead.reassigned", topic::assignments},
                          row{"lead.unassigned", topic::assignments},
                          row{"lead.stage_changed", topic::assignments},
                          row{"lead.conflict", topic::assignments},
                          row{"action.failed", topic::assignments},
                          row{"agent.auto_unavailable", topic::assignments},
                          row{"ring.requested", topic::rings},
                          row{"transfer.waiting", topic::rings},
                          row{"ring.cancelled", topic::rings},
                          row{"transfer.connected", topic::rings},
                          row{"transfer.missed", topic::rings},
                          row{"outcome.corrected", topic::rings},
                          row{"notification.requested", topic::notifications},
                          row{"task.created", topic::tasks},
                          row{"task.moved", topic::tasks},
                          row{"task.repeated", topic::tasks},
                          row{"task.cancelled", topic::tasks},
                          row{"outreach.held", topic::outreach},
                          row{"outreach.refused", topic::outreach},
                          row{"outreach.released", topic::outreach},
                          row{"cadence.cancelled", topic::outreach},
                          row{"cadence.resumed", topic::outreach},
                          row{"cadence.paused", topic::outreach},
                          row{"decision.recorded", topic::decisions}};

} // namespace

topic topic_of(const output_body& body) {
  return output_topic_of(type_of(body)).value();
}

std::string_view type_of(const output_body& body) {
  return std::visit(types{}, body);
}

std::optional<topic> output_topic_of(std::string_view type) {
  for (const auto& r : rows)
    if (r.type == type)
      return r.on;
  return std::nullopt;
}

} // namespace fairlead
