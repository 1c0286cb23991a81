#include "actors/core/ring/cascade.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/owner/group.hpp"
#include "actors/core/ring/attempt.hpp"
#include "actors/core/ring/routing_end.hpp"
#include "actors/core/ring/waiting.hpp"
#include "messages/reading/fallback.hpp"
#include "messages/reading/note.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace fairlead {
namespace {

ring_step after(ring_step s, ring_pattern p) {
  if (s == ring_step::owner)
    return p == ring_pattern::assigned_agent ? ring_step::fallback
                                             : ring_step::group;
  return s == ring_step::group ? ring_step::fallback : ring_step::over;
}

bool step_rang(const call_state& call, ring_step at) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&](const leg& l) {
    return call.of_this_routing(l) && l.step == at;
  });
}

// -- the steps of a cascade: each tries to ring, and says where the next look
// is, at the same step or at the one behind it --------------------------------

tried ring_owner(step& s, visited_call& call) {
  ringable may_ring{s};
  attempt_plan plan{.at = ring_step::owner,
                    .targets = call_targets{s, *call, may_ring}.owner(),
                    .decision = {}};
  plan.decision = ring_decision(s, call, nullptr, plan.targets);
  auto made = try_to_ring(s, call, plan, to_call(call.id(), go_on{}));
  if (made == tried::nobody)
    s.emit(call->lead_id, std::move(plan.decision));
  if (made != tried::later)
    call.change(step_entered{after(ring_step::owner, call->settings.pattern)});
  return made;
}

/// R21: the first group with somebody to ring stays the group; R20: with
/// `group_size` it rings in several attempts.
tried ring_group(step& s, visited_call& call) {
  ringable may_ring{s};
  call_targets targets{s, *call, may_ring};
  bool again = call->group_rang;
  auto no = call->group_no;
  auto rung = targets.group(call->groups.at(no).group);
  auto anybody = [&rung] {
    return std::any_of(rung.begin(), rung.end(),
                       [](const target& t) { return t.rings(); });
  };
  while (!again && !anybody() && no + 1 < call->groups.size())
    rung = targets.group(call->groups[++no].group);
  attempt_plan plan{
    .at = ring_step::group, .targets = std::move(rung), .decision = {}};
  plan.decision = ring_decision(s, call, &call->groups[no], plan.targets);
  auto made = try_to_ring(s, call, plan, to_call(call.id(), go_on{}));
  if (made == tried::later)
    return made;
  if (no != call->group_no)
    call.change(group_entered{no});
  // The step is over silently if it has rung.
  if (made == tried::nobody && !again)
    s.emit(call->lead_id, std::move(plan.decision));
  if (made == tried::nobody || !call->settings.group_size)
    call.change(step_entered{ring_step::fallback});
  return made;
}

/// R25: one after another. The step is one step, however many numbers it had
/// to ring; what was shut or taken may be looked at again until a later one
/// rings.
tried ring_fallback(step& s, visited_call& call) {
  ringable may_ring{s};
  auto next = call_targets{s, *call, may_ring}.next_fallback();
  auto decision = ring_decision(s, call, nullptr, {});
  if (!next) {
    if (!step_rang(*call, ring_step::fallback))
      s.emit(call->lead_id, std::move(decision));
    call.change(step_entered{ring_step::over});
    return tried::nobody;
  }
  auto made = try_to_ring(s, call,
                          {.at = ring_step::fallback,
                           .targets = {std::move(next->rung)},
                           .decision = std::move(decision)},
                          to_call(call.id(), go_on{}));
  if (made == tried::rings)
    call.change(fallbacks_passed{next->place + 1});
  return made;
}

tried ring_next(step& s, visited_call& call) {
  switch (call->step) {
    case ring_step::owner:
      return ring_owner(s, call);
    case ring_step::group:
      return ring_group(s, call);
    case ring_step::fallback:
      return ring_fallback(s, call);
    case ring_step::over:
      break;
  }
  throw invariant_error{"R20: a cascade that is over rings nobody"};
}

/// All legs of an attempt have ended. If the total had ended its time, the
/// routing is over; when both fell together, only if somebody is left to ring
/// (R24).
void attempt_ended(step& s, const visited_call& call) {
  if (call->time_over && call->total_until < call->attempt_until)
    s.next(to_call(call.id(), routing_over{miss_reason::total_timeout}));
  else
    s.next(to_call(call.id(), go_on{}));
}

