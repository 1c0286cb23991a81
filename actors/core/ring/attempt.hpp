#pragma once

#include "actors/core/ring/ring_targets.hpp"
#include "actors/core/step/step.hpp"

#include <vector>

namespace fairlead {

/// An attempt to ring that is about to be made.
struct attempt_plan {
  ring_step at = ring_step::owner;
  std::vector<target> targets; /// of which those ring that may
  decision_recorded decision;  /// what it says before one is chosen
};

/// What came of it: `nobody` may be rung and nothing has changed, `over` is the
/// end of the routing (R24, R43), `later` others go first who wait for somebody
/// of these (R52), and then the visit is made that was named for it.
enum class tried : std::uint8_t { nobody, rings, over, later };

/// Rings those who may be rung, unless it is too late. `after_others`: the
/// visit that tries again.
[[nodiscard]] tried try_to_ring(step& s, visited_call& call, attempt_plan plan,
                                const visit& after_others);
/// The same for a routing that waits, whose turn it is (R52).
[[nodiscard]] tried try_to_ring(step& s, visited_call& call, attempt_plan plan);

/// R43: too late to ring anybody for what this step is about.
[[nodiscard]] bool is_stale(const step& s, const visited_call& call);

/// R31: why nobody was reached, unless something ended the routing.
[[nodiscard]] miss_reason reason_of_miss(const visited_call& call);

} // namespace fairlead
