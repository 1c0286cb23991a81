#pragma once

#include "messages/dead_letters.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>
#include <vector>

namespace fairlead {

/// What stands in an input's `data` and has no effect: members whose name is
/// not known (those that begin with `x_` are somebody's own), hours beside
/// `closed`, a fallback entry's zone without a schedule.
[[nodiscard]] std::vector<fault> said_in_vain(const nlohmann::json& data,
                                              std::string_view type);

} // namespace fairlead
