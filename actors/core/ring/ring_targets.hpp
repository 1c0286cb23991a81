#pragma once

#include "actors/core/step/step.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// A ring target, and why it is not to ring.
struct target {
  std::optional<std::string> agent_id;
  std::string phone;
  std::optional<exclusion> excluded;
};

/// The targets of the call's present step, in the order of their legs (R20,
/// R21, R22); those that rang already are excluded (R23).
[[nodiscard]] std::vector<target> targets_of(const step& s,
                                             const visited_call& call);

/// The targets that the win of that leg had cancelled (R33).
[[nodiscard]] std::vector<target> targets_cancelled_by(const step& s,
                                                       const visited_call& call,
                                                       const leg& winner);

/// R19: what the decision about these targets says before one is chosen.
[[nodiscard]] decision_recorded
ring_decision(const step& s, const visited_call& call, ring_step at,
              const std::vector<target>& targets);

/// The owner of the call's lead.
[[nodiscard]] std::optional<std::string> owner_of(const step& s,
                                                  const visited_call& call);

} // namespace fairlead
