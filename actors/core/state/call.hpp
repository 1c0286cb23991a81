#pragma once

#include "actors/core/state/seen.hpp"
#include "messages/documents.hpp"
#include "messages/outputs.hpp"
#include "messages/records.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fairlead {

// The state of a call, the records that change it, and apply(). Written by the
// call's actor alone.
//
//   phase      accepts                                     goes to
//   unrouted   transfer.requested                          ringing
//              tags other than the transfer's (R38)        -
//              any other event waits for its transfer (R45)
//   ringing    the first answer (R27)                      connected
//              nobody to ring, but perhaps soon (R52)      -
//              nothing left to ring, a hang-up, its time   missed
//   connected  call.ended, caller.hung_up, max_call_s      ended
//              the same, too soon (min_talk_s, R33)        missed
//              bridge_failed, a mailbox (R33)              ringing
//   missed     transfer.requested, within an hour (R44)    ringing
//              late answers, a late success (R38)          -
//   ended      late answers, tags                          -
//
// A missed or ended call is faded a day later: only its id is known (R15).

enum class call_phase : std::uint8_t {
  unrouted,
  ringing,
  connected,
  missed,
  ended
};

/// Whose phones may ring after the owner's (R21).
struct everybody {
  friend bool operator==(const everybody&, const everybody&) = default;
};
using group_ref = std::variant<everybody, pool_ref, agent_ref>;

/// A group of a lead, and the rule that says so; no rule: everybody's.
struct group_choice {
  group_ref group;
  std::optional<std::string> rule_id;
  friend bool operator==(const group_choice&, const group_choice&) = default;
};

/// How a leg ended; `none`: it rings (or is answered but not confirmed).
enum class leg_end : std::uint8_t {
  none,
  won,
  declined,
  busy,
  failed,
  machine,
  no_answer,    /// reported
  ring_timeout, /// cancelled by time
  answered_elsewhere,
  caller_hung_up,
  target_unavailable,
  taken_back /// it had won, and was not connected after all (R33)
};

struct leg {
  std::string leg_id;
  /// Also the one whose number a fallback entry has (R51).
  std::optional<std::string> agent_id;
  dialled number;
  std::int64_t attempt = 0;
  ring_step step = ring_step::owner;
  leg_end end = leg_end::none;
  /// Answered then, and waits to be accepted (R28).
  std::optional<instant> answered;
  friend bool operator==(const leg&, const leg&) = default;
};

/// Settings in force when the transfer started (R37).
struct routing_settings {
  ring_pattern pattern = ring_pattern::assigned_then_group;
  std::int64_t ring_timeout_s = 0, total_timeout_s = 0, max_age_s = 0;
  std::vector<fallback_entry> fallback_numbers; /// each number once
  bool confirm_agents = false, confirm_fallback = false;
  std::int64_t wrap_up_s = 0, max_call_s = 0, auto_unavailable_after = 0;
  // A call that an older program began has none of these.
  std::int64_t answer_grace_s = 0, confirm_s = 0; /// R24, R28
  std::int64_t wait_s = 0;                        /// R52
  std::optional<std::int64_t> group_size;         /// R20
  std::int64_t min_talk_s = 0;                    /// R33
  std::int64_t cover_after_s = call_settings{}.cover_after_s;
  friend bool operator==(const routing_settings&, const routing_settings&)
    = default;
};

/// An event that came before its transfer (R45).
struct parked_event {
  raw_record record;
  instant until;
  friend bool operator==(const parked_event& a, const parked_event& b) {
    return a.record.where() == b.record.where() && a.until == b.until;
  }
};

/// Who was told what about a call (R40).
struct notice {
  notification_kind kind = notification_kind::outcome;
  std::string agent_id;
  std::string concerned; /// the agent that an `auto_unavailable` is about
  friend bool operator==(const notice&, const notice&) = default;
};

/// A task that came of a call (R41).
struct created_task {
  task_kind kind;
  std::string task_id;
  friend bool operator==(const created_task&, const created_task&) = default;
};

/// What a call has done to the cadence (R39): cancelled it at most once, until
/// R33 resumes it.
enum class cadence_state : std::uint8_t {
  untouched,
  cancelled_by_success, /// R33 may resume it
  cancelled
};

/// What has been done about a call's outcomes, so that nothing is done twice.
/// It belongs to the call, not to one of its routings (R44).
struct call_ledger {
  std::optional<outcome> transfer_outcome; /// as it stands (R38)
  bool derived = false;                    /// by a routing, once at least (R38)
  bool success_done = false; /// the actions of a success have run (R33)
  bool tag_applied = false;  /// one of the other tags (R38)
  /// The leg whose win was taken back, until the outcome says what came of it
  /// (R33).
  std::optional<std::string> failed_win;
  cadence_state cadence = cadence_state::untouched;
  bool others_cancel = false; /// an outcome but the success cancels the cadence
  std::vector<notice> told;
  std::vector<created_task> tasks;    /// that nobody has cancelled (R41)
  std::optional<std::string> repeats; /// another call's task: this miss's (R41)
  friend bool operator==(const call_ledger&, const call_ledger&) = default;
};

