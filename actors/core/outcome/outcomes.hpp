#pragma once

#include "actors/core/step/step.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// True if it is one of the eight outcomes or listed by the team (contract).
[[nodiscard]] bool is_outcome(const team_state& team, const std::string& tag);

/// True for the two outcomes that a routing derives itself (R38).
[[nodiscard]] bool is_transfer_outcome(const std::string& tag);

/// The actions in force for an outcome: the team's list or the defaults, a
/// miss always with its call_back task (R39, R41).
[[nodiscard]] std::vector<action> actions_of(const team_state& team,
                                             const std::string& outcome);

/// Does what the outcome asks for, in R39's order; then the call gets its
/// ledger back.
void carry_out(step& s, held_lead& lead, const outcome_due& o);

} // namespace fairlead
