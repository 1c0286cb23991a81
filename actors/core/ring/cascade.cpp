#include "actors/core/ring/cascade.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/owner/group.hpp"
#include "actors/core/ring/ring_targets.hpp"
#include "actors/core/ring/routing_end.hpp"
#include "messages/derive.hpp"
#include "messages/phone.hpp"

#include <algorithm>
#include <set>

namespace fairlead {
namespace {

ring_step after(ring_step s, ring_pattern p) {
  if (s == ring_step::owner)
    return p == ring_pattern::assigned_agent ? ring_step::fallback
                                             : ring_step::group;
  return s == ring_step::group ? ring_step::fallback : ring_step::over;
}

/// R43: too late to ring anybody for what this step is about.
bool stale(const step& s, const visited_call& call) {
  return s.wall() - s.started()
         > std::chrono::seconds{call->settings.max_age_s};
}

/// What came of an attempt to ring: of `nobody` only the decision was written,
/// `over` is the end of the routing (R24, R43).
enum class tried : std::uint8_t { nobody, rings, over };

/// Rings the targets that are not excluded, unless it is too late.
tried try_to_ring(step& s, visited_call& call, ring_step at,
                  const std::vector<target>& targets) {
  bool somebody = std::any_of(targets.begin(), targets.end(),
                              [](const target& t) { return !t.excluded; });
  auto decision = ring_decision(s, call, at, targets);
  if (!somebody) {
    s.emit(call->lead_id, std::move(decision));
    return tried::nobody;
  }
  if (s.now() >= call->total_until) {
    miss(s, call, miss_reason::total_timeout);
    return tried::over;
  }
  if (stale(s, call)) {
    miss(s, call, miss_reason::expired);
    return tried::over;
  }
  auto attempt = call->attempts + 1;
  auto until = s.now()
               + std::chrono::seconds{
                 std::min(call->settings.ring_timeout_s, seconds_max)};
  std::vector<leg> legs;
  for (const auto& t : targets) {
    if (t.excluded)
      continue;
    auto index = static_cast<std::int64_t>(legs.size());
    legs.push_back({.leg_id = leg_id({.team = s.team().id(),
                                      .call = call.id(),
                                      .attempt = attempt,
                                      .index = index}),
                    .agent_id = t.agent_id,
                    .phone = t.phone,
                    .attempt = attempt,
                    .step = at});
    if (t.agent_id) {
      decision.chosen.push_back(*t.agent_id);
      s.next(to_agent(*t.agent_id, leg_rings{call.id()}));
    }
  }
  decision.attempt = attempt;
  s.emit(call->lead_id, std::move(decision));
  ring_requested ring{.call_id = call.id(),
                      .attempt = attempt,
                      .step = at,
                      .legs = {},
                      .ring_timeout_s = call->settings.ring_timeout_s,
                      .expires_at = std::min(until, call->total_until),
                      .confirm = at == ring_step::fallback
                                   ? call->settings.confirm_fallback
                                   : call->settings.confirm_agents,
                      .context = call->context};
  for (const auto& l : legs)
    ring.legs.push_back(rung(l, std::nullopt));
  s.emit(call->lead_id, std::move(ring));
  call.change(attempt_started{std::move(legs), until});
  return tried::rings;
}

bool rings(const call_state& call) {
  return std::any_of(call.legs.begin(), call.legs.end(),
                     [](const leg& l) { return l.end == leg_end::none; });
}

/// An answer on a leg that has ended (R27).
void answer_too_late(step& s, visited_call& call, const leg& l) {
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

miss_reason reason_of_miss(const visited_call& call) {
  if (!call->rang_since_failure)
    return miss_reason::bridge_failed;
  return call->last_reason.value_or(miss_reason::no_target);
}

} // namespace

void begin_cascade(step& s, visited_call& call, const transfer_requested& e) {
  const auto& lead = s.team().lead_cell(e.lead_id).state;
  const auto document = s.team().document().value_or(team_document{});
  const auto& t = document.transfer;
  routing_settings settings{
    .pattern = e.pattern.value_or(t.pattern),
    .ring_timeout_s = e.ring_timeout_s.value_or(t.ring_timeout_s),
    .total_timeout_s = t.total_timeout_s,
    .max_age_s = t.max_age_s,
    .fallback_numbers = {},
    .confirm_agents = t.confirm_agents,
    .confirm_fallback = t.confirm_fallback,
    .wrap_up_s = document.calls.wrap_up_s,
    .max_call_s = document.calls.max_call_s,
    .auto_unavailable_after = document.calls.auto_unavailable_after,
    .cover_after_s = document.calls.cover_after_s};
  std::set<std::string> known;
  for (const auto& text : e.fallback_numbers.value_or(t.fallback_numbers))
    if (auto phone = read_phone(text, s.team().region());
        phone && known.insert(*phone).second)
      settings.fallback_numbers.push_back(*phone);
  auto group = group_for(s.team(), lead.details, s.now());
  auto first = settings.pattern == ring_pattern::simultaneous_group
                 ? ring_step::group
                 : ring_step::owner;
  call.change(routing_started{.lead_id = e.lead_id,
                              .settings = std::move(settings),
                              .group = group.group,
                              .rule_id = group.rule_id,
                              .context = e.context,
                              .at = s.now(),
                              .first = first});
  auto hung_up = [&s](const parked_event& p) {
    auto decoded = s.reader().decode(p.record);
    const auto* event = std::get_if<input_event>(&decoded);
    return event != nullptr
           && (std::holds_alternative<caller_hung_up>(event->body)
               || std::holds_alternative<call_ended>(event->body));
  };
  if (std::any_of(call->parked.begin(), call->parked.end(), hung_up))
    miss(s, call, miss_reason::caller_hung_up);
  else
    continue_cascade(s, call);
  s.next(to_call(call.id(), apply_parked{}));
}

void continue_cascade(step& s, visited_call& call) {
  while (call->step != ring_step::over) {
    auto at = call->step;
    auto targets = targets_of(s, call);
    // The call moves on before it rings: when this attempt ends, the next look
    // is at the next number or at the next step.
    bool listed_number = at == ring_step::fallback && !targets.empty();
    if (listed_number) {
      call.change(fallback_passed{});
      if (targets.front().excluded)
        continue;
    } else {
      call.change(step_entered{after(at, call->settings.pattern)});
      // The fallback step is one step, however many numbers it had to ring.
      if (at == ring_step::fallback
          && std::any_of(
            call->legs.begin(), call->legs.end(),
            [](const leg& l) { return l.step == ring_step::fallback; }))
        break;
    }
    if (try_to_ring(s, call, at, targets) != tried::nobody)
      return;
  }
  miss(s, call, reason_of_miss(call));
}

void report_leg(step& s, visited_call& call, const leg& l, leg_report report) {
  bool answer
    = report == leg_report::answered || report == leg_report::accepted;
  if (!answer) {
    if (l.end != leg_end::none)
      return;
    auto agent = l.agent_id;
    call.change(leg_ended{l.leg_id, end_of(report)});
    if (agent)
      s.next(
        to_agent(*agent, leg_closed{.how = report == leg_report::no_answer
                                             ? leg_close::missed
                                             : leg_close::neutral,
                                    .auto_unavailable_after
                                    = call->settings.auto_unavailable_after,
                                    .call_id = call.id()}));
    if (!rings(*call))
      s.next(to_call(call.id(), go_on{}));
    return;
  }
  if (l.end == leg_end::won)
    return;
  bool confirm = l.step == ring_step::fallback ? call->settings.confirm_fallback
                                               : call->settings.confirm_agents;
  if (l.end == leg_end::none && (report == leg_report::accepted || !confirm))
    return win(s, call, l);
  if (l.agent_id)
    s.next(to_agent(*l.agent_id, has_answered{}));
  if (l.end != leg_end::none)
    answer_too_late(s, call, l);
}

void withdraw_target(step& s, visited_call& call, const std::string& agent_id) {
  auto it = std::find_if(
    call->legs.begin(), call->legs.end(), [&agent_id](const leg& l) {
      return l.agent_id == agent_id && l.end == leg_end::none;
    });
  if (it == call->legs.end())
    return;
  auto l = *it;
  call.change(leg_ended{l.leg_id, leg_end::target_unavailable});
  s.emit(call->lead_id,
         ring_cancelled{.call_id = call.id(),
                        .legs = {rung(l, cancel_reason::target_unavailable)}});
  s.next(to_agent(agent_id, leg_closed{.how = leg_close::neutral,
                                       .auto_unavailable_after = 0,
                                       .call_id = call.id()}));
  if (!rings(*call))
    s.next(to_call(call.id(), go_on{}));
}

void ring_whom_the_win_cancelled(step& s, visited_call& call,
                                 const std::string& failed_leg) {
  const auto* failed = call->find(failed_leg);
  auto at = failed->step;
  auto again = targets_cancelled_by(s, call, *failed);
  if (again.empty() || try_to_ring(s, call, at, again) == tried::nobody)
    continue_cascade(s, call);
}

void run_out_of_time(step& s, visited_call& call) {
  if (call->phase == call_phase::connected) {
    const auto* winner = call->find(*call->winner);
    if (winner->agent_id)
      s.next(to_agent(*winner->agent_id,
                      call_over{.call_id = call.id(), .wrap_up_s = 0}));
    call.change(conversation_ended{s.now()});
    return;
  }
  // When the total alone ends the attempt, the routing is over; when both
  // fall together, only if somebody is left to ring (R24).
  bool total_only = s.started() < call->attempt_until;
  cancel_open_legs(s, call, leg_end::ring_timeout, cancel_reason::ring_timeout,
                   !stale(s, call));
  if (total_only)
    s.next(to_call(call.id(), routing_over{miss_reason::total_timeout}));
  else
    s.next(to_call(call.id(), go_on{}));
}

void abandon(step& s, visited_call& call) {
  if (call->phase != call_phase::ringing)
    return run_out_of_time(s, call);
  cancel_open_legs(s, call, leg_end::ring_timeout, cancel_reason::ring_timeout);
  s.next(to_call(call.id(), routing_over{miss_reason::failed}));
}

} // namespace fairlead
