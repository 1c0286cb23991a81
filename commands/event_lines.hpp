#pragma once

#include "messages/records.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace fairlead {

/// `{"clock":"…"}`: virtual time moves on.
struct clock_line {
  instant to;
};

/// Nothing: a blank line or one that starts with `#`.
using event_line = std::variant<std::monostate, clock_line, raw_record>;

/// Reads one line of an event file. A record's topic is the usual one of its
/// type (`leads` if unknown), its key the `partitionkey`, its timestamp the
/// `time`; one without a readable `time` gets `clock`.
[[nodiscard]] event_line read_event_line(const std::string& line,
                                         std::int64_t number, instant clock);

/// The usual topic of an input type (contract); `leads` for unknown ones.
[[nodiscard]] topic usual_topic(std::string_view type);

} // namespace fairlead
