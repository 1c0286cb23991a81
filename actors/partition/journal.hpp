#pragma once

#include "actors/core/state/team.hpp"
#include "actors/partition/ports.hpp"
#include "messages/records.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// The edition of the rules that this program decides by. Each record of the
/// journal names the edition of its steps; the first one did not.
inline constexpr int rules_edition = 2;

/// How a timer's step is made: as it should be; after three losses in the way
/// that asks least (timer_given_up); after three more by dropping it
/// (drop_timer). Each is a step like any other, so that a replay and a restart
/// see it, too.
enum class timer_way : std::uint8_t { fired, given_up, dropped };

/// Their names in the journal: `timer`, `given-up`, `dropped`.
[[nodiscard]] std::string_view name_of(timer_way w);
[[nodiscard]] std::optional<timer_way> timer_way_named(std::string_view name);

/// One step as the journal tells it (R1, P3): what was handled, when.
struct journal_step {
  std::optional<position> record; /// where it stands in its own partition
  std::string team;               /// of a timer
  entity_name timer;
  timer_way way = timer_way::fired;
  instant due; /// of a timer
  instant now; /// the step's
  instant wall;
  friend bool operator==(const journal_step&, const journal_step&) = default;
};

/// Appends one step to the journal's record of a transaction under way:
/// `["leads",3,17,now,wall]` for a record (topic, partition, offset) and
/// `["timer","acme","K","c-1",due,now,wall]` for a timer (or `given-up`,
/// `dropped`); times in milliseconds.
void append_journal(std::string& out, const journal_step& s);

/// The journal's record of a transaction: a JSON array of an object that names
/// the edition, `{"edition":2}`, and the steps that append_journal() wrote.
[[nodiscard]] std::string journal_record(std::string_view steps);

// A service that takes over the state of an older edition copies it into the
// journal before its first step, so that a replay can begin there: the older
// rules are in no newer program. First comes a record of what follows,
//
//   [{"edition":2,"state":[17,203,-1,0]}]
//
// with the input positions that the state belongs to; then a record for each
// snapshot, with the key and the value that it has on `state`. No other record
// of the journal has a key. A copy that was broken off is begun anew.
[[nodiscard]] std::string journal_of_takeover(const input_positions& at);

} // namespace fairlead
