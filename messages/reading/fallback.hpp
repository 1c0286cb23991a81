#pragma once

#include "messages/inputs.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace fairlead {

/// The fallback numbers that a transfer asks for (R20).
struct fallback_reading {
  /// Nothing: the request has none of its own, the team's count. Phones are as
  /// messages/phone.hpp keeps them.
  std::optional<std::vector<fallback_entry>> numbers;
  reading_notes notes; /// the request's own and those of the numbers, in order
};

/// An entry that is at fault or whose phone does not parse is left out and
/// named; if nothing is left, the list is (R46).
[[nodiscard]] fallback_reading
read_fallback_numbers(const transfer_requested& e, std::string_view region);

} // namespace fairlead
