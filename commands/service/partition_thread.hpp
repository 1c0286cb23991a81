#pragma once

#include "actors/partition/runner.hpp"
#include "actors/partition_actors.hpp"
#include "config/settings.hpp"
#include "connectors/kafka/group_member.hpp"
#include "connectors/metrics.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace fairlead {

/// What all partitions of a process share; outlives them.
struct partition_context {
  const settings& config;
  metrics& counts;
  /// Called in the thread of a partition that can't go on.
  std::function<void(std::int32_t partition, const std::string& why)> failed;
  std::function<instant()> clock; /// empty: the system's clock
  turnstile* line = nullptr;      /// where they wait for each other
};

/// A thread that works on one partition: its log, its sequence of steps, its
/// actors and the loop. Starts with the constructor; ends by stop(), or when
/// the partition can't go on.
class partition_thread final : public kafka::partition_worker {
public:
  /// The log is handed over (Kafka), or stays with its owner (embedded).
  partition_thread(const partition_context& context,
                   std::unique_ptr<partition_log> log);
  partition_thread(const partition_context& context, partition_log& log);
  ~partition_thread() override;

  void stop() override;
  void join() override;
  [[nodiscard]] bool ready() const { return runner_.ready() && !ended_; }

private:
  void run();
  void serve();
  void count(std::size_t steps, std::chrono::nanoseconds took);
  void look_around();
  void look_at_clock(std::chrono::steady_clock::time_point now);
  void look_at_keys(std::chrono::steady_clock::time_point now);

  partition_context context_;
  std::unique_ptr<partition_log> own_;
  partition_log& log_;
  partition partition_;
  std::unique_ptr<partition_actors> actors_;
  runner runner_;
  partition_stats counted_;
  std::chrono::steady_clock::time_point looked_{};
  std::chrono::steady_clock::time_point clock_told_
    = std::chrono::steady_clock::now() - std::chrono::hours{1};
  std::chrono::steady_clock::time_point keys_told_at_ = clock_told_;
  std::uint64_t keys_told_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

/// Registers every metric of the engine, so that it shows before it counts.
void register_engine_metrics(metrics& m);

} // namespace fairlead
