#pragma once

#include "messages/topics.hpp"

#include <compare>
#include <cstdint>
#include <string>

namespace fairlead {

/// Where an input stood: on the topic it was first written to (R47).
struct position {
  topic on = topic::leads;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  friend auto operator<=>(const position&, const position&) = default;
};

/// `topic/partition/offset`.
[[nodiscard]] std::string to_string(const position& p);

} // namespace fairlead
