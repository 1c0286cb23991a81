#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

// R38: what the tag of a call does. The two tags of a transfer say what a
// routing would have found out; one other tag of a call counts.

/// True for the two tags of a transfer.
[[nodiscard]] bool is_transfer_tag(const outcome_tag& tag);

/// A transfer tag, where no routing decides the outcome (any more).
void apply_transfer_tag(step& s, visited_call& call, const call_outcome& e);

/// Any other tag, if it still counts.
void apply_other_tag(step& s, visited_call& call, const call_outcome& e);

} // namespace fairlead
