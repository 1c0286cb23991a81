#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>

#include <utility>

namespace fairlead {

/// CAF's defaults answer an unexpected message with an error that kills its
/// sender, and print to stdout; ours end in the actor that has the fault.
inline void harden(caf::scheduled_actor* self) {
  self->set_default_handler(
    [](caf::scheduled_actor* s,
       caf::message_view&) -> caf::result<caf::message> {
      if (s->current_message_id().is_request())
        return caf::sec::unexpected_message;
      return caf::make_message();
    });
  self->set_error_handler([](caf::error&) {});
  self->set_exception_handler(
    [](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
}

template <class Shell>
using shell_actor = caf::stateful_actor<Shell, caf::event_based_actor>;

template <class Shell, class... Ts>
caf::behavior run_shell(shell_actor<Shell>* self, Ts... xs) {
  harden(self);
  return self->state.make_behavior(std::move(xs)...);
}

/// Host: the actor_system for roots, *self for children.
template <class Shell, caf::spawn_options Os = caf::no_spawn_options,
          class Host, class... Ts>
caf::actor spawn_shell(Host& host, Ts... xs) {
  static_assert(sizeof...(Ts) > 0, "CAF 0.17 dereferences a null tuple when an "
                                   "actor takes no argument");
  return host.template spawn<Os>(run_shell<Shell, Ts...>, std::move(xs)...);
}

} // namespace fairlead
