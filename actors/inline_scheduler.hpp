#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/type_list.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cstddef>
#include <deque>

namespace fairlead {

/// A scheduler for CAF without threads: actors that have a message stand in a
/// queue, and run() lets them work in its caller's thread. Time stands still,
/// and timers are refused.
class inline_scheduler : public caf::scheduler::abstract_coordinator {
public:
  explicit inline_scheduler(caf::actor_system& system);
  /// For actor_system_config::load.
  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>);

  /// Returns when no message is left.
  void run();

  [[nodiscard]] bool detaches_utility_actors() const override { return false; }
  [[nodiscard]] caf::actor_clock& clock() noexcept override;

protected:
  /// Lets an actor handle one message.
  virtual void resume(caf::resumable* actor);
  /// How many others have a message.
  [[nodiscard]] std::size_t ready() const { return ready_.size(); }

private:
  void start() override;
  void stop() override;
  void enqueue(caf::resumable* actor) override { ready_.push_back(actor); }

  class worker final : public caf::execution_unit {
  public:
    explicit worker(inline_scheduler& s)
      : execution_unit{&s.system()}, scheduler_{s} {}
    void exec_later(caf::resumable* actor) override {
      scheduler_.enqueue(actor);
    }

  private:
    inline_scheduler& scheduler_;
  };

  worker worker_{*this}; // actors keep a pointer to the unit that ran them
  std::deque<caf::resumable*> ready_;
};

/// An actor system on its caller's thread.
template <class Scheduler = inline_scheduler>
class inline_system {
  struct config : caf::actor_system_config {
    config() { load<Scheduler>(); }
  };
  config config_;

public:
  caf::actor_system system{config_};
  Scheduler& scheduler{dynamic_cast<Scheduler&>(system.scheduler())};
};

} // namespace fairlead
