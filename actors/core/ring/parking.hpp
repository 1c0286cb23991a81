#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

// R45: what comes before its transfer waits for it on its call, and is counted
// by the team (R15).

/// The step's record waits, or is a dead letter if too many do.
void park(step& s, visited_call& call);

/// Takes the oldest one off the call.
parked_event unpark(step& s, visited_call& call);

} // namespace fairlead
