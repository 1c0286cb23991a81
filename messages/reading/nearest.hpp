#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fairlead {

/// Of some names, at least one, the one that takes the fewest changes of one
/// byte (added, left out, another) to become: what somebody may have meant. Of
/// several the first. Of a name only the first 64 bytes are looked at.
[[nodiscard]] std::string_view nearest(std::string_view name,
                                       std::span<const std::string_view> known);

/// What is wrong with a name that is not one of these.
[[nodiscard]] std::string not_known(std::string_view name,
                                    std::span<const std::string_view> known);

} // namespace fairlead
