#pragma once

#include "actors/inline_scheduler.hpp"

#include <caf/actor_registry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

namespace fairlead::test {

/// The engine's actor system, where a seed says which actor runs next.
class deterministic_system : public own_thread {
public:
  // A leaked actor fails the test (LeakSanitizer) instead of hanging it.
  deterministic_system() { system.await_actors_before_shutdown(false); }
  ~deterministic_system() {
    scheduler_.clock().cancel_all();
    run();
  }
  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  /// Until no message is left.
  std::size_t run_shuffled(std::uint32_t seed) {
    std::mt19937 random{seed};
    auto& jobs = scheduler_.jobs;
    std::size_t n = 0;
    for (; !jobs.empty(); ++n) {
      auto i = static_cast<std::ptrdiff_t>(random() % jobs.size());
      std::rotate(jobs.begin(), jobs.begin() + i, jobs.begin() + i + 1);
      scheduler_.try_run_once();
    }
    return n;
  }

  [[nodiscard]] std::size_t pending_timers() {
    return scheduler_.clock().schedule().size();
  }
  /// 0 at the end: nothing leaked.
  [[nodiscard]] std::size_t running() { return system.registry().running(); }
};

} // namespace fairlead::test