/// An answer on a leg that has ended (R27). A late one counts as an answer, a
/// race that was lost does not (R35).
void answer_too_late(step& s, visited_call& call, const leg& l, bool counts) {
  if (l.agent_id && counts && !call->winner && l.step != ring_step::fallback)
    s.next(to_agent(*l.agent_id, has_answered{}));
  auto why = call->winner ? cancel_reason::lost_race : cancel_reason::late;
  s.emit(call->lead_id,
         ring_cancelled{.call_id = call.id(), .legs = {rung(l, why)}});
}

leg_end end_of(leg_report r) {
  switch (r) {
    case leg_report::declined:
      return leg_end::declined;
    case leg_report::busy:
      return leg_end::busy;
    case leg_report::failed:
      return leg_end::failed;
    case leg_report::machine:
      return leg_end::machine;
    case leg_report::no_answer:
      return leg_end::no_answer;
    case leg_report::answered:
    case leg_report::accepted:
      break;
  }
  throw invariant_error{"an answer does not end a leg"};
}

/// R37: the settings in force, and what the request says instead (R20).
routing_settings settings_of(const step& s, const transfer_requested& e,
                             fallback_reading fallbacks) {
  static const team_document unknown;
  const auto& document = s.team().document() ? *s.team().document() : unknown;
  const auto& t = document.transfer;
  const auto& c = document.calls;
  routing_settings settings{.pattern = e.pattern.value_or(t.pattern),
                            .ring_timeout_s
                            = e.ring_timeout_s.value_or(t.ring_timeout_s),
                            .total_timeout_s = t.total_timeout_s,
                            .max_age_s = t.max_age_s,
                            .fallback_numbers = {},
                            .confirm_agents = t.confirm_agents,
                            .confirm_fallback = t.confirm_fallback,
                            .wrap_up_s = c.wrap_up_s,
                            .max_call_s = c.max_call_s,
                            .auto_unavailable_after = c.auto_unavailable_after,
                            .answer_grace_s = t.answer_grace_s,
                            .confirm_s = t.confirm_s,
                            .wait_s = t.wait_s,
                            .group_size = t.group_size,
                            .min_talk_s = c.min_talk_s,
                            .cover_after_s = c.cover_after_s};
  // Of two entries with one number the first counts (R25).
  std::set<std::pair<std::string, std::string>> known;
  const auto& entries
    = fallbacks.numbers ? *fallbacks.numbers : t.fallback_numbers;
  for (const auto& entry : entries)
    if (known.emplace(entry.phone, entry.endpoint).second)
      settings.fallback_numbers.push_back(entry);
  return settings;
}

/// R46: what is to be said of the transfer, in the contract's order of fields.
/// Of a contact that nobody reads it is only whether it is one.
std::vector<std::string> warnings_of(const transfer_requested& e,
                                     const reading_notes& notes,
                                     bool contact_read) {
  std::vector<std::string> warnings;
  for (const auto& n : notes)
    warnings.push_back(warning_of(n));
  if (!contact_read)
    for (const auto& n : e.contact.notes)
      if (n.pointer == "/contact")
        warnings.push_back(warning_of(n));
  return warnings;
}

bool hangs_up(const step& s, const parked_event& p) {
  auto decoded = s.reader().decode(p.record);
  const auto* event = std::get_if<input_event>(&decoded);
  return event != nullptr
         && (std::holds_alternative<caller_hung_up>(event->body)
             || std::holds_alternative<call_ended>(event->body));
}

} // namespace

void begin_cascade(step& s, visited_call& call, const transfer_requested& e,
                   bool contact_read) {
  visited_lead lead{s, e.lead_id};
  auto fallbacks = read_fallback_numbers(e, s.team().region());
  auto warnings = warnings_of(e, fallbacks.notes, contact_read);
  auto settings = settings_of(s, e, std::move(fallbacks));
  auto first = settings.pattern == ring_pattern::simultaneous_group
                 ? ring_step::group
                 : ring_step::owner;
  call.change(
    routing_started{.lead_id = e.lead_id,
                    .settings = std::move(settings),
                    .groups = groups_for(s.team(), lead->details, s.now()),
                    .context = e.context,
                    .warnings = std::move(warnings),
                    .at = s.now(),
                    .first = first});
  // R30: a hang-up that came before ends the transfer as it starts.
  if (std::any_of(call->parked.begin(), call->parked.end(),
                  [&s](const parked_event& p) { return hangs_up(s, p); })) {
    call.change(caller_left{});
    miss(s, call, miss_reason::caller_hung_up);
  } else {
    continue_cascade(s, call);
  }
  s.next(to_call(call.id(), apply_parked{}));
}

