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
    case leg_end::bridge_failed:
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

void apply(call_state& s, const routing_started& r) {
  // A call that was tagged with another lead starts anew with this one.
  if (!s.lead_id.empty() && s.lead_id != r.lead_id)
    s.ledger = {};
  s.phase = call_phase::ringing;
  s.lead_id = r.lead_id;
  s.settings = r.settings;
  s.group = r.group;
  s.rule_id = r.rule_id;
  s.context = r.context;
  s.started = r.at;
  s.total_until = r.at + std::chrono::seconds{r.settings.total_timeout_s};
  s.attempt_until = s.total_until;
  s.step = r.first;
}

void apply(call_state& s, const lead_named& r) {
  s.lead_id = r.lead_id;
}

void apply(call_state& s, const step_entered& r) {
  s.step = r.step;
}

void apply(call_state& s, const fallback_passed&) {
  ++s.next_fallback;
}

void apply(call_state& s, const attempt_started& r) {
  ++s.attempts;
  s.legs.insert(s.legs.end(), r.legs.begin(), r.legs.end());
  s.attempt_until = r.until;
  s.rang_since_failure = true;
}

void apply(call_state& s, const leg_ended& r) {
  leg_of(s, r.leg_id).end = r.how;
  if (auto reason = reason_of(r.how))
    s.last_reason = reason;
}

void apply(call_state& s, const call_won& r) {
  leg_of(s, r.leg_id).end = leg_end::won;
  s.phase = call_phase::connected;
  s.winner = r.leg_id;
  s.busy_until = r.busy_until;
}

void apply(call_state& s, const win_taken_back& r) {
  require(s.winner.has_value(), "R33: a win is taken back that never was");
  leg_of(s, *s.winner).end = leg_end::bridge_failed;
  // People are told anew of a second winner (R40).
  std::erase_if(s.ledger.told, [](const notice& n) {
    return n.kind == notification_kind::transfer_answered;
  });
  s.ledger.failed_win = s.winner;
  s.winner.reset();
  s.phase = call_phase::ringing;
  s.total_until = r.total_until;
  s.attempt_until = r.total_until;
  s.rang_since_failure = false;
}

void apply(call_state& s, const routing_missed& r) {
  s.phase = call_phase::missed;
  s.ended = r.at;
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

std::optional<instant> next_due(const call_state& s) {
  std::optional<instant> due;
  auto consider = [&due](instant t) {
    if (!due || t < *due)
      due = t;
  };
  if (!s.parked.empty())
    consider(s.parked.front().until);
  if (s.phase == call_phase::ringing)
    consider(std::min(s.attempt_until, s.total_until));
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
