#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fairlead {

/// A price as people write it (R53): `$2.5M` is 2500000, `300-400k` is 300000.
/// Whole units of whatever currency it is. Nothing: it cannot be read.
[[nodiscard]] std::optional<std::int64_t> read_price(std::string_view text);

/// A JSON number, rounded down: `2500000.9` is 2500000. Nothing: it has more
/// than 64 bits.
[[nodiscard]] std::optional<std::int64_t>
price_of_number(std::string_view json_number);

} // namespace fairlead
