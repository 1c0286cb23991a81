#include "actors/core/state/call.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"

#include <algorithm>

namespace fairlead {
namespace {

leg& leg_of(call_state& s, const std::string& leg_id) {
  auto it = std::find_if(s.legs.begin(), s.legs.end(),
                         [&](const leg& l) { return l.leg_id == leg_id; });
  require(it != s.legs.end(), "a record names a leg that the call has not");
  return *it;
}

/// R31's reason of a leg that ended by itself or by time.
std::optional<miss_reason> reason_of(leg_end e) {
  switch (e) {
    case leg_end::declined:
      return miss_reason::declined;
    case leg_end::busy:
      return miss_reason::busy;
    case leg_end::failed:
      return miss_reason::failed;
    case leg_end::machine:
      return miss_reason::machine;
    case leg_end::no_answer:
    case leg_end::ring_timeout:
      return miss_reason::no_answer;
    case leg_end::none:
    case leg_end::won:
    case leg_end::answered_elsewhere:
    case leg_end::caller_hung_up:
    case leg_end::target_unavailable:
    case leg_end::taken_back:
      break;
  }
  return std::nullopt;
}

} // namespace

const leg* call_state::find(const std::string& leg_id) const {
  auto it = std::find_if(legs.begin(), legs.end(),
                         [&](const leg& l) { return l.leg_id == leg_id; });
  return it == legs.end() ? nullptr : &*it;
}

bool call_state::rings() const {
  return std::any_of(legs.begin(), legs.end(),
                     [](const leg& l) { return l.end == leg_end::none; });
}

void apply(call_state& s, const routing_started& r) {
  // A call that was tagged with another lead starts anew with this one.
  if (!s.lead_id.empty() && s.lead_id != r.lead_id)
    s.ledger = {};
  s.phase = call_phase::ringing;
  s.lead_id = r.lead_id;
  s.settings = r.settings;
  s.groups = r.groups;
  s.group_no = 0;
  s.group_rang = false;
  s.context = r.context;
  s.warnings = r.warnings;
  s.started = r.at;
  s.total_until = r.at + std::chrono::seconds{r.settings.total_timeout_s};
  s.attempt_until = s.total_until;
  s.time_over = false;
  // Of earlier routings (R44) the attempts count on, and the last legs stay
  // known.
  s.earlier_attempts = s.attempts;
  if (s.legs.size() > limits::earlier_legs_per_call)
    s.legs.erase(s.legs.begin(), s.legs.end()
                                   - static_cast<std::ptrdiff_t>(
                                     limits::earlier_legs_per_call));
  s.step = r.first;
  s.next_fallback = 0;
  s.last_reason.reset();
  s.failure.reset();
  s.wait_until.reset();
}

void apply(call_state& s, const lead_named& r) {
  s.lead_id = r.lead_id;
}

void apply(call_state& s, const step_entered& r) {
  s.step = r.step;
}

void apply(call_state& s, const group_entered& r) {
  s.group_no = r.no;
}

void apply(call_state& s, const fallbacks_passed& r) {
  s.next_fallback = r.next;
}

void apply(call_state& s, const attempt_started& r) {
  ++s.attempts;
  s.legs.insert(s.legs.end(), r.legs.begin(), r.legs.end());
  s.attempt_until = r.until;
  s.time_over = false;
  s.failure.reset();
  s.warnings.clear();
  s.group_rang = s.group_rang || r.legs.front().step == ring_step::group;
}

void apply(call_state& s, const leg_answered& r) {
  leg_of(s, r.leg_id).answered = r.at;
}

void apply(call_state& s, const attempt_timed_out&) {
  s.time_over = true;
}

void apply(call_state& s, const leg_ended& r) {
  auto& l = leg_of(s, r.leg_id);
  l.end = r.how;
  l.answered.reset();
  if (auto reason = reason_of(r.how))
    s.last_reason = reason;
}

void apply(call_state& s, const wait_begun& r) {
  s.wait_until = r.until;
}

void apply(call_state& s, const call_won& r) {
  auto& l = leg_of(s, r.leg_id);
  l.end = leg_end::won;
  l.answered.reset();
  s.phase = call_phase::connected;
  s.winner = r.leg_id;
  s.connected = r.at;
  s.busy_until = r.busy_until;
}

void apply(call_state& s, const win_taken_back& r) {
  require(s.winner.has_value(), "R33: a win is taken back that never was");
  leg_of(s, *s.winner).end = leg_end::taken_back;
  s.ledger.failed_win = s.winner;
  s.winner.reset();
  s.phase = call_phase::ringing;
  s.total_until = r.total_until;
  s.attempt_until = r.total_until;
  s.time_over = false;
  s.step = r.next;
  s.wait_until.reset();
  s.failure = r.why;
  // A mailbox is a leg that ended by itself (R31).
  if (r.why == miss_reason::machine)
    s.last_reason = r.why;
}

void apply(call_state& s, const routing_missed& r) {
  s.phase = call_phase::missed;
  s.ended = r.at;
  s.wait_until.reset();
  s.warnings.clear();
}

void apply(call_state& s, const caller_left&) {
  s.caller_gone = true;
}

void apply(call_state& s, const conversation_ended& r) {
  s.phase = call_phase::ended;
  s.ended = r.at;
}

void apply(call_state& s, const ledger_written& r) {
  s.ledger = r.ledger;
}

void apply(call_state& s, const event_parked& r) {
  s.parked.push_back(r.event);
}

void apply(call_state& s, const parked_left& r) {
  s.parked.erase(s.parked.begin(),
                 s.parked.begin() + static_cast<std::ptrdiff_t>(r.oldest));
}

void apply(call_state& s, const call_seen& r) {
  s.seen.add(r.key);
}

void apply(call_state& s, const call_touched& r) {
  s.touched = r.at;
}

void apply(call_state& s, const call_forgotten&) {
  s = {};
}

instant attempt_over_at(const call_state& s) {
  return std::min(s.attempt_until, s.total_until)
         + std::chrono::seconds{s.settings.answer_grace_s};
}

instant leg_over_at(const call_state& s, const leg& l) {
  auto over = attempt_over_at(s);
  return l.answered ? std::max(
           over, *l.answered + std::chrono::seconds{s.settings.confirm_s})
                    : over;
}

std::optional<instant> next_due(const call_state& s) {
  std::optional<instant> due;
  auto consider = [&due](instant t) {
    if (!due || t < *due)
      due = t;
  };
  if (!s.parked.empty())
    consider(s.parked.front().until);
  if (s.phase == call_phase::ringing) {
    if (!s.rings())
      consider(std::min(s.wait_until.value_or(s.total_until), s.total_until));
    else if (!s.time_over)
      consider(attempt_over_at(s));
    else
      for (const auto& l : s.legs)
        if (l.end == leg_end::none)
          consider(leg_over_at(s, l));
  }
  if (s.phase == call_phase::connected)
    consider(s.busy_until);
  return due;
}

bool faded(const call_state& s, instant now) {
  return (s.phase == call_phase::missed || s.phase == call_phase::ended)
         && now - s.ended >= limits::ended_call_kept;
}

bool forgotten(const call_state& s, instant now) {
  if (s.touched == instant{} || s.phase == call_phase::ringing
      || s.phase == call_phase::connected || !s.parked.empty())
    return false;
  // From its end; one that was never routed has none.
  return now - (s.routed() ? s.ended : s.touched) >= limits::call_id_kept;
}

} // namespace fairlead
