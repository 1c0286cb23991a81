#pragma once

#include "messages/records.hpp"

#include <bitset>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead {

/// A record and its place in the log: a number that grows over all topics.
struct placed_record {
  std::int64_t place = 0;
  raw_record record;
};

/// What one look into the log brought. `next` goes into the next query; it
/// moves on even where nothing matched, so that no query scans for ever.
struct history_page {
  std::vector<placed_record> records;
  std::int64_t next = 0;
};

/// Bounds of one look: how many records and bytes of them, and how long to wait
/// for the first record.
struct page_bounds {
  std::size_t records_max = 100;
  std::size_t bytes_max = 1024 * 1024;
  std::chrono::milliseconds wait{0};
};

/// Committed records for readers that come back later: cursors are plain
/// numbers that survive restarts. Only a log that keeps its topics itself has
/// one (embedded); with Kafka, read the topics there. Safe from any thread.
/// Throws std::runtime_error with one sentence if the log can't be read.
class history {
public:
  virtual ~history() = default;

  /// Records of one topic with an offset greater than `after` (-1: from the
  /// beginning), of one team or (empty) of all. The cursor is the offset.
  virtual history_page read(topic on, const std::string& team,
                            std::int64_t after, const page_bounds& bounds)
    = 0;

  /// Records of several topics in the order in which they were written, after
  /// a place (0: from the beginning). The cursor is the place.
  virtual history_page follow(std::bitset<topic_count> topics,
                              const std::string& team, std::int64_t after,
                              const page_bounds& bounds)
    = 0;

  /// The next offset of a topic.
  [[nodiscard]] virtual std::int64_t end_of(topic on) const = 0;

  /// The place of the last committed record.
  [[nodiscard]] virtual std::int64_t last_place() const = 0;
};

} // namespace fairlead
