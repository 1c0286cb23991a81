#include "messages/reading/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace fairlead {
namespace {

constexpr std::size_t bytes_max = 64;

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  a = a.substr(0, bytes_max);
  b = b.substr(0, bytes_max);
  std::array<std::size_t, bytes_max + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

} // namespace

std::string_view nearest(std::string_view name,
                         std::span<const std::string_view> known) {
  return *std::min_element(known.begin(), known.end(),
                           [name](std::string_view x, std::string_view y) {
                             return distance(name, x) < distance(name, y);
                           });
}

std::string not_known(std::string_view name,
                      std::span<const std::string_view> known) {
  return "is not a name that is known here; the nearest is "
         + std::string{nearest(name, known)};
}

} // namespace fairlead
