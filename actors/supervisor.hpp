#pragma once

#include "actors/actors.hpp"
#include "actors/directory.hpp"
#include "actors/hardened.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// What has become of the step that was sent on its way last.
struct step_end {
  bool home = false; /// it has made all its visits
  std::optional<std::string> lost;
};

/// One per partition: the parent of its entity actors. Sends a step on its way
/// through them and takes it home. Decides nothing about leads itself; what is
/// the team's own (configuration, mass work) it has the core decide on the
/// spot.
class supervisor final : public hardened<supervisor_actor> {
public:
  /// `end` outlives the actor.
  supervisor(caf::actor_config& c, step_end* end);
  [[nodiscard]] const char* name() const override { return "supervisor"; }

private:
  behavior_type make_behavior() override;
  void take(step& s);

  step_end* end_;
  directory children_{*this};
};

} // namespace fairlead
