#include "actors/engine.hpp"

#include "actors/core/invariant.hpp"
#include "actors/shell.hpp"
#include "actors/supervisor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace fairlead {
namespace {

struct system_config : caf::actor_system_config {
  explicit system_config(std::size_t workers) {
    // `stealing` costs O(queue) when many actors are runnable.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", workers);
    set("scheduler.max-throughput", std::size_t{300});
  }
};

std::size_t worker_count(std::size_t wanted) {
  if (wanted != 0)
    return wanted;
  return std::max(std::size_t{1},
                  std::size_t{std::thread::hardware_concurrency()});
}

} // namespace

struct actor_threads::impl {
  explicit impl(std::size_t workers) : config{workers}, system{config} {
    // A misspelt option only prints to stderr.
    require(system.scheduler().num_workers() == workers,
            "CAF has not taken our configuration");
  }
  system_config config;
  caf::actor_system system;
};

actor_threads::actor_threads(std::size_t workers)
  : impl_{std::make_unique<impl>(worker_count(workers))} {
}

actor_threads::~actor_threads() = default;

caf::actor_system& actor_threads::system() {
  return impl_->system;
}

struct engine::impl {
  partition& part;
  std::function<void()> drive; // empty: wait for the actor threads
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  caf::actor supervisor_actor;

  void finished() {
    // Under the lock: the waiter may be gone as soon as it is let go.
    std::lock_guard guard{mutex};
    done = true;
    changed.notify_one();
  }
};

engine::engine(caf::actor_system& system, partition& p)
  : engine{system, p, {}} {
}

engine::engine(caf::actor_system& system, partition& p,
               std::function<void()> drive)
  : impl_{new impl{p, std::move(drive), {}, {}, false, {}}} {
  std::function<void()> done = [i = impl_.get()] { i->finished(); };
  impl_->supervisor_actor = spawn_shell<supervisor>(system, &p, done);
}

engine::~engine() {
  caf::anon_send(impl_->supervisor_actor, stand_down{});
  impl_->supervisor_actor = nullptr;
  if (impl_->drive)
    impl_->drive();
}

void engine::run(batch b) {
  impl_->part.begin(std::move(b));
  impl_->done = false;
  caf::anon_send(impl_->supervisor_actor, run_batch{});
  if (impl_->drive) {
    impl_->drive();
    require(impl_->done, "a batch came to rest without an end");
    return;
  }
  std::unique_lock lock{impl_->mutex};
  impl_->changed.wait(lock, [this] { return impl_->done; });
}

} // namespace fairlead
