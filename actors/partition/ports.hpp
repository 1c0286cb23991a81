#pragma once

#include "messages/records.hpp"
#include "messages/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace fairlead {

/// The next offset to read of each input topic of one partition (`roster`,
/// `leads`, `calls`, `rekey`); -1: nothing known yet, read from the beginning.
using input_positions = std::array<std::int64_t, input_topic_count>;
inline constexpr input_positions no_positions{-1, -1, -1, -1};

/// What one poll brought: records in the order of their topic, and which
/// topics have been read to the end that was known when the poll returned.
/// A topic that has just delivered may well be at its end.
struct polled {
  std::vector<raw_record> records;
  std::array<bool, input_topic_count> at_end{};
};

/// Everything that one batch writes; visible together or not at all.
struct transaction {
  std::vector<new_record> records; /// outputs, snapshots, meta, journal, …
  input_positions positions = no_positions; /// after the batch's last inputs
};

/// What became of a transaction. A log finds out before it answers: after an
/// indefinite error it looks whether the commit happened.
enum class commit_result : std::uint8_t {
  done,    /// committed; readers see all of it
  aborted, /// nothing of it is or will be visible; run the inputs again
  lost     /// the partition is not ours any more: stop, write nothing
};

/// One partition of a transactional log, as one owner sees it. All calls come
/// from one thread, except wake(). Whatever blocks is bounded by a watchdog of
/// the implementation.
class partition_log {
public:
  virtual ~partition_log() = default;

  [[nodiscard]] virtual std::int32_t partition() const = 0;
  [[nodiscard]] virtual std::int32_t partition_count() const = 0;

  /// Called once, first: every record of `state` in this partition up to its
  /// high watermark, in order (a later value of a key replaces the earlier, no
  /// value deletes it). Throws std::runtime_error with one clear sentence.
  virtual void restore(
    const std::function<void(std::string_view key,
                             std::optional<std::string_view> value)>& each)
    = 0;

  /// Called once, after restore(), with the positions of the restored meta
  /// record (none: there was no state). Compares them with what the log itself
  /// has committed and starts reading there; throws if they contradict each
  /// other (docs/storage.md).
  virtual input_positions start(const std::optional<input_positions>& meta) = 0;

  /// The next input records, waiting up to `wait` for the first one. An empty
  /// answer before the time means that somebody called wake().
  virtual polled poll(std::chrono::milliseconds wait, std::size_t records_max)
    = 0;

  /// Ends a waiting poll; from any thread.
  virtual void wake() = 0;

  /// Writes one transaction.
  virtual commit_result commit(const transaction& t) = 0;
};

} // namespace fairlead
