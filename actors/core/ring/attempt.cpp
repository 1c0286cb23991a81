#include "actors/core/ring/attempt.hpp"

#include "actors/core/ring/routing_end.hpp"
#include "actors/core/ring/waiting.hpp"
#include "actors/core/state/reach.hpp"
#include "messages/derive.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace fairlead {
namespace {

/// The legs of an attempt, in the order of its targets (contract, leg_id).
std::vector<leg> legs_of(const step& s, const visited_call& call,
                         const attempt_plan& plan) {
  auto attempt = call->attempts + 1;
  std::vector<leg> legs;
  for (const auto& t : plan.targets) {
    if (!t.rings())
      continue;
    auto index = static_cast<std::int64_t>(legs.size());
    legs.push_back({.leg_id = leg_id({.team = s.team().id(),
                                      .call = call.id(),
                                      .attempt = attempt,
                                      .index = index}),
                    .agent_id = t.agent_id,
                    .number = t.number,
                    .attempt = attempt,
                    .step = plan.at,
                    .end = leg_end::none,
                    .answered = {}});
  }
  return legs;
}

/// R26, R51: agents are reserved and numbers are taken before they ring. All
/// legs of an attempt ring at one moment (R20).
void reserve(step& s, const visited_call& call, const std::vector<leg>& legs) {
  auto no = s.team().counters().rung_last + 1;
  if (std::any_of(legs.begin(), legs.end(),
                  [](const leg& l) { return l.agent_id.has_value(); }))
    s.team().change(rung_counted{no});
  for (const auto& l : legs) {
    if (l.agent_id)
      s.next(to_agent(
        *l.agent_id,
        leg_rings{.call_id = call.id(), .number = l.number, .no = no}));
    else
      s.team().change(
        line_counted{.number = std::string{text_of(l.number)}, .more = 1});
  }
}

/// What telephony is asked to do.
ring_requested request(step& s, const visited_call& call,
                       const std::vector<leg>& legs, instant until) {
  visited_lead lead{s, call->lead_id};
  auto at = legs.front().step;
  ring_requested ring;
  ring.call_id = call.id();
  ring.attempt = legs.front().attempt;
  ring.step = at;
  for (const auto& l : legs) {
    auto r = rung(l, std::nullopt);
    if (l.agent_id)
      r.name = s.team().agent(*l.agent_id)->document.name;
    ring.legs.push_back(std::move(r));
  }
  ring.ring_timeout_s = call->settings.ring_timeout_s;
  ring.expires_at = std::min(until, call->total_until);
  ring.confirm = at == ring_step::fallback ? call->settings.confirm_fallback
                                           : call->settings.confirm_agents;
  ring.lead_name = lead->name;
  if (const auto* phone = phone_of(s.team(), *lead))
    ring.lead_phone = *phone;
  ring.context = call->context;
  ring.warnings = call->warnings;
  return ring;
}

void start(step& s, visited_call& call, attempt_plan plan) {
  auto legs = legs_of(s, call, plan);
  auto until = s.now()
               + std::chrono::seconds{
                 std::min(call->settings.ring_timeout_s, seconds_max)};
  reserve(s, call, legs);
  plan.decision.attempt = legs.front().attempt;
  for (const auto& l : legs)
    if (l.agent_id)
      plan.decision.chosen.push_back(*l.agent_id);
  s.emit(call->lead_id, std::move(plan.decision));
  s.emit(call->lead_id, request(s, call, legs, until));
  wait_no_more(s, call);
  call.change(attempt_started{std::move(legs), until});
}

tried try_it(step& s, visited_call& call, attempt_plan plan,
             const visit* after_others) {
  if (std::none_of(plan.targets.begin(), plan.targets.end(),
                   [](const target& t) { return t.rings(); }))
    return tried::nobody;
  // R24, R43; of both the total counts.
  if (s.now() >= call->total_until) {
    miss(s, call, miss_reason::total_timeout);
    return tried::over;
  }
  if (is_stale(s, call)) {
    miss(s, call, miss_reason::expired);
    return tried::over;
  }
  if (after_others != nullptr && let_others_go_first(s, call, plan.targets)) {
    s.next(*after_others);
    return tried::later;
  }
  start(s, call, std::move(plan));
  return tried::rings;
}

} // namespace

tried try_to_ring(step& s, visited_call& call, attempt_plan plan,
                  const visit& after_others) {
  return try_it(s, call, std::move(plan), &after_others);
}

tried try_to_ring(step& s, visited_call& call, attempt_plan plan) {
  return try_it(s, call, std::move(plan), nullptr);
}

bool is_stale(const step& s, const visited_call& call) {
  return s.wall() - s.started()
         > std::chrono::seconds{call->settings.max_age_s};
}

miss_reason reason_of_miss(const visited_call& call) {
  if (call->failure)
    return *call->failure;
  return call->last_reason.value_or(miss_reason::no_target);
}

} // namespace fairlead
