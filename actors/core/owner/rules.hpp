#pragma once

#include "actors/core/state/team.hpp"

#include <vector>

namespace fairlead {

/// True if all conditions of the rule hold for the lead (R4).
[[nodiscard]] bool matches(const rule_conditions& when, const lead_details& d);

/// The rules that match the lead and are active at `now`, in order (R4).
[[nodiscard]] std::vector<const routing_rule*>
matching_rules(const team_state& team, const lead_details& d, instant now);

} // namespace fairlead
