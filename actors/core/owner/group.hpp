#pragma once

#include "actors/core/state/team.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// The group of a lead (R21): whose phones may ring after its owner's, and the
/// rule that says so; no rule: everybody's.
struct group_choice {
  group_ref group;
  std::optional<std::string> rule_id;
};

/// The group of a lead now: that of the first rule that matches.
[[nodiscard]] group_choice group_for(const team_state& team,
                                     const lead_details& d, instant now);

/// The members of a group, in its order.
[[nodiscard]] std::vector<std::string> members_of(const team_state& team,
                                                  const group_ref& group);

} // namespace fairlead
