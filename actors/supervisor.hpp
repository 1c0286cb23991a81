#pragma once

#include "actors/directory.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <functional>
#include <string>

namespace fairlead {

class partition;
class baton;

/// A batch has been begun on the partition: actors of what was let go of since
/// the last one end, then its steps run.
struct run_batch {};
/// The partition stops.
struct stand_down {};

/// One per partition: sends each step on its way through the actors of leads,
/// agents and calls, which are spawned as it comes to them, and takes it home,
/// one step at a time; starts anew whoever died. Decides nothing about leads
/// itself; what is the team's own (configuration, mass work) it has the core
/// decide on the spot.
///
/// It needs no monitors to notice a death: an actor works only while it holds
/// a baton, and a baton that dies with it reports the step lost. Then the batch
/// fails, and all actors of its teams end.
///
/// `done` is called when the batch is complete or has failed; it must not throw
/// and must outlive the actor.
struct supervisor {
  static inline const char* name = "supervisor";
  explicit supervisor(caf::event_based_actor* self) : self_{self} {}
  caf::behavior make_behavior(partition* p, std::function<void()> done);

private:
  void next_steps();
  bool travel(baton b);
  void lost(const std::string& what);
  void tidy();

  caf::event_based_actor* self_;
  partition* partition_ = nullptr;
  std::function<void()> done_;
  directory actors_;
};

} // namespace fairlead

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::run_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::stand_down)
