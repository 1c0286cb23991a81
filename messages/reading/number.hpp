#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fairlead {

/// A JSON number in whole units.
struct rounded_number {
  std::int64_t value = 0;
  bool exact = true; /// else it had a fraction, and is rounded down
  friend bool operator==(const rounded_number&, const rounded_number&)
    = default;
};

/// What a JSON number (its text) is worth: `1e3` is 1000, `-0.5` is -1. Exact,
/// however long it is. Nothing: it has more than 64 bits.
[[nodiscard]] std::optional<rounded_number>
rounded_down(std::string_view number);

/// True for a JSON number that is written as digits alone.
[[nodiscard]] bool is_digits(std::string_view number);

} // namespace fairlead
