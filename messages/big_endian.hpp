#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// A number as the headers of dead letters carry it: as many bytes as it has,
/// the highest first.
template <class Integer>
[[nodiscard]] std::string to_big_endian(Integer n) {
  auto u = static_cast<std::uint64_t>(n);
  std::string bytes(sizeof n, '\0');
  for (auto it = bytes.rbegin(); it != bytes.rend(); ++it, u >>= 8)
    *it = static_cast<char>(u & 0xff);
  return bytes;
}

[[nodiscard]] inline std::int64_t from_big_endian(std::string_view bytes) {
  std::uint64_t n = 0;
  for (char c : bytes)
    n = n << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(n);
}

} // namespace fairlead
