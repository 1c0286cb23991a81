#pragma once

#include "messages/position.hpp"
#include "messages/time.hpp"
#include "messages/topics.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// A header's value may be null on Kafka; it is kept as such.
using header = std::pair<std::string, std::optional<std::string>>;

/// A record as it came from a log, untouched.
struct raw_record {
  topic on = topic::leads;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  instant timestamp;
  bool log_append_time = false;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<header> headers;

  [[nodiscard]] position where() const { return {on, partition, offset}; }
};

/// Bytes of key, value and headers, with what the log adds to each header.
[[nodiscard]] std::size_t bytes_of(const raw_record& r);

/// Bytes that a record may have which we write: a broker takes batches of 1 MiB
/// (contract), which have a header of their own.
inline constexpr std::size_t written_bytes_max = 1024 * 1024 - 4096;

/// The header of a forwarded record that tells where it came from (R47).
inline constexpr const char* forwarded_header = "fairlead-from";

/// Where a record was first written: for a forwarded one, what its header
/// says, if that can be read; else where it stands.
[[nodiscard]] position origin_of(const raw_record& r);

/// `topic/partition/offset`, as written into that header.
[[nodiscard]] std::string to_string(const position& p);

/// A record to be written. Partition: its own, except on `rekey`.
struct new_record {
  topic on = topic::assignments;
  std::int32_t partition = 0;
  std::optional<std::string> key;
  std::optional<std::string> value; /// none: a tombstone
  std::vector<header> headers;
  instant timestamp;
};

/// The verdict on one record that can't be processed.
struct dead_letter {
  dead_letter_reason reason = dead_letter_reason::internal_error;
  std::string message; /// one sentence with the JSON pointers
};

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
