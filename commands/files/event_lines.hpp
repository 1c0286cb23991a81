#pragma once

#include "messages/records.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace fairlead {

/// `{"clock":"…"}`: virtual time moves on.
struct clock_line {
  instant to;
};

/// An event: the topic is the usual one of its type (`leads` if unknown), the
/// key its `partitionkey`, the timestamp its `time`.
struct record_line {
  raw_record record;
  bool has_time = false; /// false: no readable `time`, and no timestamp
};

/// Nothing: a blank line or one that starts with `#`.
using event_line = std::variant<std::monostate, clock_line, record_line>;

/// Reads one line of an event file.
[[nodiscard]] event_line read_event_line(const std::string& line,
                                         std::int64_t number);

/// An event as a record for its usual topic.
[[nodiscard]] new_record record_for(const std::string& event);

} // namespace fairlead
