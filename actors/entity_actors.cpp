#include "actors/entity_actors.hpp"

#include "actors/baton.hpp"
#include "actors/core/invariant.hpp"
#include "actors/core/visits/decide.hpp"

#include <exception>
#include <utility>

namespace fairlead {

template <class Decide>
caf::behavior entity_actor::act(std::string id, entity_kind kind,
                                Decide decide) {
  id_ = std::move(id);
  return {[this, kind, decide](baton& b) {
            // What the core throws loses the step here, with its reason, and
            // spares the actor.
            try {
              auto v = b.held().arrive();
              require(v.kind == kind && v.id == id_,
                      "a step visits the wrong actor");
              decide(b.held(), v);
              hand_on(*self_, std::move(b));
            } catch (const std::exception& e) {
              b.lose(e.what());
            }
          },
          [this](act_for& next) { id_ = std::move(next.id); },
          [this](end_acting) { self_->quit(); }};
}

caf::behavior lead_actor::make_behavior(std::string lead_id) {
  return act(std::move(lead_id), entity_kind::lead, decide_lead);
}

caf::behavior agent_actor::make_behavior(std::string agent_id) {
  return act(std::move(agent_id), entity_kind::agent, decide_agent);
}

caf::behavior routing_actor::make_behavior(std::string call_id) {
  return act(std::move(call_id), entity_kind::call, decide_call);
}

} // namespace fairlead
