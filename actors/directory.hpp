#pragma once

#include "actors/core/step/step.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

#include <string>
#include <unordered_map>
#include <vector>

namespace fairlead {

/// Which kinds of entities have actors of their own; for the others the
/// supervisor acts.
[[nodiscard]] bool has_actor(entity_kind k);

/// Who acts for which entity of one partition. Whoever holds the partition's
/// baton, or the supervisor while no step is out, may use it: one at a time,
/// so it needs no lock.
///
/// Spawning and ending an actor costs more than all it does for a new lead, so
/// those of entities that are let go of are given to the next ones.
class directory {
public:
  /// The actor for a visit; `host` spawns it if there is none to be had.
  [[nodiscard]] const caf::actor& actor_for(caf::event_based_actor& host,
                                            const std::string& team,
                                            const visit& v);
  /// The entity has been let go of: its actor is free for another.
  void let_go(caf::event_based_actor& host, const std::string& team,
              const entity_name& e);
  /// The team has been let go of, or an actor of it may be dead: they all end.
  void end_team(caf::event_based_actor& host, const std::string& team);
  void end_all(caf::event_based_actor& host);

private:
  /// By their entities' ids.
  using by_id = std::unordered_map<std::string, caf::actor>;
  /// One thing for each kind that has actors.
  template <class T>
  struct of_kinds {
    T agents, leads, calls;
    [[nodiscard]] T& of(entity_kind k);
    void each(auto visit) {
      for (auto* kind : {&agents, &leads, &calls})
        for (auto& x : *kind)
          visit(x);
    }
  };

  std::unordered_map<std::string, of_kinds<by_id>> teams_;
  of_kinds<std::vector<caf::actor>> free_;
};

} // namespace fairlead
