#include "actors/entity_actors.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/visits/decide.hpp"
#include "actors/directory.hpp"

#include <exception>

namespace fairlead {
namespace {

/// `decide` is the core's, for entities of this kind.
template <class Decide>
auto decides(entity_kind kind, Decide decide) {
  return [kind, decide](const visit& v, baton b) {
    // Caught here, the step is lost with its reason, and the actor is spared.
    try {
      require(v.kind == kind, "a step visits the wrong actor");
      decide(*b.held, v);
      b.actors->hand_on(*b.held);
    } catch (const std::exception& e) {
      b.actors->lose(e.what());
    }
  };
}

} // namespace

lead_actor::behavior_type lead_actor::make_behavior() {
  return {decides(entity_kind::lead, decide_lead)};
}

agent_actor::behavior_type agent_actor::make_behavior() {
  return {decides(entity_kind::agent, decide_agent)};
}

routing_actor::behavior_type routing_actor::make_behavior() {
  return {decides(entity_kind::call, decide_call)};
}

} // namespace fairlead
