#pragma once

#include "actors/core/state/team.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <string>

namespace fairlead {

/// From now on the actor acts for another entity of its kind.
struct act_for {
  std::string id;
};
/// The actor's entity has been let go of, or the batch was aborted.
struct end_acting {};

/// The shell of an entity. A step visits it with its baton; it has the core
/// decide for its own entity and hands the baton to the step's next stop, in
/// the end back to the supervisor. The entity's state travels with the team
/// that the step carries, and only this actor changes it.
struct entity_actor {
  explicit entity_actor(caf::event_based_actor* self) : self_{self} {}

protected:
  template <class Decide>
  caf::behavior act(std::string id, entity_kind kind, Decide decide);

private:
  caf::event_based_actor* self_;
  std::string id_;
};

/// Assigns: decides everything about one lead.
struct lead_actor : entity_actor {
  static inline const char* name = "lead";
  using entity_actor::entity_actor;
  caf::behavior make_behavior(std::string lead_id);
};

/// Is reserved, rung, counted: decides everything about one agent.
struct agent_actor : entity_actor {
  static inline const char* name = "agent";
  using entity_actor::entity_actor;
  caf::behavior make_behavior(std::string agent_id);
};

/// Cascades: decides everything about one call.
struct routing_actor : entity_actor {
  static inline const char* name = "routing";
  using entity_actor::entity_actor;
  caf::behavior make_behavior(std::string call_id);
};

} // namespace fairlead

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::act_for)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::end_acting)
