#include "actors/entity_actors.hpp"

#include "actors/baton.hpp"
#include "actors/core/invariant.hpp"
#include "actors/core/step.hpp"

#include <caf/send.hpp>

namespace fairlead {
namespace {

/// One visit: arrive, decide, hand back. What the core throws loses the step
/// here, with its reason, and spares the actor.
template <class Decide>
void make_visit(app_actor* self, baton& b, const std::string& id,
                entity_kind kind, Decide decide) {
  try {
    auto v = b.held().arrive();
    require(v.kind == kind && v.id == id, "a step visits the wrong actor");
    decide(b.held(), v);
  } catch (const std::exception& e) {
    return b.lose(e.what());
  }
  auto home = b.home();
  self->send(home, std::move(b));
}

} // namespace

caf::behavior lead_actor::make_behavior(std::string lead_id) {
  return {[this, id = std::move(lead_id)](baton& b) {
            make_visit(self_, b, id, entity_kind::lead, decide_lead);
          },
          [this](passivate) { self_->quit(); }};
}

caf::behavior agent_actor::make_behavior(std::string agent_id) {
  return {[this, id = std::move(agent_id)](baton& b) {
            make_visit(self_, b, id, entity_kind::agent, decide_agent);
          },
          [this](passivate) { self_->quit(); }};
}

caf::behavior routing_actor::make_behavior(std::string call_id) {
  return {[this, id = std::move(call_id)](baton& b) {
            make_visit(self_, b, id, entity_kind::call, decide_call);
          },
          [this](passivate) { self_->quit(); }};
}

} // namespace fairlead
