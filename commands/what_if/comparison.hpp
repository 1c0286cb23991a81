#pragma once

#include "commands/what_if/tally.hpp"
#include "commands/what_if/team_past.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace fairlead::what_if {

/// What is asked: documents as JSON texts, and the time that is compared. They
/// have been checked.
struct question {
  std::string team;
  std::optional<std::string> document;
  std::map<std::string, std::string> agents; /// by their ids
  /// Dates in the team's zone, or times; empty: the last seven days.
  std::string from, to;
};

/// Below it, what was decided again is not what happened.
inline constexpr std::int64_t percent_to_trust = 98;
inline constexpr std::size_t leads_listed_max = 1'000;

/// Reads the past, decides it twice and compares: the answer as JSON
/// (docs/what-if.md). Throws std::invalid_argument for a time that can't be
/// read, and what read_team_past() and decided_again::run() throw.
[[nodiscard]] nlohmann::ordered_json
ask(const question& q, const endpoint& source, const bounds& within);

} // namespace fairlead::what_if
