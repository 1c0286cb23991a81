#pragma once

#include "actors/core/state/team.hpp"

#include <vector>

namespace fairlead {

// What a team wants done at an outcome. Tags are those that are compared
// (messages/reading/outcome.hpp).

/// True if it is one of the eight outcomes or listed by the team (contract).
[[nodiscard]] bool is_outcome(const team_state& team, const outcome_tag& tag);

/// The tag as the team lists it, which is how outputs have it (contract).
[[nodiscard]] outcome_tag as_listed(const team_state& team,
                                    const outcome_tag& tag);

/// The actions in force for an outcome: the team's list or the defaults, a
/// miss always with its call_back task (R39, R41).
[[nodiscard]] std::vector<action> actions_of(const team_state& team,
                                             const outcome_tag& tag);

} // namespace fairlead
