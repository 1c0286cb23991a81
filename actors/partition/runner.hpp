#pragma once

#include "actors/partition/partition.hpp"
#include "actors/partition/ports.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace fairlead {

/// How a partition is worked through; a service's bounds: config.
struct runner_settings {
  std::size_t batch_records_max = 1000;
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
  /// After a transaction the next one waits twice as long as that one took, at
  /// most this long and only while little has come in: many partitions that
  /// commit record by record would drown the broker in transactions. 0: never.
  std::chrono::milliseconds pause_max{0};
  /// So many records are no little any more.
  std::size_t pause_records_max = 64;
  /// The longest sleep when nothing happens.
  std::chrono::milliseconds idle_wait{500};
  /// A step that is lost this often alone is given up.
  int tries_max = 3;
};

/// What one turn of the loop came to.
enum class turn : std::uint8_t { worked, idle, stopped };

/// The loop of one partition: takes inputs, runs batches, commits (design, a
/// batch). `run_batch` runs a batch on the partition, through the actors
/// or on the spot. One thread; stop() and the figures from any.
class runner {
public:
  using clock = std::function<instant()>;
  runner(runner_settings s, partition& p, partition_log& log,
         std::function<void(batch)> run_batch, clock wall);

  /// Restores the state and finds the place to go on. Throws with a sentence.
  void restore();
  /// One round: at most one batch, or a wait for the next record or timer.
  turn take_turn();
  /// Turns until stop(); what is open is finished first.
  void run();
  void stop();

  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] const input_positions& positions() const { return positions_; }
  /// Told about a step that is given up, for the log.
  std::function<void(const step_failure&)> on_given_up;
  /// Told about each commit: steps, seconds from taking up to visible.
  std::function<void(std::size_t steps, std::chrono::nanoseconds)> on_commit;

private:
  void fill(std::chrono::milliseconds wait);
  [[nodiscard]] bool may_wait() const;
  void pause();
  [[nodiscard]] bool may_start();
  [[nodiscard]] bool order_is_known(std::size_t i, std::size_t taken) const;
  [[nodiscard]] bool all_at_end() const;
  [[nodiscard]] std::chrono::milliseconds time_to_sleep(instant now) const;
  [[nodiscard]] std::vector<raw_record> merged(std::size_t max);
  turn work(batch b);
  void put_back(std::size_t taken);
  void blame(const step_failure& f);

  runner_settings settings_;
  partition& partition_;
  partition_log& log_;
  std::function<void(batch)> run_batch_;
  clock wall_;
  std::array<std::deque<raw_record>, input_topic_count> queues_;
  std::array<bool, input_topic_count> at_end_{};
  std::size_t buffered_ = 0;
  std::size_t buffered_bytes_ = 0;
  bool blocked_ = false; // the next record's place is not known yet
  input_positions positions_ = no_positions;
  bool started_ = false;
  std::chrono::steady_clock::time_point pause_until_;
  std::size_t alone_ = 0; // batches of one until past the culprit
  std::map<std::string, int> tries_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ready_ = false;
};

} // namespace fairlead
