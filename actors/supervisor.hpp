#pragma once

#include "actors/app_actor.hpp"
#include "actors/core/team.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>

#include <functional>
#include <string>
#include <unordered_map>

namespace fairlead {

class partition;
class baton;

/// A batch has been begun on the partition: actors of what was let go of since
/// the last one end, then its steps run.
struct run_batch {};
/// The next step of the batch.
struct run_next {};
/// The partition stops.
struct stand_down {};

/// One per partition: spawns the actors of leads, agents and calls, sends each
/// step from one to the next and takes it home, one step at a time, and starts
/// anew whoever died. Decides nothing about leads itself; what is the team's
/// own (configuration, mass work) it has the core decide on the spot.
///
/// It needs no monitors to notice a death: an actor works only while it holds
/// a baton, and a baton that dies with it reports the step lost. Then the batch
/// fails, and all actors of its teams end.
///
/// `done` is called on an actor thread when the batch is complete or has
/// failed; it must not throw and must outlive the actor.
struct supervisor {
  static inline const char* name = "supervisor";
  explicit supervisor(app_actor* self) : self_{self} {}
  caf::behavior make_behavior(partition* p, std::function<void()> done);

private:
  void next_steps();
  bool travel(baton b);
  void lost(const std::string& what);
  void tidy();
  const caf::actor& actor_for(const std::string& team, const entity_name& e);

  /// The actors of one team, by their entities' ids.
  struct team_actors {
    using by_id = std::unordered_map<std::string, caf::actor>;
    by_id agents, leads, calls;
    [[nodiscard]] by_id& of(entity_kind k);
  };

  void end_all(const team_actors& team);

  app_actor* self_;
  partition* partition_ = nullptr;
  std::function<void()> done_;
  std::unordered_map<std::string, team_actors> children_;
};

} // namespace fairlead

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::run_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::run_next)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::stand_down)