struct call_state {
  call_phase phase = call_phase::unrouted;
  std::string lead_id; /// empty: not known yet
  routing_settings settings;
  std::vector<group_choice> groups;       /// of the matching rules (R21)
  std::size_t group_no = 0;               /// the one looked at last
  bool group_rang = false;                /// it stays (R21)
  std::optional<std::string> context;     /// JSON text
  std::vector<std::string> warnings;      /// not told yet (R46)
  instant started;                        /// of the transfer
  instant total_until;                    /// R24; moves with R33
  instant attempt_until;                  /// by ring_timeout_s alone
  bool time_over = false;                 /// of the attempt (R24, R28)
  std::int64_t attempts = 0;              /// that rang
  std::int64_t earlier_attempts = 0;      /// of routings before this one (R44)
  ring_step step = ring_step::owner;      /// to be looked at next
  std::size_t next_fallback = 0;          /// R25
  std::vector<leg> legs;                  /// all attempts
  std::optional<miss_reason> last_reason; /// R31
  /// What a win was taken back for, while no leg has rung since (R33).
  std::optional<miss_reason> failure;
  std::optional<instant> wait_until; /// R52: it has waited, or does
  std::optional<std::string> winner; /// leg id, while connected
  instant connected;                 /// when it won
  instant busy_until;                /// R34's max_call_s
  instant ended;
  bool caller_gone = false; /// no other routing of this call (R44)
  call_ledger ledger;
  std::vector<parked_event> parked;
  seen_window<64> seen;
  instant touched;
  friend bool operator==(const call_state&, const call_state&) = default;

  [[nodiscard]] bool routed() const { return phase != call_phase::unrouted; }
  [[nodiscard]] const leg* find(const std::string& leg_id) const;
  /// True while a leg rings or waits to be accepted.
  [[nodiscard]] bool rings() const;
  /// True if the leg is one of this routing, not of one before it (R44).
  [[nodiscard]] bool of_this_routing(const leg& l) const {
    return l.attempt > earlier_attempts;
  }
};

struct routing_started {
  std::string lead_id;
  routing_settings settings;
  std::vector<group_choice> groups;
  std::optional<std::string> context;
  std::vector<std::string> warnings;
  instant at;
  ring_step first = ring_step::owner;
};
struct lead_named {
  std::string lead_id;
};
struct step_entered {
  ring_step step = ring_step::owner;
};
struct group_entered {
  std::size_t no = 0;
};
struct fallbacks_passed {
  std::size_t next = 0;
};
struct attempt_started {
  std::vector<leg> legs;
  instant until;
};
struct leg_answered {
  std::string leg_id;
  instant at;
};
struct attempt_timed_out {};
struct leg_ended {
  std::string leg_id;
  leg_end how = leg_end::none;
};
struct wait_begun {
  instant until;
};
struct call_won {
  std::string leg_id;
  instant at;
  instant busy_until;
};
struct win_taken_back {
  miss_reason why = miss_reason::bridge_failed;
  instant total_until;
  ring_step next = ring_step::over;
};
struct routing_missed {
  instant at;
};
struct caller_left {};
struct conversation_ended {
  instant at;
};
struct ledger_written {
  call_ledger ledger;
};
struct event_parked {
  parked_event event;
};
struct parked_left {
  std::size_t oldest = 0;
};
struct call_seen {
  std::uint64_t key = 0;
};
struct call_touched {
  instant at;
};
struct call_forgotten {}; /// R15

void apply(call_state& s, const routing_started& r);
void apply(call_state& s, const lead_named& r);
void apply(call_state& s, const step_entered& r);
void apply(call_state& s, const group_entered& r);
void apply(call_state& s, const fallbacks_passed& r);
void apply(call_state& s, const attempt_started& r);
void apply(call_state& s, const leg_answered& r);
void apply(call_state& s, const attempt_timed_out& r);
void apply(call_state& s, const leg_ended& r);
void apply(call_state& s, const wait_begun& r);
void apply(call_state& s, const call_won& r);
void apply(call_state& s, const win_taken_back& r);
void apply(call_state& s, const routing_missed& r);
void apply(call_state& s, const caller_left& r);
void apply(call_state& s, const conversation_ended& r);
void apply(call_state& s, const ledger_written& r);
void apply(call_state& s, const event_parked& r);
void apply(call_state& s, const parked_left& r);
void apply(call_state& s, const call_seen& r);
void apply(call_state& s, const call_touched& r);
void apply(call_state& s, const call_forgotten& r);

/// When the time of the attempt is over: telephony's, and some grace for what
/// is still on its way (R24).
[[nodiscard]] instant attempt_over_at(const call_state& s);

/// Until when an open leg may be answered or accepted (R24, R28).
[[nodiscard]] instant leg_over_at(const call_state& s, const leg& l);

/// When the call's next timer is due: parking, an attempt or a leg of it, the
/// wait for somebody (R52), max_call_s.
[[nodiscard]] std::optional<instant> next_due(const call_state& s);

/// True if the call is long over at `now`: only its id is known (R15).
[[nodiscard]] bool faded(const call_state& s, instant now);

/// True if the id of a call like this is forgotten at `now` (R15).
[[nodiscard]] bool forgotten(const call_state& s, instant now);

} // namespace fairlead
