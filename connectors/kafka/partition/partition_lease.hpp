#pragma once

// Private: what the log of a partition and the group member share.

#include "actors/partition/ports.hpp"
#include "connectors/kafka/client.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/watchdog.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace fairlead::kafka {

/// How far a partition has come.
enum class partition_phase : std::uint8_t {
  restoring,
  serving,
  contested, /// somebody else takes its id over; it is tried again later
  stopped    /// it can't go on, although the group gave it to us
};

/// What the partitions of a process have lived through; any thread.
struct member_counts {
  std::atomic<std::uint64_t> aborted{0};      /// transactions
  std::atomic<std::uint64_t> restores{0};     /// partitions that came to serve
  std::atomic<std::uint64_t> records_lost{0}; /// deleted before they were read
};

/// How far one input of a partition has been read; any thread.
struct input_progress {
  std::atomic<std::int64_t> lag{0};     /// offsets that are not read yet
  std::atomic<std::int64_t> read_to{0}; /// ms, of the record read last; 0: none
  std::atomic<std::int64_t> held_up{0}; /// ms of the steady clock: since when a
                                        /// publisher's open transaction hides
                                        /// what is there; 0: none does
};

/// What a partition's log shares with the group member that made it; both keep
/// it until the partition's thread is joined.
struct partition_lease {
  std::shared_ptr<const kafka::settings> settings;
  std::int32_t partition = 0;
  std::int32_t partition_count = 0;

  /// Of the member: answers for offsets and cached ends.
  rd_kafka_t* consumer = nullptr;

  /// What all inputs of this partition are forwarded to.
  std::shared_ptr<rd_kafka_queue_t> queue;

  /// As it was when the partition was assigned. Asked for later, it may have
  /// an empty member id, and then the broker checks nothing.
  std::shared_ptr<rd_kafka_consumer_group_metadata_t> group;

  std::shared_ptr<watched_thread> watched;
  partition_control control;
  std::atomic<partition_phase> phase{partition_phase::restoring};
  /// Since when nothing could be committed although there was something to
  /// commit, in ms of the steady clock; 0: all is well.
  std::atomic<std::int64_t> failing_since{0};
  /// What was fetched for an earlier worker is gone: reading starts anew.
  bool read_anew = false;
  member_counts* counts = nullptr;
  std::array<input_progress, input_topic_count> progress;
  fault_injector faults;
};

/// Thrown by restore() and start() when the partition was taken away
/// meanwhile.
[[noreturn]] void throw_partition_taken(std::int32_t partition);

} // namespace fairlead::kafka
