#pragma once

#include "messages/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead {

/// What a dead letter's headers say.
struct dead_letter_facts {
  std::string reason, message, topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};
[[nodiscard]] dead_letter_facts facts_of(const std::vector<header>& headers);

/// One output as the JSON line of `simulate`: topic, key and event; a dead
/// letter with its reason, message and input line.
[[nodiscard]] std::string simulate_line(const new_record& r);

/// One output as `watch --json` shows it: the event as it was written; a dead
/// letter as an object with its reason, message and where it came from.
[[nodiscard]] std::string json_line(const raw_record& r);

} // namespace fairlead
