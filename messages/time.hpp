#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// A moment: milliseconds since the Unix epoch, UTC. Kafka's timestamps have
/// the same unit, so nothing is ever rounded on the way.
using instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// The moment that many milliseconds after the epoch.
[[nodiscard]] constexpr instant at_ms(std::int64_t ms) {
  return instant{std::chrono::milliseconds{ms}};
}

/// Milliseconds since the epoch.
[[nodiscard]] constexpr std::int64_t ms_of(instant t) {
  return t.time_since_epoch().count();
}

/// RFC 3339 in UTC with `Z`; milliseconds only where they are not zero. What
/// lies outside of the years 0001 to 9999 is written as their nearest end.
[[nodiscard]] std::string to_rfc3339(instant t);

/// The same, on the stack.
class rfc3339_text {
public:
  explicit rfc3339_text(instant t);
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

private:
  std::array<char, 24> text_;
  std::size_t size_;
};

/// Reads RFC 3339 with any offset; parts of a second beyond milliseconds are
/// cut off. Nothing if the text is not such a time or its year is not
/// 0001..9999, as written and in UTC.
[[nodiscard]] std::optional<instant> from_rfc3339(std::string_view text);

} // namespace fairlead
