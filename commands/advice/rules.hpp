#pragma once

#include "messages/dead_letters.hpp"
#include "messages/documents.hpp"

#include <vector>

namespace fairlead {

/// Rules that can never match, or that others stand in front of; leads that no
/// rule takes; pools that give nobody a lead.
[[nodiscard]] std::vector<fault> advice_on_rules(const team_document& team);

} // namespace fairlead
