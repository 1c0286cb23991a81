#pragma once

#include "actors/core/state/team.hpp"

#include <string>
#include <string_view>

namespace fairlead {

/// Why an agent can't get a lead by rotation at `now` (R7), in R19's words;
/// empty: can. `requires_` is the pool's demand, `none` when relaxed (R11).
[[nodiscard]] std::string_view owner_exclusion(const team_state& team,
                                               const std::string& agent_id,
                                               enum assign_requires requires_,
                                               instant now);

/// Why an agent may not be rung at `now` (R22), in R19's words; empty: may.
[[nodiscard]] std::string_view ring_exclusion(const team_state& team,
                                              const std::string& agent_id,
                                              instant now);

/// True if the agent is inside their schedule.
[[nodiscard]] bool on_schedule(const team_state& team, const agent_state& a,
                               instant now);

} // namespace fairlead
