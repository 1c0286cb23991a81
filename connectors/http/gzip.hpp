#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::http {

// Bodies in gzip's format. Pure.

/// A body that was compressed, or why there is none.
struct unpacked {
  std::optional<std::string> bytes;
  bool too_large = false; /// else: it is not gzip, or cut off
};
[[nodiscard]] unpacked gunzip(std::string_view packed, std::size_t bytes_max);

/// At the fastest level: better ones cost a service more than they save.
[[nodiscard]] std::string gzip(std::string_view text);

} // namespace fairlead::http
