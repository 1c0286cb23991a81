#include "actors/core/ring/ring_targets.hpp"

#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/group.hpp"

#include <algorithm>

namespace fairlead {
namespace {

bool rang(const call_state& call, const target& t) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&t](const leg& l) {
    return (t.agent_id && l.agent_id == t.agent_id)
           || (!t.phone.empty() && l.phone == t.phone);
  });
}

target agent_target(const step& s, const call_state& call,
                    const std::string& id, bool again) {
  target t{.agent_id = id, .phone = {}, .excluded = {}};
  if (const auto* a = s.team().agent(id); a != nullptr && a->phone)
    t.phone = *a->phone;
  t.excluded = ring_exclusion(s.team(), id, s.now());
  if (!t.excluded && !again && rang(call, t))
    t.excluded = exclusion::already_rung;
  return t;
}

} // namespace

std::optional<std::string> owner_of(const step& s, const visited_call& call) {
  auto h = s.team().head(call->lead_id);
  return h ? h->owner() : std::nullopt;
}

std::vector<target> targets_of(const step& s, const visited_call& call) {
  std::vector<target> targets;
  switch (call->step) {
    case ring_step::owner:
      if (auto owner = owner_of(s, call))
        targets.push_back(agent_target(s, *call, *owner, false));
      break;
    case ring_step::group:
      for (const auto& id : members_of(s.team(), call->group))
        targets.push_back(agent_target(s, *call, id, false));
      break;
    case ring_step::fallback: {
      const auto& numbers = call->settings.fallback_numbers;
      if (call->next_fallback < numbers.size()) {
        target t{.agent_id = {},
                 .phone = numbers[call->next_fallback],
                 .excluded = {}};
        if (rang(*call, t))
          t.excluded = exclusion::already_rung;
        targets.push_back(std::move(t));
      }
      break;
    }
    case ring_step::over:
      break;
  }
  return targets;
}

std::vector<target> targets_cancelled_by(const step& s,
                                         const visited_call& call,
                                         const leg& winner) {
  std::vector<target> targets;
  for (const auto& l : call->legs) {
    if (l.attempt != winner.attempt || l.end != leg_end::answered_elsewhere)
      continue;
    if (l.agent_id)
      targets.push_back(agent_target(s, *call, *l.agent_id, true));
    else
      targets.push_back({.agent_id = {}, .phone = l.phone, .excluded = {}});
  }
  return targets;
}

decision_recorded ring_decision(const step& s, const visited_call& call,
                                ring_step at,
                                const std::vector<target>& targets) {
  decision_recorded d;
  d.kind = decision_kind::ring_attempt;
  d.config_version = s.team().config_version();
  d.call_id = call.id();
  if (at == ring_step::group) {
    d.rule_id = call->rule_id;
    if (const auto* p = std::get_if<pool_ref>(&call->group))
      d.pool_id = p->id;
  }
  for (const auto& t : targets)
    if (t.agent_id)
      d.candidates.push_back(
        {.agent_id = *t.agent_id, .pass = {}, .excluded = t.excluded});
  return d;
}

} // namespace fairlead
