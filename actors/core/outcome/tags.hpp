#pragma once

#include "actors/core/step/step.hpp"

#include <string>

namespace fairlead {

// R38: what the tag of a call does. The two tags of a transfer say what a
// routing would have found out; of the others the first of a call counts, and
// an opt-out always.

/// True for the two tags of a transfer.
[[nodiscard]] bool is_transfer_tag(const outcome_tag& tag);

/// A transfer tag, where no routing decides the outcome (any more).
void apply_transfer_tag(step& s, visited_call& call, const call_outcome& e);

/// Any other tag, if it still counts.
void apply_other_tag(step& s, visited_call& call, const call_outcome& e);

/// What a routing has found out: it is connected (again), or missed. The call
/// knows its winner by now.
void derive_outcome(step& s, visited_call& call, outcome found);

/// One of the call's tasks was cancelled.
void forget_task(visited_call& call, const std::string& task_id);

} // namespace fairlead
