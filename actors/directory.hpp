#pragma once

#include "actors/actors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <string>
#include <unordered_map>
#include <vector>

namespace fairlead {

/// Which kinds of entities have actors of their own; for the others the
/// supervisor acts.
[[nodiscard]] bool has_actor(entity_kind k);

/// The supervisor's children: who acts for which entity of the partition. Who
/// holds a step uses it to hand the step on. There is one step at a time, and
/// all run on one thread, so it needs no lock.
///
/// Nobody else keeps a handle to them, so an actor ends when it is dropped
/// here. To spawn one costs more than all it does for a new lead; so those that
/// are let go of are kept for the next entities of their kind.
class directory {
public:
  explicit directory(supervisor_actor::base& parent) : parent_{parent} {}

  /// Sends a step to its next stop: the actor of the entity that it visits, or
  /// home to the supervisor.
  void hand_on(step& s);
  /// Instead of handing it on.
  void lose(std::string what);

  /// These are not visited for now; their actors are free.
  void let_go(const std::string& team, const entity_name& e);
  void let_go(const std::string& team);

private:
  /// By their entities' ids.
  using by_id = std::unordered_map<std::string, entity_actor>;
  /// One thing for each kind that has actors.
  template <class T>
  struct of_kinds {
    T agents, leads, calls;
    [[nodiscard]] T& of(entity_kind k);
  };

  [[nodiscard]] const entity_actor& actor_for(const std::string& team,
                                              const visit& v);
  [[nodiscard]] entity_actor spawn(entity_kind k);
  void free(entity_kind k, entity_actor actor);

  supervisor_actor::base& parent_;
  std::unordered_map<std::string, of_kinds<by_id>> teams_;
  of_kinds<std::vector<entity_actor>> free_;
};

} // namespace fairlead
