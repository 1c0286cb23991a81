#include "actors/inline_scheduler.hpp"

#include <caf/atom.hpp>

namespace fairlead {

own_thread::config::config() {
  set("scheduler.policy", caf::atom("testing"));
}

// A misspelt option only prints to stderr; the cast would throw.
own_thread::own_thread()
  : scheduler_{
    dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())} {
}

} // namespace fairlead
