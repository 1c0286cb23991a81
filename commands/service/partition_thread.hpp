#pragma once

#include "actors/engine.hpp"
#include "actors/partition/runner.hpp"
#include "config/settings.hpp"
#include "connectors/kafka/group_member.hpp"
#include "connectors/metrics.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace fairlead {

/// What all partitions of a process have in common; outlives them.
struct unit_surroundings {
  const settings& at;
  metrics& counts;
  /// Told in the unit's thread when it can't go on.
  std::function<void(std::int32_t partition, const std::string& why)> failed;
  std::function<instant()> clock; /// empty: the system's
};

/// One partition at work: its log, its sequence of steps, its actors and the
/// loop, on a thread of its own. Starts with the constructor.
class partition_unit final : public partition_worker {
public:
  /// The log is given away, or (embedded) stays with its owner.
  partition_unit(const unit_surroundings& around,
                 std::unique_ptr<partition_log> log);
  partition_unit(const unit_surroundings& around, partition_log& log);
  ~partition_unit() override;

  void stop() override;
  void join() override;
  [[nodiscard]] bool ready() const { return runner_.ready() && !ended_; }

private:
  void run();
  void count(std::size_t steps, std::chrono::nanoseconds took);
  void tell_state(std::size_t entities, std::size_t bytes);

  unit_surroundings around_;
  std::unique_ptr<partition_log> own_;
  partition_log& log_;
  partition partition_;
  std::unique_ptr<engine> engine_;
  runner runner_;
  partition_stats counted_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

/// Names every metric of the engine, so that it is there before it counts.
void register_engine_metrics(metrics& m);

} // namespace fairlead