void continue_cascade(step& s, visited_call& call) {
  if (call->wait_until)
    return go_on_waiting(s, call);
  while (call->step != ring_step::over)
    if (ring_next(s, call) != tried::nobody)
      return;
  if (!begin_to_wait(s, call))
    miss(s, call, reason_of_miss(call));
}

void report_leg(step& s, visited_call& call, const leg& l, leg_report report) {
  bool answer
    = report == leg_report::answered || report == leg_report::accepted;
  if (!answer) {
    // A mailbox that is recognised late (R33).
    if (l.end == leg_end::won && report == leg_report::machine
        && call->phase == call_phase::connected)
      return take_back_win(s, call, miss_reason::machine);
    if (l.end != leg_end::none)
      return;
    auto ended = l;
    call.change(leg_ended{ended.leg_id, end_of(report)});
    bool missed
      = report == leg_report::no_answer || report == leg_report::machine;
    let_go(s, call, ended, missed ? leg_close::missed : leg_close::neutral);
    if (!call->rings())
      attempt_ended(s, call);
    return;
  }
  if (l.end == leg_end::won)
    return;
  bool confirm = l.step == ring_step::fallback ? call->settings.confirm_fallback
                                               : call->settings.confirm_agents;
  bool counts = report == leg_report::accepted || !confirm;
  if (l.end != leg_end::none)
    return answer_too_late(s, call, l, counts);
  if (counts)
    return win(s, call, l);
  if (!l.answered)
    call.change(leg_answered{.leg_id = l.leg_id, .at = s.now()});
}

void withdraw_target(step& s, visited_call& call, const std::string& agent_id) {
  // A fallback number that is theirs rings on (R51).
  auto it = std::find_if(
    call->legs.begin(), call->legs.end(), [&agent_id](const leg& l) {
      return l.agent_id == agent_id && l.end == leg_end::none
             && l.step != ring_step::fallback;
    });
  if (it == call->legs.end())
    return;
  auto l = *it;
  call.change(leg_ended{l.leg_id, leg_end::target_unavailable});
  s.emit(call->lead_id,
         ring_cancelled{.call_id = call.id(),
                        .legs = {rung(l, cancel_reason::target_unavailable)}});
  let_go(s, call, l, leg_close::neutral);
  if (!call->rings())
    attempt_ended(s, call);
}

void ring_whom_the_win_cancelled(step& s, visited_call& call,
                                 const std::string& failed_leg) {
  auto failed = *call->find(failed_leg);
  ringable may_ring{s};
  attempt_plan plan{.at = failed.step,
                    .targets
                    = call_targets{s, *call, may_ring}.cancelled_by(failed),
                    .decision = {}};
  if (plan.targets.empty())
    return continue_cascade(s, call);
  bool of_group = failed.step == ring_step::group;
  plan.decision = ring_decision(
    s, call, of_group ? &call->groups.at(call->group_no) : nullptr,
    plan.targets);
  auto made
    = try_to_ring(s, call, plan, to_call(call.id(), ring_again{failed_leg}));
  if (made == tried::nobody) {
    s.emit(call->lead_id, std::move(plan.decision));
    return continue_cascade(s, call);
  }
  // The rest of the group is rung if none of these is, or has its turn (R20).
  if (made == tried::rings && of_group && !call->settings.group_size)
    call.change(step_entered{ring_step::fallback});
}

void run_out_of_time(step& s, visited_call& call) {
  if (call->phase == call_phase::connected)
    return finish(s, call, 0);
  if (!call->rings())
    return end_waiting(s, call);
  auto due = s.started();
  if (!call->time_over)
    call.change(attempt_timed_out{});
  cancel_open_legs(s, call, leg_end::ring_timeout, cancel_reason::ring_timeout,
                   is_stale(s, call) ? leg_close::neutral : leg_close::missed,
                   [&](const leg& l) { return leg_over_at(*call, l) <= due; });
  if (!call->rings())
    attempt_ended(s, call);
}

void abandon(step& s, visited_call& call) {
  if (call->phase != call_phase::ringing)
    return run_out_of_time(s, call);
  cancel_open_legs(s, call, leg_end::ring_timeout, cancel_reason::ring_timeout,
                   leg_close::neutral, [](const leg&) { return true; });
  s.next(to_call(call.id(), routing_over{miss_reason::failed}));
}

} // namespace fairlead
