// What a call's routing actor does at each kind of visit.

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/outcome/actions.hpp"
#include "actors/core/outcome/tags.hpp"
#include "actors/core/overload.hpp"
#include "actors/core/ring/cascade.hpp"
#include "actors/core/ring/parking.hpp"
#include "actors/core/ring/routing_end.hpp"
#include "actors/core/ring/waiting.hpp"
#include "actors/core/visits/decide.hpp"
#include "actors/core/visits/give_up.hpp"

namespace fairlead {
namespace {

/// Where an event's verdict goes: the step's record, or a parked one (R45).
struct verdict {
  step& s;
  const raw_record* parked = nullptr;

  void reject(dead_letter why) const {
    if (parked != nullptr)
      s.add_late_dead_letter(*parked, std::move(why));
    else
      s.reject(std::move(why));
  }
};

bool lead_is_known(const step& s, const std::string& lead_id) {
  auto h = s.team().head(lead_id);
  return h && h->known && !forgotten(*h, s.now());
}

void on_outcome(step& s, visited_call& call, const call_outcome& e,
                const verdict& v) {
  if (!is_outcome(s.team(), e.outcome))
    return v.reject({dead_letter_reason::invalid_value,
                     {{"/data/outcome", "is no outcome of the team"}}});
  if (!call->lead_id.empty() && call->lead_id != e.lead_id)
    return v.reject({dead_letter_reason::invalid_value,
                     {{"/data/lead_id", "is not the lead of the call"}}});
  if (is_transfer_tag(e.outcome)) {
    if (!call->routed())
      return park(s, call);
    if (call->phase != call_phase::ringing && !faded(*call, s.now()))
      apply_transfer_tag(s, call, e);
    return;
  }
  if (!lead_is_known(s, e.lead_id))
    return v.reject({dead_letter_reason::unknown_lead,
                     {{"/data/lead_id", "names a lead that is not known"}}});
  apply_other_tag(s, call, e);
}

void unknown_leg(const verdict& v) {
  v.reject({dead_letter_reason::unknown_leg,
            {{"/data/leg_id", "names no leg of the call"}}});
}

const leg* known_leg(const visited_call& call, const std::string& leg_id,
                     const verdict& v) {
  const auto* l = call->find(leg_id);
  if (l == nullptr)
    unknown_leg(v);
  return l;
}

/// Any event of a call but its transfer.
void on_call_event(step& s, visited_call& call, const input_body& body,
                   const verdict& v) {
  if (const auto* e = std::get_if<call_outcome>(&body))
    return on_outcome(s, call, *e, v);
  if (!call->routed())
    return park(s, call);
  if (faded(*call, s.now())) {
    // Its legs are not known any more, and nothing starts.
    if (std::holds_alternative<ring_reported>(body)
        || std::holds_alternative<call_bridge_failed>(body))
      unknown_leg(v);
    return;
  }
  std::visit(overload{[&](const ring_reported& e) {
                        if (const auto* l = known_leg(call, e.leg_id, v))
                          report_leg(s, call, *l, e.report);
                      },
                      [&](const call_bridge_failed& e) {
                        const auto* l = known_leg(call, e.leg_id, v);
                        if (l != nullptr && call->phase == call_phase::connected
                            && call->winner == l->leg_id)
                          take_back_win(s, call, miss_reason::bridge_failed);
                      },
                      [&](const caller_hung_up&) { end_call(s, call); },
                      [&](const call_ended&) { end_call(s, call); },
                      [](const auto&) {
                        throw invariant_error{"an event that is not a call's"};
                      }},
             body);
}

/// What another transfer of a call that is known means (R44).
enum class once_more : std::uint8_t { duplicate, routing, dead_letter };

once_more routed_once_more(const step& s, const visited_call& call,
                           const transfer_requested& e) {
  if (call->lead_id != e.lead_id)
    return once_more::dead_letter;
  if (call->phase == call_phase::ringing)
    return once_more::duplicate;
  bool anew = call->phase == call_phase::missed && !call->caller_gone
              && s.now() - call->ended <= limits::routed_again_within;
  return anew ? once_more::routing : once_more::dead_letter;
}

void on_transfer(step& s, visited_call& call, const transfer_requested& e) {
  if (s.started() < s.team().counters().now - limits::transfer_age_max)
    return s.reject(
      {dead_letter_reason::too_old,
       {{"", "the transfer was requested more than 24 hours ago"}}});
  if (call->routed()) {
    auto what = routed_once_more(s, call, e);
    if (what == once_more::duplicate)
      return s.drop_duplicate();
    if (what == once_more::dead_letter)
      return s.reject(
        {dead_letter_reason::invalid_value,
         {{"/data/call_id", "names a call that was routed before"}}});
  }
  // The lead first (R32), then the routing; nothing changes before, because
  // the lead may still turn the record down (R15). Of a lead that has an owner
  // nobody reads the contact.
  auto h = s.team().head(e.lead_id);
  bool owned = lead_is_known(s, e.lead_id) && h->owner();
  s.next(to_lead(e.lead_id, own_for_transfer{}));
  s.next(to_call(call.id(), begin_routing{.contact_read = !owned}));
}

void remember(step& s, visited_call& call) {
  call.change(call_seen{seen_key(s.event()->source, s.event()->id)});
  call.change(call_touched{s.now()});
}

void on_event(step& s, visited_call& call) {
  if (call->seen.has(seen_key(s.event()->source, s.event()->id)))
    return s.drop_duplicate();
  if (const auto* e = std::get_if<transfer_requested>(&s.event()->body))
    return on_transfer(s, call, *e);
  on_call_event(s, call, s.event()->body, {s});
  if (!s.rejected())
    remember(s, call);
}

void apply_next_parked(step& s, visited_call& call) {
  if (call->parked.empty())
    return;
  auto p = unpark(s, call);
  auto decoded = s.reader().decode(p.record);
  if (const auto* bad = std::get_if<dead_letter>(&decoded))
    s.add_late_dead_letter(p.record, *bad);
  else
    on_call_event(s, call, std::get<input_event>(decoded).body, {s, &p.record});
  s.next(to_call(call.id(), apply_parked{}));
}

/// R45: its time is over. An outcome may still find its lead (R38).
void end_parking(step& s, visited_call& call) {
  auto p = unpark(s, call);
  auto decoded = s.reader().decode(p.record);
  const auto* event = std::get_if<input_event>(&decoded);
  const auto* e
    = event != nullptr ? std::get_if<call_outcome>(&event->body) : nullptr;
  if (e != nullptr && lead_is_known(s, e->lead_id)
      && (call->lead_id.empty() || call->lead_id == e->lead_id)) {
    call.change(lead_named{e->lead_id});
    return apply_transfer_tag(s, call, *e);
  }
  s.add_late_dead_letter(
    p.record, {dead_letter_reason::unknown_call,
               {{"/data/call_id", "names a call that is not known"}}});
}

void on_timer(step& s, visited_call& call) {
  if (!call->parked.empty() && call->parked.front().until <= s.started())
    return end_parking(s, call);
  if (call->phase == call_phase::ringing
      || call->phase == call_phase::connected)
    run_out_of_time(s, call);
}

/// R40: who was told of an agent that missed too many calls.
void remember_told(visited_call& call, const told_of_agent& e) {
  auto ledger = call->ledger;
  for (const auto& to : e.recipients)
    ledger.told.push_back({.kind = notification_kind::auto_unavailable,
                           .agent_id = to,
                           .concerned = e.agent_id});
  call.change(ledger_written{std::move(ledger)});
}

/// The timer's step was lost whenever it was tried.
void give_up_timer(step& s, visited_call& call) {
  if (!call->parked.empty() && call->parked.front().until <= s.started())
    return give_up_parked(s, call);
  abandon(s, call);
}

} // namespace

void decide_call(step& s, const visit& v) {
  visited_call call{s, v.id};
  std::visit(
    overload{
      [&](const handle_event&) { on_event(s, call); },
      [&](const handle_timer&) { on_timer(s, call); },
      [&](const timer_given_up&) { give_up_timer(s, call); },
      [&](const begin_routing& e) {
        remember(s, call);
        begin_cascade(s, call, std::get<transfer_requested>(s.event()->body),
                      e.contact_read);
      },
      [&](const go_on&) { continue_cascade(s, call); },
      [&](const routing_over& e) { miss(s, call, e.why); },
      [&](const ring_again& e) {
        ring_whom_the_win_cancelled(s, call, e.failed_leg);
      },
      [&](const look_again&) { look_for_somebody(s, call); },
      [&](const told_of_agent& e) { remember_told(call, e); },
      [&](const apply_parked&) { apply_next_parked(s, call); },
      [&](const target_gone& e) { withdraw_target(s, call, e.agent_id); },
      [&](const keep_ledger& e) { call.change(ledger_written{e.ledger}); },
      [&](const task_called_off& e) { forget_task(call, e.task_id); },
      [](const auto&) {
        throw invariant_error{"a visit to a call that it does not "
                              "expect"};
      }},
    v.what);
}

} // namespace fairlead
