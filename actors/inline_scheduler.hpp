#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace fairlead {

/// An actor system on the caller's thread. CAF's scheduler for that is the one
/// of its tests; it has a clock that stands still, which nobody here asks.
class own_thread {
  struct config : caf::actor_system_config {
    config();
  };
  config config_;

public:
  caf::actor_system system{config_};

  own_thread();

  /// Until no message is left.
  void run() { scheduler_.run(); }

protected:
  caf::scheduler::test_coordinator& scheduler_;
};

} // namespace fairlead
