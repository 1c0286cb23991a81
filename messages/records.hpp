#pragma once

#include "messages/position.hpp"
#include "messages/time.hpp"
#include "messages/topics.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// A header's value may be null on Kafka; it is kept as such.
using header = std::pair<std::string, std::optional<std::string>>;

/// Bytes of name and value, with what the log adds to them.
[[nodiscard]] std::size_t bytes_of(const header& h);
[[nodiscard]] std::size_t bytes_of(const std::vector<header>& headers);

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

/// Bytes of key, value and headers.
[[nodiscard]] std::size_t bytes_of(const raw_record& r);

/// Bytes that a record may have which we write: a broker takes batches of 1 MiB
/// (contract), which have a header of their own.
inline constexpr std::size_t written_bytes_max = 1024 * 1024 - 4096;

/// The header of a forwarded record that tells where it came from (R47): a
/// position, as to_string() writes it.
inline constexpr const char* forwarded_header = "fairlead-from";

/// Where a record was first written: for a forwarded one, what its header
/// says, if that can be read; else where it stands.
[[nodiscard]] position origin_of(const raw_record& r);

/// A record to be written. Partition: its own, except on `rekey`.
struct new_record {
  topic on = topic::assignments;
  std::int32_t partition = 0;
  std::optional<std::string> key;
  std::optional<std::string> value; /// none: a tombstone
  /// It has the headers of a CloudEvent, the same ones for all, and no others
  /// (headers_of).
  bool is_event = false;
  std::vector<header> headers;
  instant timestamp;
};

/// The headers that it is written with.
[[nodiscard]] const std::vector<header>& headers_of(const new_record& r);

} // namespace fairlead
