#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// UUIDv5 (RFC 4122) of a name in Fairlead's namespace, which is itself
/// UUIDv5(URL namespace, `fairlead`). A pure function: ids are derived, never
/// drawn (P3).
[[nodiscard]] std::string derived_id(std::string_view name);

/// What the id of a step's output is derived from (contract): team U+001F cause
/// U+001F ordinal.
struct output_name {
  std::string_view team, cause;
  std::uint64_t ordinal = 0;
};
[[nodiscard]] std::string output_id(const output_name& of);

/// What the id of a leg is derived from (contract): team U+001F call U+001F
/// attempt U+001F index.
struct leg_name {
  std::string_view team, call;
  std::int64_t attempt = 0, index = 0;
};
[[nodiscard]] std::string leg_id(const leg_name& of);

/// The cause that an input's outputs are derived from: source U+001F id.
[[nodiscard]] std::string input_cause(std::string_view source,
                                      std::string_view id);

} // namespace fairlead
