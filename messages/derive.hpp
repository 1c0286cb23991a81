#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// UUIDv5 (RFC 4122) of a name in Fairlead's namespace, which is itself
/// UUIDv5(URL namespace, `fairlead`). A pure function: ids are derived, never
/// drawn (P3).
[[nodiscard]] std::string derived_id(std::string_view name);

/// The id of a step's output (contract): team U+001F cause U+001F ordinal.
[[nodiscard]] std::string
output_id(std::string_view team, std::string_view cause, std::uint64_t ordinal);

/// The id of a leg (contract): team U+001F call U+001F attempt U+001F index.
[[nodiscard]] std::string leg_id(std::string_view team, std::string_view call,
                                 std::int64_t attempt, std::int64_t index);

/// The cause that an input's outputs are derived from: source U+001F id.
[[nodiscard]] std::string input_cause(std::string_view source,
                                      std::string_view id);

} // namespace fairlead
