#include "actors/supervisor.hpp"

#include "actors/core/visits/decide.hpp"

#include <exception>

namespace fairlead {

supervisor::supervisor(caf::actor_config& c, step_end* end)
  : hardened{c}, end_{end} {
}

supervisor::behavior_type supervisor::make_behavior() {
  return {[this](run_step s) { take(*s.begun); },
          [this](baton b) { take(*b.held); },
          [this](const step_lost& l) { end_->lost = l.what; },
          [this](const let_go& gone) {
            for (const auto& team : gone.teams)
              children_.let_go(team);
            for (const auto& [team, e] : gone.entities)
              children_.let_go(team, e);
          }};
}

void supervisor::take(step& s) {
  try {
    // The team's own visits are decided here: they have no actor of their own.
    while (const auto* next = s.upcoming()) {
      if (has_actor(next->kind))
        return children_.hand_on(s);
      auto own = s.arrive();
      decide(s, own);
    }
    end_->home = true;
  } catch (const std::exception& e) {
    end_->lost = e.what();
  }
}

} // namespace fairlead
