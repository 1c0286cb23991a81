#pragma once

// Private: where to start, and how far an input has been read.

#include "actors/partition/ports.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::kafka {

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
/// would give leads a second owner. What is still there of the topics shows
/// when they are read (read_end).
[[nodiscard]] start_verdict
compare_positions(const std::optional<input_positions>& meta,
                  const input_positions& committed, std::int32_t partition);

/// How far one input has been read, and whether it is still what it was.
class read_end {
public:
  /// The next offset to be read. `sought`: the reader has just been sent there,
  /// and something from before may still come.
  void start(std::int64_t position, bool sought = false);

  /// A record was read. False: it stands before what was read already, so the
  /// topic is another one than before, made anew.
  [[nodiscard]] bool record(std::int64_t offset);

  /// The broker had nothing more at that offset. False: as above.
  [[nodiscard]] bool end_event(std::int64_t offset);

  /// Where reading jumped over offsets since the last call: markers of
  /// transactions, aborted records, or records that were deleted unread.
  struct gap {
    std::int64_t from = 0; /// the first offset that did not come
    std::int64_t to = 0;   /// the one that came instead
  };
  [[nodiscard]] const std::optional<gap>& jumped() const { return gap_; }
  void gap_is_explained() { gap_.reset(); }

  /// The position as librdkafka sees it: it counts transaction markers, which
  /// are no records.
  void position(std::int64_t offset);

  /// True if everything is read that was there to be read: the end that there
  /// was at the start has been announced, and since then nothing is known to
  /// have come. `high` is the client's last known high watermark (negative:
  /// none yet), `drained` says that nothing is left in its queue.
  [[nodiscard]] bool reached(std::int64_t high, bool drained);

  /// The next offset; -1: reading begins wherever the topic does.
  [[nodiscard]] std::int64_t position() const { return position_; }
  /// True if the broker has said that there is nothing more to read.
  [[nodiscard]] bool at_announced_end() const { return at_event_; }

private:
  void jump_to(std::int64_t offset);

  std::int64_t position_ = -1;    // counts transaction markers
  std::int64_t next_record_ = -1; // does not
  std::int64_t start_end_ = -1;   // the first end that was told
  bool settling_ = false;         // sought, and not there yet
  bool heard_ = false;            // a record or an end since the start
  bool seen_end_ = false;         // read to the end that there was at the start
  bool at_event_ = false;         // an end event and no record since
  std::optional<gap> gap_;
};

} // namespace fairlead::kafka
