#pragma once

#include "actors/partition/partition.hpp"
#include "actors/partition/ports.hpp"
#include "actors/partition/settings.hpp"
#include "actors/partition/turnstile.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace fairlead {

/// What one turn of the loop came to.
enum class turn : std::uint8_t { worked, idle, stopped };

/// The loop of one partition: takes inputs, runs batches, commits
/// (docs/storage.md). `run_batch` runs a batch on the partition, through the
/// actors or on the spot. One thread; stop() and the figures from any.
class runner {
public:
  using clock = std::function<instant()>;
  /// A clock that nobody sets, since whenever.
  using monotonic_clock = std::function<std::chrono::milliseconds()>;
  runner(runner_settings s, partition& p, partition_log& log,
         std::function<void(batch)> run_batch, clock wall,
         monotonic_clock steady = {});

  /// Restores the state and finds the place to go on. Throws with a sentence.
  void restore();
  /// One round: at most one batch, or a wait for the next record or timer.
  turn take_turn();
  /// The turns end; what is open is finished first.
  void stop();

  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] const input_positions& positions() const { return positions_; }
  /// Where it waits for its turn among the partitions of the process, before
  /// the first turn; null: it does not wait. Outlives the runner.
  turnstile* line = nullptr;
  /// Told about a step that is given up, for the log.
  std::function<void(const step_failure&)> on_given_up;
  /// Told about each commit: steps, seconds from taking up to visible.
  std::function<void(std::size_t steps, std::chrono::nanoseconds)> on_commit;

private:
  void take_over();
  void fill(std::chrono::milliseconds wait);
  [[nodiscard]] bool may_wait() const;
  [[nodiscard]] turnstile::place pause(const batch& now);
  [[nodiscard]] bool may_start();
  [[nodiscard]] bool order_is_known(std::size_t i, std::size_t taken) const;
  [[nodiscard]] bool all_at_end() const;
  [[nodiscard]] bool timer_is_due(const batch& now) const;
  [[nodiscard]] std::chrono::milliseconds time_to_sleep() const;
  [[nodiscard]] std::vector<const raw_record*> merged(std::size_t max);
  turn work(batch b);
  void done_with(std::size_t taken);
  void blame(const step_failure& f);

  runner_settings settings_;
  partition& partition_;
  partition_log& log_;
  std::function<void(batch)> run_batch_;
  clock wall_;
  monotonic_clock steady_;
  std::array<std::deque<raw_record>, input_topic_count> queues_;
  std::array<bool, input_topic_count> at_end_{};
  std::size_t buffered_ = 0;
  std::size_t buffered_bytes_ = 0;
  bool blocked_ = false; // the next record's place is not known yet
  input_positions positions_ = no_positions;
  bool started_ = false;
  std::size_t size_max_;  // records of a batch, after aborts fewer
  std::size_t alone_ = 0; // batches of one until past the culprit
  std::map<std::string, int> tries_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ready_ = false;
};

} // namespace fairlead
