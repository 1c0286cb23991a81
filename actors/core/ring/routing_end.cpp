#include "actors/core/ring/routing_end.hpp"

#include "actors/core/outcome/tags.hpp"
#include "actors/core/ring/ring_targets.hpp"

#include <utility>

namespace fairlead {
rung_leg rung(const leg& l, std::optional<cancel_reason> why) {
  return {.leg_id = l.leg_id,
          .agent_id = l.agent_id,
          .phone = l.phone,
          .reason = why};
}

void cancel_open_legs(step& s, visited_call& call, leg_end how,
                      cancel_reason why, bool missed) {
  ring_cancelled out{.call_id = call.id(), .legs = {}};
  auto legs = call->legs;
  for (const auto& l : legs) {
    if (l.end != leg_end::none)
      continue;
    call.change(leg_ended{l.leg_id, how});
    out.legs.push_back(rung(l, why));
    if (l.agent_id)
      s.next(to_agent(
        *l.agent_id,
        leg_closed{.how = missed ? leg_close::missed : leg_close::neutral,
                   .auto_unavailable_after
                   = call->settings.auto_unavailable_after,
                   .call_id = call.id()}));
  }
  if (!out.legs.empty())
    s.emit(call->lead_id, std::move(out));
}

void win(step& s, visited_call& call, const leg& l) {
  auto owner = owner_of(s, call);
  auto id = l.leg_id;
  auto agent = l.agent_id;
  s.emit(call->lead_id,
         transfer_connected{.call_id = call.id(),
                            .attempt = l.attempt,
                            .leg_id = id,
                            .kind = !agent           ? answered_as::fallback
                                    : agent == owner ? answered_as::owner
                                                     : answered_as::group,
                            .agent_id = agent,
                            .phone = l.phone,
                            .waited_ms = (s.now() - call->started).count()});
  call.change(
    call_won{id, s.now() + std::chrono::seconds{call->settings.max_call_s}});
  // The agents before the lead, whose outcome may look at them.
  cancel_open_legs(s, call, leg_end::answered_elsewhere,
                   cancel_reason::answered_elsewhere);
  if (agent) {
    s.next(to_agent(*agent, has_answered{}));
    s.next(to_agent(*agent, call_taken{call.id()}));
  }
  derive_outcome(s, call, outcome::successful_transfer);
}

void miss(step& s, visited_call& call, miss_reason why) {
  s.emit(call->lead_id, transfer_missed{.call_id = call.id(),
                                        .reason = why,
                                        .attempts = call->attempts});
  call.change(routing_missed{s.now()});
  derive_outcome(s, call, outcome::missed_transfer);
}

void end_call(step& s, visited_call& call) {
  if (call->phase == call_phase::ringing) {
    cancel_open_legs(s, call, leg_end::caller_hung_up,
                     cancel_reason::caller_hung_up);
    return s.next(
      to_call(call.id(), routing_over{miss_reason::caller_hung_up}));
  }
  if (call->phase != call_phase::connected)
    return;
  const auto* winner = call->find(*call->winner);
  if (winner->agent_id)
    s.next(to_agent(
      *winner->agent_id,
      call_over{.call_id = call.id(), .wrap_up_s = call->settings.wrap_up_s}));
  call.change(conversation_ended{s.now()});
}

void take_back_win(step& s, visited_call& call) {
  auto failed = *call->find(*call->winner);
  call.change(win_taken_back{
    s.now() + std::chrono::seconds{call->settings.total_timeout_s}});
  if (failed.agent_id)
    s.next(to_agent(*failed.agent_id,
                    call_over{.call_id = call.id(), .wrap_up_s = 0}));
  s.next(to_call(call.id(), ring_again{failed.leg_id}));
}

} // namespace fairlead
