#pragma once

// Private: where to start, and how far an input has been read.

#include "actors/partition/ports.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// What the broker says about one input partition: its first offset, the end
/// that a committed reader reaches, and what the group has committed (-1:
/// nothing).
struct input_extent {
  std::int64_t low = 0;
  std::int64_t end = 0;
  std::int64_t committed = -1;
};

/// Where to begin. `warnings` are sentences about what was odd and is decided
/// here, `fault` is one about what a person must decide.
struct start_verdict {
  input_positions positions = no_positions;
  std::vector<std::string> warnings;
  std::optional<std::string> fault;
};

/// The meta record is written in the transaction of the offsets, so the two
/// agree unless somebody has moved one of them. Offsets can expire (the group
/// was away for a week): then the meta record wins. An offset without a meta
/// record means a lost state, two that differ mean a reset by hand: going on
/// would give leads a second owner.
[[nodiscard]] start_verdict
compare_positions(const std::optional<input_positions>& meta,
                  const std::array<input_extent, input_topic_count>& inputs,
                  std::int32_t partition);

/// How far one input has been read.
class read_end {
public:
  /// The next offset to be read, and the end that is known.
  void start(std::int64_t position, std::int64_t end);

  /// A record was read.
  void record(std::int64_t offset);

  /// The broker had nothing more at that offset.
  void end_event(std::int64_t offset);

  /// The position as librdkafka sees it: it counts transaction markers, which
  /// are no records.
  void position(std::int64_t offset);

  /// True if everything is read that was there to be read. `high` is the
  /// client's last known high watermark (negative: none yet), `drained` says
  /// that nothing is left in its queue.
  [[nodiscard]] bool reached(std::int64_t high, bool drained) const;

private:
  std::int64_t position_ = -1;
  std::int64_t start_end_ = 0;
  bool at_event_ = false; // an end event and no record since
};

} // namespace fairlead::kafka
