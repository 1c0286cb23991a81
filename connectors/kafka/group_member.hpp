#pragma once

#include "actors/partition/ports.hpp"
#include "connectors/kafka/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// Thrown by a partition's restore() and start() if the partition is taken away
/// meanwhile: nothing is wrong, the worker just ends.
struct partition_taken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Works on one assigned partition, on a thread of its own that it starts
/// itself: restore(), start(), then poll() and commit() until it is told to
/// stop, or a commit is `lost`, or the log throws. If it ends for another
/// reason, or hangs, the watchdog ends the process after its limit, since the
/// partition would stay dark.
class partition_worker {
public:
  virtual ~partition_worker() = default;

  /// From another thread: tells the worker to end soon, and returns at once. An
  /// open batch may be committed; if the partition is gone already, the log
  /// sees to it that nothing more is written. The log is woken before this call
  /// and after it.
  virtual void stop() = 0;

  /// Returns when the thread has ended; afterwards the worker is destroyed, and
  /// its log with it.
  virtual void join() = 0;
};

/// Makes the worker of a partition. The thread that serves the group calls it,
/// so it must not wait for anything.
using partition_worker_factory
  = std::function<std::unique_ptr<partition_worker>(
    std::unique_ptr<fairlead::partition_log>)>;

/// What a member of the group has, and how far it has come.
struct member_status {
  bool joined = false; /// the group has told us our share (it may be empty)
  std::int32_t assigned = 0;
  std::int32_t serving = 0;   /// restored
  std::int32_t stopped = 0;   /// can't go on; the log says why
  std::int32_t contested = 0; /// somebody else writes to them; tried again
  /// Could commit nothing for half a minute, although there is something to.
  std::int32_t stuck = 0;
  std::string failure; /// the membership itself ended; what to do

  /// One input of a partition that is served.
  struct reading {
    std::int32_t partition = 0;
    topic input = topic::roster;
    std::int64_t lag = 0;        /// offsets that are not read yet
    std::int64_t read_to_ms = 0; /// timestamp of the record read last; 0: none
    std::int64_t held_up_ms = 0; /// so long by a publisher's open transaction
  };
  std::vector<reading> readings;

  // Since the process began.
  std::uint64_t aborted = 0;      /// transactions
  std::uint64_t restores = 0;     /// partitions that came to serve
  std::uint64_t records_lost = 0; /// deleted before they were read

  [[nodiscard]] bool ready() const {
    return joined && failure.empty() && serving == assigned && stuck == 0;
  }
};

/// This process in the consumer group: takes partition p of all four input
/// topics together, has a worker made for it, and gives it back when the group
/// asks for it. How each partition's work happens exactly once: see the README.
class group_member {
public:
  /// Connects and joins in the background. `on_failure` is called once, from
  /// the member's thread, if the membership ends by itself. Throws
  /// settings_error.
  group_member(const settings& s, std::int32_t partition_count,
               partition_worker_factory make_worker,
               std::function<void(const std::string&)> on_failure = {});

  /// Stops the member if stop() has not been called.
  ~group_member();
  group_member(const group_member&) = delete;
  group_member& operator=(const group_member&) = delete;

  /// Stops the workers and leaves the group; a dynamic member's partitions are
  /// free at once. Takes at most about stop_timeout and a second.
  void stop();

  [[nodiscard]] member_status status() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::kafka
