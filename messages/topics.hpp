#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fairlead {

/// The topics of the contract; on Kafka their names carry a prefix.
enum class topic : std::uint8_t {
  roster,
  leads,
  calls,
  rekey, // inputs up to here, in the order that breaks ties (R1, R47)
  assignments,
  rings,
  notifications,
  tasks,
  outreach,
  decisions,
  dead_letters,
  journal,
  state
};

inline constexpr std::size_t topic_count = 13;
inline constexpr std::size_t input_topic_count = 4;

[[nodiscard]] constexpr std::string_view name_of(topic t) {
  constexpr std::array<std::string_view, topic_count> names{
    "roster",       "leads",         "calls", "rekey",    "assignments",
    "rings",        "notifications", "tasks", "outreach", "decisions",
    "dead-letters", "journal",       "state"};
  return names[static_cast<std::size_t>(t)];
}

[[nodiscard]] constexpr std::optional<topic> topic_named(std::string_view s) {
  for (std::size_t i = 0; i < topic_count; ++i)
    if (name_of(static_cast<topic>(i)) == s)
      return static_cast<topic>(i);
  return std::nullopt;
}

[[nodiscard]] constexpr bool is_input(topic t) {
  return static_cast<std::size_t>(t) < input_topic_count;
}

} // namespace fairlead
