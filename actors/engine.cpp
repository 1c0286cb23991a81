#include "actors/engine.hpp"

#include "actors/core/invariant.hpp"
#include "actors/inline_scheduler.hpp"
#include "actors/shell.hpp"
#include "actors/supervisor.hpp"

#include <caf/send.hpp>

namespace fairlead {
struct engine::impl {
  impl(std::unique_ptr<own_thread> o, caf::actor_system& system, partition& p,
       std::function<void()> d)
    : own{std::move(o)},
      part{p},
      drive{std::move(d)},
      supervisor_actor{spawn_shell<supervisor>(
        system, &p, std::function<void()>{[this] { done = true; }})} {}
  ~impl() {
    caf::anon_send(supervisor_actor, stand_down{});
    supervisor_actor = nullptr;
    drive();
  }

  std::unique_ptr<own_thread> own; // null: somebody else's system
  partition& part;
  std::function<void()> drive;
  bool done = false;
  caf::actor supervisor_actor;
};

engine::engine(partition& p) {
  auto own = std::make_unique<own_thread>();
  auto& o = *own;
  impl_
    = std::make_unique<impl>(std::move(own), o.system, p, [&o] { o.run(); });
}

engine::engine(caf::actor_system& system, partition& p,
               std::function<void()> drive)
  : impl_{std::make_unique<impl>(nullptr, system, p, std::move(drive))} {
}

engine::~engine() = default;

void engine::run(batch b) {
  impl_->part.begin(std::move(b));
  impl_->done = false;
  caf::anon_send(impl_->supervisor_actor, run_batch{});
  impl_->drive();
  require(impl_->done, "a batch came to rest without an end");
}

} // namespace fairlead
