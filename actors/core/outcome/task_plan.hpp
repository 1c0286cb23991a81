#pragma once

#include "actors/core/step/step.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace fairlead {

// R41: who is to do a task, and when it is due.

struct task_plan {
  std::optional<std::string> assignee; /// none: the lead has no owner
  instant due_at;
};

/// The owner's, due in their working hours.
[[nodiscard]] task_plan plan_task(const step& s, const visited_lead& lead,
                                  std::chrono::seconds due_in);

/// The call-back of a miss: a stand-in's, or else the account owner's, where
/// the owner is absent or not back before `cover_after`.
[[nodiscard]] task_plan plan_call_back(step& s, const visited_lead& lead,
                                       std::chrono::seconds due_in,
                                       std::chrono::seconds cover_after);

/// True if the agent is not there to see to a lead: absent, or outside their
/// schedule.
[[nodiscard]] bool is_off(const step& s, const agent_state& a);

} // namespace fairlead
