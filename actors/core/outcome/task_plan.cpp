#include "actors/core/outcome/task_plan.hpp"

#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/stand_in.hpp"

namespace fairlead {
namespace {

using std::chrono::seconds;

const agent_state* owner_of(const step& s, const visited_lead& lead) {
  return lead->owner ? s.team().agent(*lead->owner) : nullptr;
}

/// None within 14 days: from now on, whatever the hours.
instant due_from(const step& s, std::optional<instant> duty, seconds due_in) {
  return duty.value_or(s.now()) + due_in;
}

} // namespace

bool is_off(const step& s, const agent_state& a) {
  return is_absent(s.team(), a, s.now()) || !on_schedule(s.team(), a, s.now());
}

task_plan plan_task(const step& s, const visited_lead& lead, seconds due_in) {
  const auto* owner = owner_of(s, lead);
  if (owner == nullptr)
    return {lead->owner, s.now() + due_in};
  return {lead->owner,
          due_from(s, next_duty(s.team(), *owner, s.now()), due_in)};
}

task_plan plan_call_back(step& s, const visited_lead& lead, seconds due_in,
                         seconds cover_after) {
  auto plan = plan_task(s, lead, due_in);
  const auto* owner = owner_of(s, lead);
  if (owner == nullptr)
    return plan;
  auto duty = next_duty(s.team(), *owner, s.now());
  bool far = !duty || *duty > s.now() + cover_after;
  if (!far && !is_absent(s.team(), *owner, s.now()))
    return plan;
  auto due_of = [&](const agent_state& a) {
    return due_from(s, next_duty(s.team(), a, s.now()), due_in);
  };
  if (auto id = stand_in_of(s, lead)) {
    count_as_asked(s, lead);
    return {id, due_of(*s.team().agent(*id))};
  }
  if (!s.team().document())
    return plan;
  const auto& id = s.team().document()->account_owner;
  const auto* boss = s.team().agent(id);
  if (boss != nullptr && boss->active() && !is_absent(s.team(), *boss, s.now())
      && due_of(*boss) < plan.due_at)
    return {id, due_of(*boss)};
  return plan;
}

} // namespace fairlead
