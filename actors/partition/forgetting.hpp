#pragma once

#include "actors/core/state/team.hpp"
#include "actors/partition/snapshot_store.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

// R15: a lead or a call that is forgotten counts as unknown whenever it is
// looked up. What is here only gives its bytes back.

/// The leads and calls among the next `max` snapshots of the store that look
/// forgotten: as far as a snapshot tells, and by that clock.
[[nodiscard]] std::vector<std::pair<std::string, entity_name>>
look_for_forgotten(snapshot_store& store, std::size_t max, instant now);

/// Drops one of them; false if the team still knows it, because its own clock
/// is behind.
[[nodiscard]] bool forget(team_state& team, const entity_name& e, instant now);

} // namespace fairlead
