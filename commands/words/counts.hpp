#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// `1 lead`, `2 leads`: a number and the noun that it counts.
[[nodiscard]] inline std::string count_of(std::uint64_t n,
                                          std::string_view noun) {
  return std::to_string(n) + " " + std::string{noun} + (n == 1 ? "" : "s");
}

} // namespace fairlead
