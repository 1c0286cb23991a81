#pragma once

#include "actors/core/state/team.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// The groups of a lead, at least one: those of the rules that match now, in
/// their order. The first is the lead's; each of the others counts where nobody
/// of those before it may be rung (R21). What they name stands in one document,
/// so all of them together are no larger than a record.
[[nodiscard]] std::vector<group_choice>
groups_for(const team_state& team, const lead_details& d, instant now);

/// The members of a group, in its order, as the document in force lists them.
[[nodiscard]] std::vector<std::string> members_of(const team_state& team,
                                                  const group_ref& group);

} // namespace fairlead
