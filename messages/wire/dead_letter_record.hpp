#pragma once

#include "messages/dead_letters.hpp"
#include "messages/records.hpp"

#include <string>

namespace fairlead {

/// The header of a dead letter that could not be written whole: what it had,
/// as `value=BYTES`, `key=BYTES`, `headers=COUNT`, of what is missing only.
inline constexpr const char* truncated_header = "fairlead-truncated";

/// The record that goes to `dead-letters`: the original value, key, headers
/// and timestamp, with the headers that Spring Kafka writes. `group` is the
/// consumer group (empty: the header is left out).
///
/// It has at most `written_bytes_max`: a record that its topic could take may
/// be too large with more headers, and must not block its partition. Then the
/// value is cut, headers that don't fit are left out, and truncated_header
/// says so.
[[nodiscard]] new_record dead_letter_record(const raw_record& r,
                                            const dead_letter& why,
                                            const std::string& group);

} // namespace fairlead
