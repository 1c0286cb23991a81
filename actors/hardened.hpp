#pragma once

#include <caf/actor_config.hpp>
#include <caf/message.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>

namespace fairlead {

/// An actor that goes when something is wrong with it, and takes nobody along.
/// CAF's defaults print to stdout, where the program's output goes, and answer
/// an unexpected message with an error that kills its sender.
///
/// An actor that has gone does not take the next step's message, so its death
/// is never silent: that step is lost and its batch fails (partition_actors).
template <class Handle>
class hardened : public Handle::base {
protected:
  explicit hardened(caf::actor_config& c) : Handle::base{c} {
    // The handles are typed, so nothing unexpected comes but by a cast.
    this->set_default_handler(
      [](caf::scheduled_actor* self,
         caf::message_view&) -> caf::result<caf::message> {
        self->quit(caf::sec::unexpected_message);
        return caf::message{};
      });
    this->set_error_handler([](caf::error&) {});
    this->set_exception_handler([](std::exception_ptr&) -> caf::error {
      return caf::sec::runtime_error;
    });
  }
};

} // namespace fairlead
