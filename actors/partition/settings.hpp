#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace fairlead {

/// Which partition it is, and what bounds it.
struct partition_settings {
  std::int32_t number = 0;
  std::int32_t count = 1;
  std::string consumer_group;  /// named in dead letters
  bool of_a_group = false;     /// Kafka: no other group may write the state
  std::size_t live_max = 2000; /// entities kept live between batches
  std::size_t live_teams_max = 1000; /// teams kept live between batches
  std::size_t batch_bytes_max = 8 * 1024 * 1024; /// of output and snapshots
  std::size_t batch_steps_max = 10'000;          /// records and timers together
  std::size_t sweep_per_batch = 64;              /// snapshots looked at for R15
};

/// How a partition is worked through; a service's bounds: config.
struct runner_settings {
  std::size_t batch_records_max = 2000;
  /// Read ahead of the batch, in all topics together. One poll may bring more
  /// bytes than are left: as many as the log gives at once.
  std::size_t buffered_max = 4000;
  std::size_t buffered_bytes_max = 32 * 1024 * 1024;
  /// What may be read ahead while one topic keeps the others waiting for their
  /// order (R1); beyond it they are taken as they come.
  std::size_t waiting_max = 100'000;
  std::size_t waiting_bytes_max = 64 * 1024 * 1024;
  /// At the input's end a wall-clock timer waits this long for an answer that
  /// is on its way.
  std::chrono::milliseconds timer_grace{20};
  /// How long a partition with little to do waits at most for its turn among
  /// those of the process (turnstile.hpp). 0: it never waits.
  std::chrono::milliseconds pause_max{100};
  /// With this many records in hand it does not wait.
  std::size_t pause_records_max = 64;
  /// The longest sleep when nothing happens.
  std::chrono::milliseconds idle_wait{500};
  /// A step that is lost this often alone is given up.
  int tries_max = 3;
};

} // namespace fairlead
