#pragma once

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>

namespace fairlead::test {

/// An actor system on the caller's thread, with a clock of its own: what runs
/// next is up to the test.
class deterministic_system {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  config config_;

public:
  caf::actor_system system{config_};

  deterministic_system()
    : scheduler_{
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())} {
    // A leaked actor fails the test (LeakSanitizer) instead of hanging it.
    system.await_actors_before_shutdown(false);
    scheduler_.clock().current_time
      = caf::actor_clock::time_point{std::chrono::hours{1}};
  }
  ~deterministic_system() {
    scheduler_.clock().cancel_all();
    scheduler_.run();
  }
  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  /// Until no message is left; time stands still.
  std::size_t run() { return scheduler_.run(); }

  /// The same, but the seed picks which of the ready actors is next.
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

  /// Each timer fires at its own due time; CAF's advance_time() delivers all
  /// at the end, which breaks re-arming.
  std::size_t advance(caf::actor_clock::duration_type d) {
    auto& clock = scheduler_.clock();
    auto until = clock.current_time + d;
    std::size_t fired = 0;
    for (run(); !clock.schedule().empty(); run()) {
      auto due = clock.schedule().begin()->first;
      if (due > until)
        break;
      fired += clock.advance_time(
        std::max(due - clock.current_time, caf::actor_clock::duration_type{0}));
    }
    clock.current_time = until;
    return fired;
  }

  [[nodiscard]] std::size_t pending_timers() {
    return scheduler_.clock().schedule().size();
  }
  /// 0 at the end: nothing leaked.
  [[nodiscard]] std::size_t running() { return system.registry().running(); }

private:
  caf::scheduler::test_coordinator& scheduler_;
};

} // namespace fairlead::test
