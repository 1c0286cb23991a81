#include "actors/supervisor.hpp"

#include "actors/baton.hpp"
#include "actors/core/visits/decide.hpp"
#include "actors/partition/partition.hpp"
#include "actors/shell.hpp"

#include <caf/send.hpp>

namespace fairlead {

caf::behavior supervisor::make_behavior(partition* p,
                                        std::function<void()> done) {
  partition_ = p;
  done_ = std::move(done);
  return {[this](run_batch) {
            tidy();
            next_steps();
          },
          [this](baton& b) {
            if (travel(std::move(b)))
              next_steps();
          },
          [this](const baton_lost& l) { lost(l.what); },
          [this](stand_down) {
            actors_.end_all(*self_);
            self_->quit();
          }};
}

void supervisor::next_steps() {
  for (;;) {
    step* s = nullptr;
    try {
      s = partition_->next_step();
    } catch (const std::exception& e) {
      return lost(e.what());
    }
    if (s == nullptr)
      return done_();
    if (!travel(baton{s, self_, actors_}))
      return;
  }
}

/// Sends the step to its next stop; true: it has made all its visits.
bool supervisor::travel(baton b) {
  try {
    // The team's own visits are decided here; they have no actor of their own.
    while (const auto* v = b.held().upcoming()) {
      if (has_actor(v->kind)) {
        hand_on(*self_, std::move(b));
        return false;
      }
      auto own = b.held().arrive();
      decide(b.held(), own);
    }
    b.release();
    partition_->finish();
    return true;
  } catch (const std::exception& e) {
    b.release();
    lost(e.what());
    return false;
  }
}

void supervisor::lost(const std::string& what) {
  partition_->fail(what);
  done_();
}

void supervisor::tidy() {
  // First: one of theirs may be dead, and is not to be given to another.
  for (const auto& team : partition_->take_dropped_teams())
    actors_.end_team(*self_, team);
  for (const auto& [team, e] : partition_->take_gone())
    actors_.let_go(*self_, team, e);
}

} // namespace fairlead
