#include "actors/partition_actors.hpp"

#include "actors/actors.hpp"
#include "actors/inline_scheduler.hpp"
#include "actors/supervisor.hpp"

#include <caf/send.hpp>

#include <stdexcept>
#include <utility>

namespace fairlead {

struct partition_actors::impl {
  impl(partition& p, std::unique_ptr<inline_system<>> o,
       inline_scheduler& runs_them)
    : own{std::move(o)}, part{p}, scheduler{runs_them}, top{spawn()} {}
  ~impl() {
    top = nullptr;
    scheduler.run(); // a message still unread would keep it alive
  }

  supervisor_actor spawn() {
    return scheduler.system().spawn<supervisor, caf::lazy_init>(&end);
  }

  void free_actors() {
    let_go gone{part.take_dropped_teams(), part.take_gone()};
    if (!gone.teams.empty() || !gone.entities.empty())
      caf::anon_send(top, std::move(gone));
  }

  /// They remember nothing, and end with their supervisor, also those that are
  /// kept for later.
  void replace_actors() {
    static_cast<void>(part.take_dropped_teams());
    static_cast<void>(part.take_gone());
    top = spawn();
    scheduler.run();
  }

  void make_visits(step& s) {
    end = {};
    caf::anon_send(top, run_step{&s});
    scheduler.run();
    if (end.home)
      return;
    if (end.lost)
      throw std::runtime_error{*end.lost};
    // No message is left and the step is nowhere: it went with an actor that
    // died. This look is all the watching that it takes, without a monitor: an
    // actor works only while it has a step. It may have been the supervisor,
    // and they remember nothing: so all of them are replaced.
    top = spawn();
    throw std::runtime_error{"the actor that held the step died"};
  }

  std::unique_ptr<inline_system<>> own; // null: in the system of a test
  partition& part;
  inline_scheduler& scheduler;
  step_end end;
  supervisor_actor top; // its children end with it
};

partition_actors::partition_actors(partition& p) {
  auto own = std::make_unique<inline_system<>>();
  auto& scheduler = own->scheduler;
  impl_ = std::make_unique<impl>(p, std::move(own), scheduler);
}

partition_actors::partition_actors(partition& p, inline_scheduler& scheduler)
  : impl_{std::make_unique<impl>(p, nullptr, scheduler)} {
}

partition_actors::~partition_actors() = default;

void partition_actors::run(batch b) {
  impl_->part.begin(std::move(b));
  impl_->free_actors();
  make_steps(impl_->part, [this](step& s) { impl_->make_visits(s); });
}

void partition_actors::rest() {
  impl_->part.rest();
  impl_->replace_actors();
}

} // namespace fairlead
