#pragma once

#include "actors/core/state/seen.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// Mass work that is left over (R17, R11): done in steps of at most 200.
struct mass_work {
  enum class what : std::uint8_t { leads_with_tasks, open_leads, waiting };
  what kind = what::waiting;
  std::string agent_id;       /// whose leads (R17)
  std::string after;          /// the last lead id looked at
  std::uint64_t after_no = 0; /// the last waiting place looked at (R11)
  friend bool operator==(const mass_work&, const mass_work&) = default;
};

/// The legs and calls on a fallback number that is no agent's (R51).
struct line_taken {
  std::string number; /// text_of()
  std::int64_t legs = 0;
  friend bool operator==(const line_taken&, const line_taken&) = default;
};

/// A routing that waits for somebody to get free (R52).
struct routing_waits {
  instant started;
  std::string call_id;
  friend bool operator==(const routing_waits&, const routing_waits&) = default;
};

/// What a team counts and remembers besides its entities.
struct team_counters {
  std::uint64_t sequence = 0; /// of its outputs (R3)
  instant now;                /// of its last step (R1)
  std::uint64_t waiting_last = 0;
  std::uint64_t cover_last = 0;
  std::int64_t documents_applied = 0;
  std::uint64_t leads_unconfigured = 0; /// while there is no document (R15)
  std::uint64_t parked = 0;             /// events parked (R15)
  std::uint64_t timers_fired = 0;       /// makes each timer's name unique
  std::optional<instant> retry_at;      /// R11
  std::vector<mass_work> mass;
  instant mass_due;
  seen_window<64> seen;
  std::uint64_t owner_last = 0; /// orders leads by when they got their owner
  std::uint64_t rung_last = 0;  /// orders agents by when they were rung (R20)
  std::optional<std::int64_t> version_known; /// the highest (R45)
  /// Minutes since 1970 of the last round before a newcomer (R11).
  std::optional<std::int64_t> round_minute;
  std::vector<line_taken> lines; /// one a number that is in use
  /// Routings that wait and ring nobody, in the order in which they started,
  /// then by call id (R52).
  std::vector<routing_waits> waiting;
  std::optional<instant> wrap_up_ends; /// the next one, while any waits (R52)
  friend bool operator==(const team_counters&, const team_counters&) = default;
};

// -- records ------------------------------------------------------------------

/// A step's end: its time, and the sequence number of its last output.
struct step_made {
  instant now;
  std::uint64_t sequence = 0;
};
struct timer_fired {
  std::uint64_t no = 0;
};
struct document_counted {
  std::optional<std::int64_t> version;
};
/// A lead of a team that nobody has configured (R15).
struct lead_let_in {};
struct parked_counted {
  int more = 1; /// -1: one less
};
/// A place among the leads that wait (R11).
struct place_given {
  std::uint64_t no = 0;
};
/// A lead got an owner: which one was last is told by it (R12).
struct owner_counted {
  std::uint64_t no = 0;
};
/// The leads that wait were tried before a newcomer (R11).
struct round_made {
  std::int64_t minute = 0; /// since 1970
};
struct cover_counted {
  std::uint64_t no = 0;
};
/// A leg or a call is on the number, or is not any more (R51).
struct line_counted {
  std::string number;
  int more = 1; /// -1: one less
};
/// The legs of an attempt ring: who was rung last is told by it (R20).
struct rung_counted {
  std::uint64_t no = 0;
};
struct wait_listed {
  routing_waits routing;
};
struct wait_unlisted {
  std::string call_id;
};
struct wrap_up_awaited {
  std::optional<instant> until; /// none: nobody's
};
struct retry_set {
  std::optional<instant> at; /// none: nothing waits
};
struct mass_left_over {
  std::vector<mass_work> works;
  instant due;
};
struct team_seen {
  std::uint64_t key = 0;
};

void apply(team_counters& s, const step_made& r);
void apply(team_counters& s, const timer_fired& r);
void apply(team_counters& s, const document_counted& r);
void apply(team_counters& s, const lead_let_in& r);
void apply(team_counters& s, const parked_counted& r);
void apply(team_counters& s, const place_given& r);
void apply(team_counters& s, const owner_counted& r);
void apply(team_counters& s, const round_made& r);
void apply(team_counters& s, const cover_counted& r);
void apply(team_counters& s, const line_counted& r);
void apply(team_counters& s, const rung_counted& r);
void apply(team_counters& s, const wait_listed& r);
void apply(team_counters& s, const wait_unlisted& r);
void apply(team_counters& s, const wrap_up_awaited& r);
void apply(team_counters& s, const retry_set& r);
void apply(team_counters& s, const mass_left_over& r);
void apply(team_counters& s, const team_seen& r);

/// When the team's next timer is due: mass work, the retry, or a wrap-up's end
/// that a routing waits for.
[[nodiscard]] std::optional<instant> next_due(const team_counters& c);

} // namespace fairlead
