#include "actors/core/ring/routing_end.hpp"

#include "actors/core/ring/ring_targets.hpp"

#include <utility>
#include <vector>

namespace fairlead {
namespace {

/// Sends the step to the lead for an outcome that the routing derived (R38).
void derive_outcome(step& s, held_call& call, outcome derived,
                    const std::optional<std::string>& answered_by) {
  outcome_due o;
  auto ledger = call->ledger;
  // A tag that came long before the transfer has done all this already.
  if (ledger.transfer_outcome == derived)
    return;
  o.tag = derived;
  o.corrects = ledger.transfer_outcome;
  ledger.transfer_outcome = derived;
  (derived == outcome::successful_transfer ? ledger.success_done
                                           : ledger.miss_done)
    = true;
  call.change(ledger_written{ledger});
  o.call_id = call.id();
  o.answered_by = answered_by;
  o.group = call->group;
  o.ledger = std::move(ledger);
  s.next({entity_kind::lead, call->lead_id, std::move(o)});
}

} // namespace

void cancel_open_legs(step& s, held_call& call, leg_end how, cancel_reason why,
                      bool missed) {
  ring_cancelled out{.call_id = call.id(), .legs = {}};
  std::vector<visit> visits;
  auto legs = call->legs;
  for (const auto& l : legs) {
    if (l.end != leg_end::none)
      continue;
    call.change(leg_ended{l.leg_id, how});
    out.legs.push_back({.leg_id = l.leg_id,
                        .agent_id = l.agent_id,
                        .phone = l.phone,
                        .reason = why});
    if (l.agent_id)
      visits.push_back(
        {entity_kind::agent, *l.agent_id,
         leg_closed{.how = missed ? leg_close::missed : leg_close::neutral,
                    .auto_unavailable_after
                    = call->settings.auto_unavailable_after,
                    .call_id = call.id()}});
  }
  if (!out.legs.empty())
    s.emit(call->lead_id, call->lead_id, std::move(out));
  s.next(std::move(visits));
}

visit to_call(const held_call& call, errand what) {
  return {entity_kind::call, call.id(), std::move(what)};
}

void win(step& s, held_call& call, const leg& l) {
  auto owner = owner_of(s, call);
  auto id = l.leg_id;
  auto agent = l.agent_id;
  s.emit(call->lead_id, call->lead_id,
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
  // The last one to be sent to is visited first: the agents come before the
  // lead, whose outcome may look at them.
  if (!call->ledger.success_done)
    derive_outcome(s, call, outcome::successful_transfer, agent);
  if (agent)
    s.next({{entity_kind::agent, *agent, has_answered{}},
            {entity_kind::agent, *agent, call_taken{call.id()}}});
  cancel_open_legs(s, call, leg_end::answered_elsewhere,
                   cancel_reason::answered_elsewhere);
}

void miss(step& s, held_call& call, miss_reason why) {
  s.emit(call->lead_id, call->lead_id,
         transfer_missed{
           .call_id = call.id(), .reason = why, .attempts = call->attempts});
  call.change(routing_missed{s.now()});
  derive_outcome(s, call, outcome::missed_transfer, std::nullopt);
}

void end_call(step& s, held_call& call) {
  if (call->phase == call_phase::ringing) {
    s.next(to_call(call, routing_over{miss_reason::caller_hung_up}));
    return cancel_open_legs(s, call, leg_end::caller_hung_up,
                            cancel_reason::caller_hung_up);
  }
  if (call->phase != call_phase::connected)
    return;
  const auto* winner = call->find(*call->winner);
  if (winner->agent_id)
    s.next(
      {entity_kind::agent, *winner->agent_id,
       call_over{.call_id = call.id(), .wrap_up_s = call->settings.wrap_up_s}});
  call.change(conversation_ended{s.now()});
}

void take_back_win(step& s, held_call& call) {
  auto failed = *call->find(*call->winner);
  call.change(win_taken_back{
    s.now() + std::chrono::seconds{call->settings.total_timeout_s}});
  s.next(to_call(call, ring_again{failed.leg_id}));
  if (failed.agent_id)
    s.next({entity_kind::agent, *failed.agent_id,
            call_over{.call_id = call.id(), .wrap_up_s = 0}});
}

} // namespace fairlead
