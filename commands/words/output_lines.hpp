#pragma once

#include "messages/records.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead {

/// What the headers of a dead letter say.
struct dead_letter_facts {
  std::string reason, message, topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};
[[nodiscard]] dead_letter_facts facts_of(const std::vector<header>& headers);

/// An output as a JSON line of `simulate`: topic, key and event; of a dead
/// letter its reason, message and input line.
[[nodiscard]] std::string simulate_line(const new_record& r);

/// An output as a line of `watch --json`: the event as it was written; a dead
/// letter as an object with its reason, its message and where it came from.
[[nodiscard]] std::string json_line(const raw_record& r);

} // namespace fairlead
