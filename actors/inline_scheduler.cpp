#include "actors/inline_scheduler.hpp"

#include <caf/actor_clock.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/result.hpp>

#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>

namespace fairlead {
namespace {

/// Time for actors that need none: timers are inputs of a batch.
class no_clock final : public caf::actor_clock {
public:
  // Not the epoch: CAF takes that for a time that was never set.
  [[nodiscard]] time_point now() const noexcept override {
    return time_point{duration_type{1}};
  }
  void set_ordinary_timeout(time_point, caf::abstract_actor*, caf::atom_value,
                            std::uint64_t) override {
    refuse();
  }
  void set_multi_timeout(time_point, caf::abstract_actor*, caf::atom_value,
                         std::uint64_t) override {
    refuse();
  }
  void set_request_timeout(time_point, caf::abstract_actor*,
                           caf::message_id) override {
    refuse();
  }
  void schedule_message(time_point, caf::strong_actor_ptr,
                        caf::mailbox_element_ptr) override {
    refuse();
  }
  void schedule_message(time_point, caf::group, caf::strong_actor_ptr,
                        caf::message) override {
    refuse();
  }
  // There are none.
  void cancel_ordinary_timeout(caf::abstract_actor*, caf::atom_value) override {
  }
  void cancel_request_timeout(caf::abstract_actor*, caf::message_id) override {}
  void cancel_timeouts(caf::abstract_actor*) override {}
  void cancel_all() override {}

private:
  [[noreturn]] static void refuse() {
    throw std::logic_error{"an actor sets a timer"};
  }
};

/// CAF has one actor that prints for the others (caf::aout), on a thread of its
/// own. Ours do not print, but CAF's own may complain; stdout is for outputs.
class printing_actor final : public caf::event_based_actor {
public:
  explicit printing_actor(caf::actor_config& c) : event_based_actor{c} {
    // It keeps no lines, so there are none to flush, to redirect, to forget.
    set_default_handler([](caf::scheduled_actor*,
                           caf::message_view&) -> caf::result<caf::message> {
      return caf::message{};
    });
  }

private:
  caf::behavior make_behavior() override {
    return {[](caf::add_atom, caf::actor_id, const std::string& text) {
      std::cerr << text;
    }};
  }
};

} // namespace

inline_scheduler::inline_scheduler(caf::actor_system& system)
  : abstract_coordinator{system} {
}

caf::actor_system::module* inline_scheduler::make(caf::actor_system& system,
                                                  caf::detail::type_list<>) {
  return new inline_scheduler{system}; // the system's, as all its modules
}

caf::actor_clock& inline_scheduler::clock() noexcept {
  static no_clock never; // has no state: one is enough for all threads
  return never;
}

void inline_scheduler::run() {
  while (!ready_.empty()) {
    auto* actor = ready_.front();
    ready_.pop_front();
    resume(actor);
  }
}

void inline_scheduler::resume(caf::resumable* actor) {
  switch (actor->resume(&worker_, 1)) {
    case caf::resumable::resume_later:
      ready_.push_back(actor);
      break;
    case caf::resumable::awaiting_message:
    case caf::resumable::done:
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(actor);
      break;
  }
}

void inline_scheduler::start() {
  utility_actors_[printer_id]
    = system().spawn<printing_actor, caf::hidden + caf::lazy_init>();
}

void inline_scheduler::stop() {
  run();
  utility_actors_[printer_id] = nullptr;
}

} // namespace fairlead
