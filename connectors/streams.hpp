#pragma once

#include "messages/records.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// A way in for events: the three input topics of a log. Safe from any thread.
class event_sink {
public:
  virtual ~event_sink() = default;

  /// What became of an append.
  enum class verdict { durable, busy, failed };

  /// Appends records (topic, key, value and headers set) and returns when they
  /// are durable: all of them or, with `busy` (a bound is reached, try later)
  /// and `failed` (one sentence in `why`), none that the caller may count on.
  virtual verdict append(std::vector<new_record> records, std::string& why) = 0;
};

/// Where a reader of topics begins.
enum class read_start : std::uint8_t { beginning, end };

/// Reads topics from outside the engine, committed records only: for watch,
/// explain, replay and audit. One thread at a time.
class topic_reader {
public:
  virtual ~topic_reader() = default;

  /// The next record of any of the topics, each partition in its order;
  /// nothing if none came within `wait`.
  virtual std::optional<raw_record> next(std::chrono::milliseconds wait) = 0;

  /// True if everything that was there when the reader was opened is read.
  [[nodiscard]] virtual bool caught_up() const = 0;
};

} // namespace fairlead
