#pragma once

#include "actors/actors.hpp"
#include "actors/hardened.hpp"

namespace fairlead {

// One class for each kind of entity that acts. A step visits them; they have
// the core decide for the entity that the visit names, and hand the step on.

/// Assigns: decides everything about one lead.
class lead_actor final : public hardened<entity_actor> {
public:
  explicit lead_actor(caf::actor_config& c) : hardened{c} {}
  [[nodiscard]] const char* name() const override { return "lead"; }

private:
  behavior_type make_behavior() override;
};

/// Is reserved, rung, counted: decides everything about one agent.
class agent_actor final : public hardened<entity_actor> {
public:
  explicit agent_actor(caf::actor_config& c) : hardened{c} {}
  [[nodiscard]] const char* name() const override { return "agent"; }

private:
  behavior_type make_behavior() override;
};

/// Cascades: decides everything about one call.
class routing_actor final : public hardened<entity_actor> {
public:
  explicit routing_actor(caf::actor_config& c) : hardened{c} {}
  [[nodiscard]] const char* name() const override { return "routing"; }

private:
  behavior_type make_behavior() override;
};

} // namespace fairlead
