#pragma once

#include "actors/core/state/team.hpp"
#include "messages/words.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// Why an agent can't get a lead by rotation at `now` (R7); nothing: can.
/// `demand` is the pool's, `none` when relaxed (R11).
[[nodiscard]] std::optional<exclusion>
owner_exclusion(const team_state& team, const std::string& agent_id,
                assign_requires demand, instant now);

/// Why an agent may not be rung at `now` (R22); nothing: may.
[[nodiscard]] std::optional<exclusion>
ring_exclusion(const team_state& team, const std::string& agent_id,
               instant now);

/// True if the agent is inside their schedule.
[[nodiscard]] bool on_schedule(const team_state& team, const agent_state& a,
                               instant now);

} // namespace fairlead
