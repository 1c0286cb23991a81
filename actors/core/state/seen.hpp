#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace fairlead {

/// The 8-byte key under which an event (source, id) is remembered (R44):
/// FNV-1a, part of the stored format.
[[nodiscard]] constexpr std::uint64_t seen_key(std::string_view source,
                                               std::string_view id) {
  std::uint64_t h = 14695981039346656037ULL;
  auto eat = [&h](std::string_view s) {
    for (char c : s)
      h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  };
  eat(source);
  eat("\x1f");
  eat(id);
  return h;
}

/// The last `Limit` applied events of one entity, oldest first (R44).
template <std::size_t Limit>
struct seen_window {
  std::vector<std::uint64_t> keys;

  [[nodiscard]] bool has(std::uint64_t key) const {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  }
  void add(std::uint64_t key) {
    if (keys.size() >= Limit)
      keys.erase(keys.begin());
    keys.push_back(key);
  }
  friend bool operator==(const seen_window&, const seen_window&) = default;
};

} // namespace fairlead
