#pragma once

#include "actors/partition/journal.hpp"
#include "commands/endpoints/endpoint.hpp"
#include "commands/what_if/past_calls.hpp"
#include "messages/records.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::what_if {

/// What a look back may cost. `go_on` is asked often; false ends it.
struct bounds {
  std::size_t records_max = 2'000'000;
  std::size_t bytes_max = std::size_t{1024} * 1024 * 1024;
  std::function<bool()> go_on;
};

/// A bound is reached: one sentence.
struct too_much : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// `go_on` said no.
struct broken_off : std::runtime_error {
  broken_off() : std::runtime_error{"broken off"} {}
};

/// One step as the journal tells it, with the input that it handled.
struct past_step {
  journal_step is;
  std::size_t input = 0; /// in team_past::inputs, of a record's step
};

/// A choice: what it was about, and who was chosen.
struct choice {
  instant at;
  std::string about;
  std::string chosen;
};
[[nodiscard]] choice choice_of(const decision_recorded& d,
                               const std::string& lead, instant at);

/// One team's past, as far as the topics keep it.
struct team_past {
  std::string team;
  std::int32_t partition = 0, partitions = 1;
  std::vector<raw_record> inputs;
  std::vector<past_step> steps; /// in their order
  /// Snapshots of the state that an edition of the rules took over, by their
  /// keys: with it the past begins.
  std::map<std::string, std::string> taken_over;
  /// What came before the first step is not kept.
  bool cut = false;
  past_calls calls;
  std::vector<choice> choices; /// as they were published
};

/// Reads it. Throws too_much, broken_off, and what open_topics() throws.
[[nodiscard]] team_past read_team_past(const endpoint& source,
                                       const std::string& team,
                                       const bounds& within);

} // namespace fairlead::what_if
