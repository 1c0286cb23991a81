#pragma once

#include "actors/core/state/seen.hpp"
#include "messages/documents.hpp"
#include "messages/outputs.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead {

// The state of an agent, the records that change it, and apply(). Written by
// the agent's actor alone; decisions read it as part of the roster.
//
//   busy with    record             goes to
//   nothing      leg_reserved       a leg (ringing_for)
//   a leg        reservation_ended  nothing
//                call_connected     a call (on_call)
//   a call       call_left          wrap-up, until its time is over; or nothing
//
// Documents, toggles and counts change beside it: one who was removed is on
// their call until it ends.

struct agent_state {
  agent_document document;
  std::optional<std::string> phone; /// E.164
  bool removed = false;             /// R17: an inactive one without toggles
  bool accepting_leads = true;
  bool available_for_calls = true;
  std::optional<std::string> ringing_for; /// call id: reserved (R26)
  std::optional<std::string> on_call;     /// call id
  instant wrap_up_until;                  /// R34
  dialled held;            /// the number of that leg, call or wrap-up (R51)
  std::int64_t misses = 0; /// in a row (R35)
  int turns_date = 0;      /// local date of `turns_today`
  std::int64_t turns_today = 0; /// over all pools (R7)
  std::uint64_t covered_no = 0; /// when asked to stand in; 0: never (R50)
  std::uint64_t rung_no = 0;    /// when rung last, by any leg; 0: never (R20)
  instant away_until;           /// R50
  instant busy_until;           /// on a call that is none of ours (R22)
  std::optional<std::int64_t> version_known; /// the highest (R45)
  seen_window<16> seen;
  friend bool operator==(const agent_state&, const agent_state&) = default;

  [[nodiscard]] bool active() const { return !removed && document.active; }
};

struct agent_documented {
  agent_document document;
  std::optional<std::string> phone;
};
struct agent_gone {};
struct toggled {
  std::optional<bool> available_for_calls, accepting_leads;
};
/// Away until then; one that is over: not away (R50).
struct away_set {
  instant until;
};
/// On a call that is none of ours until then; one that is over: not (R22).
struct busy_set {
  instant until;
};
struct turn_counted {
  int date = 0;
};
struct leg_reserved {
  std::string call_id;
  dialled number;
  std::uint64_t no = 0; /// the team's count (R20)
};
struct reservation_ended {};
struct call_connected {
  std::string call_id;
};
struct call_left {
  instant wrap_up_until;
};
struct miss_counted {};
struct misses_reset {};
struct cover_asked {
  std::uint64_t no = 0;
};
struct agent_seen {
  std::uint64_t key = 0;
};

void apply(agent_state& s, const agent_documented& r);
void apply(agent_state& s, const agent_gone& r);
void apply(agent_state& s, const toggled& r);
void apply(agent_state& s, const away_set& r);
void apply(agent_state& s, const busy_set& r);
void apply(agent_state& s, const turn_counted& r);
void apply(agent_state& s, const leg_reserved& r);
void apply(agent_state& s, const reservation_ended& r);
void apply(agent_state& s, const call_connected& r);
void apply(agent_state& s, const call_left& r);
void apply(agent_state& s, const miss_counted& r);
void apply(agent_state& s, const misses_reset& r);
void apply(agent_state& s, const cover_asked& r);
void apply(agent_state& s, const agent_seen& r);

} // namespace fairlead
