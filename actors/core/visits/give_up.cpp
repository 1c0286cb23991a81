#include "actors/core/visits/give_up.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/ring/parking.hpp"
#include "actors/core/ring/routing_end.hpp"
#include "actors/core/ring/waiting.hpp"

namespace fairlead {
namespace {

void free_agents_of(step& s, const std::string& call_id) {
  std::vector<std::string> ids;
  for (const auto& [id, c] : s.team().roster())
    if (c.state.ringing_for == call_id || c.state.on_call == call_id)
      ids.push_back(id);
  for (const auto& id : ids) {
    visited_agent agent{s, id};
    if (agent->ringing_for == call_id)
      agent.change(reservation_ended{});
    if (agent->on_call == call_id)
      agent.change(call_left{instant{}});
  }
}

/// The task that a miss has by default (R41); the lead does not know of it.
void leave_call_back(step& s, const visited_call& call) {
  auto h = s.team().head(call->lead_id);
  s.emit(call->lead_id,
         task_created{.kind = default_task::call_back,
                      .assignee = h ? h->owner() : std::nullopt,
                      .due_at
                      = s.now() + std::chrono::seconds{limits::task_due_in_s},
                      .title = "Call back: the transfer failed",
                      .call_id = call.id()});
}

/// The numbers that are nobody's are free, too (R51).
void free_lines_of(step& s, const visited_call& call) {
  for (const auto& l : call->legs)
    if (!l.agent_id && (l.end == leg_end::none || call->winner == l.leg_id))
      s.team().change(
        line_counted{.number = std::string{text_of(l.number)}, .more = -1});
}

void drop_call_timer(step& s, const std::string& id) {
  visited_call call{s, id};
  if (!call->parked.empty() && call->parked.front().until <= s.started())
    return give_up_parked(s, call);
  free_agents_of(s, id);
  if (call->phase == call_phase::ringing
      || call->phase == call_phase::connected)
    free_lines_of(s, call);
  wait_no_more(s, call);
  if (call->phase != call_phase::ringing)
    return call.change(conversation_ended{s.now()});
  ring_cancelled out{.call_id = id, .legs = {}};
  auto legs = call->legs;
  for (const auto& l : legs) {
    if (l.end != leg_end::none)
      continue;
    call.change(leg_ended{l.leg_id, leg_end::ring_timeout});
    out.legs.push_back(rung(l, cancel_reason::ring_timeout));
  }
  if (!out.legs.empty())
    s.emit(call->lead_id, std::move(out));
  s.emit(call->lead_id, transfer_missed{.call_id = id,
                                        .reason = miss_reason::failed,
                                        .attempts = call->attempts,
                                        .warnings = call->warnings});
  call.change(routing_missed{s.now()});
  ledger_written news{call->ledger};
  auto& ledger = news.ledger;
  if (ledger.transfer_outcome != outcome::missed_transfer)
    leave_call_back(s, call);
  ledger.transfer_outcome = outcome::missed_transfer;
  ledger.derived = true;
  ledger.failed_win.reset();
  call.change(news);
}

void drop_lead_timer(step& s, const std::string& id) {
  visited_lead lead{s, id};
  refuse_overdue(s, lead);
}

/// Mass work that can't be done is left: the leads are looked at when they are
/// next touched (R17). The retry of waiting leads comes a minute later.
void drop_team_timer(step& s) {
  const auto& c = s.team().counters();
  if (!c.mass.empty() && c.mass_due <= s.started())
    s.team().change(mass_left_over{{}, c.mass_due});
  if (c.retry_at && *c.retry_at <= s.started())
    s.team().change(retry_set{s.now() + limits::retry_every});
  await_wrap_ups(s);
}

} // namespace

void give_up_parked(step& s, visited_call& call) {
  s.add_late_dead_letter(
    unpark(s, call).record,
    {dead_letter_reason::internal_error,
     {{"", "the event waited for its call, and its end failed three times"}}});
}

void drop_timer(step& s, const entity_name& timer) {
  switch (timer.kind) {
    case entity_kind::call:
      return drop_call_timer(s, timer.id);
    case entity_kind::lead:
      return drop_lead_timer(s, timer.id);
    case entity_kind::team:
      return drop_team_timer(s);
    case entity_kind::agent:
    case entity_kind::document:
    case entity_kind::pool:
    case entity_kind::person:
    case entity_kind::opt_out:
      break;
  }
  throw invariant_error{"a timer of something that has none"};
}

} // namespace fairlead
