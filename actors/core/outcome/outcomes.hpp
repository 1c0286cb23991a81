#pragma once

#include "actors/core/step/step.hpp"

#include <vector>

namespace fairlead {

/// True if it is one of the eight outcomes or listed by the team (contract).
[[nodiscard]] bool is_outcome(const team_state& team, const outcome_tag& tag);

/// The actions in force for an outcome: the team's list or the defaults, a
/// miss always with its call_back task (R39, R41).
[[nodiscard]] std::vector<action> actions_of(const team_state& team,
                                             const outcome_tag& tag);

/// Does what the outcome asks for, in R39's order; then the call gets its
/// ledger back.
void carry_out(step& s, visited_lead& lead, const outcome_due& o);

} // namespace fairlead
