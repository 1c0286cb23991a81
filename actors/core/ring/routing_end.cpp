#include "actors/core/ring/routing_end.hpp"

#include "actors/core/outcome/tags.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/ring/ring_targets.hpp"
#include "actors/core/ring/waiting.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

/// R40: whether somebody was told in this call that the agent is unavailable.
bool told_of(const call_state& call, const std::string& agent_id) {
  return std::any_of(call.ledger.told.begin(), call.ledger.told.end(),
                     [&agent_id](const notice& n) {
                       return n.kind == notification_kind::auto_unavailable
                              && n.concerned == agent_id;
                     });
}

/// R51: a fallback number that is an agent's is not that agent for R35.
leg_close as_counted(const leg& l, leg_close how) {
  return l.step == ring_step::fallback ? leg_close::neutral : how;
}

void free_line(step& s, const leg& l) {
  s.team().change(
    line_counted{.number = std::string{text_of(l.number)}, .more = -1});
}

/// The winner's call is over.
void free_winner(step& s, const visited_call& call, const leg& l,
                 std::int64_t wrap_up_s, leg_close how) {
  if (!l.agent_id)
    return free_line(s, l);
  s.next(to_agent(
    *l.agent_id,
    call_over{.call_id = call.id(),
              .wrap_up_s = wrap_up_s,
              .how = as_counted(l, how),
              .auto_unavailable_after = call->settings.auto_unavailable_after,
              .told = told_of(*call, *l.agent_id)}));
}

/// Where the cascade goes on when that leg's win is taken back, if nobody that
/// it had cancelled may be rung (R33).
ring_step next_after(const call_state& call, const leg& failed) {
  switch (failed.step) {
    case ring_step::owner:
      return call.settings.pattern == ring_pattern::assigned_agent
               ? ring_step::fallback
               : ring_step::group;
    case ring_step::group:
      return ring_step::group;
    case ring_step::fallback:
    case ring_step::over:
      break;
  }
  return ring_step::fallback;
}

} // namespace

rung_leg rung(const leg& l, std::optional<cancel_reason> why) {
  return {.leg_id = l.leg_id,
          .agent_id = l.agent_id,
          .name = {},
          .number = l.number,
          .reason = why};
}

void let_go(step& s, const visited_call& call, const leg& l, leg_close how) {
  if (!l.agent_id)
    return free_line(s, l);
  s.next(to_agent(
    *l.agent_id,
    leg_closed{.call_id = call.id(),
               .how = as_counted(l, how),
               .auto_unavailable_after = call->settings.auto_unavailable_after,
               .told = told_of(*call, *l.agent_id)}));
}

void cancel_open_legs(step& s, visited_call& call, leg_end how,
                      cancel_reason why, leg_close counts,
                      const std::function<bool(const leg&)>& meant) {
  ring_cancelled out{.call_id = call.id(), .legs = {}};
  std::vector<leg> open;
  for (const auto& l : call->legs)
    if (l.end == leg_end::none && meant(l))
      open.push_back(l);
  for (const auto& l : open) {
    call.change(leg_ended{l.leg_id, how});
    out.legs.push_back(rung(l, why));
    let_go(s, call, l, counts);
  }
  if (!out.legs.empty())
    s.emit(call->lead_id, std::move(out));
}

void win(step& s, visited_call& call, const leg& l) {
  auto won = l;
  transfer_connected out;
  out.call_id = call.id();
  out.attempt = won.attempt;
  out.leg_id = won.leg_id;
  // The owner is `owner` in any attempt of agents (R27, R51).
  out.kind = won.step == ring_step::fallback      ? answered_as::fallback
             : won.agent_id == owner_of(s, *call) ? answered_as::owner
                                                  : answered_as::group;
  out.agent_id = won.agent_id;
  if (won.agent_id)
    out.name = s.team().agent(*won.agent_id)->document.name;
  out.number = won.number;
  out.waited_ms = (s.now() - call->started).count();
  s.emit(call->lead_id, std::move(out));
  call.change(call_won{
    .leg_id = won.leg_id,
    .at = s.now(),
    .busy_until = s.now() + std::chrono::seconds{call->settings.max_call_s}});
  // The agents before the lead, whose outcome may look at them.
  cancel_open_legs(s, call, leg_end::answered_elsewhere,
                   cancel_reason::answered_elsewhere, leg_close::neutral,
                   [](const leg&) { return true; });
  if (won.agent_id)
    s.next(to_agent(*won.agent_id, call_taken{call.id()}));
  derive_outcome(s, call, outcome::successful_transfer);
}

void miss(step& s, visited_call& call, miss_reason why) {
  s.emit(call->lead_id, transfer_missed{.call_id = call.id(),
                                        .reason = why,
                                        .attempts = call->attempts,
                                        .warnings = call->warnings});
  wait_no_more(s, call);
  call.change(routing_missed{s.now()});
  derive_outcome(s, call, outcome::missed_transfer);
}

void end_call(step& s, visited_call& call) {
  // From now on another routing of the call would reach nobody (R44).
  if (!call->caller_gone)
    call.change(caller_left{});
  if (call->phase == call_phase::ringing) {
    cancel_open_legs(s, call, leg_end::caller_hung_up,
                     cancel_reason::caller_hung_up, leg_close::neutral,
                     [](const leg&) { return true; });
    return s.next(
      to_call(call.id(), routing_over{miss_reason::caller_hung_up}));
  }
  if (call->phase != call_phase::connected)
    return;
  if (s.now() - call->connected
      < std::chrono::seconds{call->settings.min_talk_s})
    return take_back_win(s, call, miss_reason::caller_hung_up);
  finish(s, call, call->settings.wrap_up_s);
}

void finish(step& s, visited_call& call, std::int64_t wrap_up_s) {
  free_winner(s, call, *call->find(*call->winner), wrap_up_s,
              leg_close::answered);
  call.change(conversation_ended{s.now()});
}

void take_back_win(step& s, visited_call& call, miss_reason why) {
  auto failed = *call->find(*call->winner);
  call.change(win_taken_back{
    .why = why,
    .total_until
    = s.now() + std::chrono::seconds{call->settings.total_timeout_s},
    .next = next_after(*call, failed)});
  // Free at once, without wrap-up; a mailbox is a miss (R35).
  free_winner(s, call, failed, 0,
              why == miss_reason::machine ? leg_close::missed
                                          : leg_close::neutral);
  if (why == miss_reason::caller_hung_up)
    s.next(to_call(call.id(), routing_over{why}));
  else
    s.next(to_call(call.id(), ring_again{failed.leg_id}));
}

} // namespace fairlead
