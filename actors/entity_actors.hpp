#pragma once

#include "actors/app_actor.hpp"

#include <caf/behavior.hpp>
#include <caf/fwd.hpp>

#include <string>

namespace fairlead {

/// The actor's entity has been let go of, or the batch was aborted.
struct passivate {};

// The shells of the three kinds of entities. A step visits them with its
// baton; each has the core decide for its own entity and hands the baton back
// to the supervisor. The entity's state travels with the team that the step
// carries, and only this actor changes it.

/// Assigns: decides everything about one lead.
struct lead_actor {
  static inline const char* name = "lead";
  explicit lead_actor(app_actor* self) : self_{self} {}
  caf::behavior make_behavior(std::string lead_id);
  app_actor* self_;
};

/// Is reserved, rung, counted: decides everything about one agent.
struct agent_actor {
  static inline const char* name = "agent";
  explicit agent_actor(app_actor* self) : self_{self} {}
  caf::behavior make_behavior(std::string agent_id);
  app_actor* self_;
};

/// Cascades: decides everything about one call.
struct routing_actor {
  static inline const char* name = "routing";
  explicit routing_actor(app_actor* self) : self_{self} {}
  caf::behavior make_behavior(std::string call_id);
  app_actor* self_;
};

} // namespace fairlead

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::passivate)
