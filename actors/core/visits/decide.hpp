#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

// Who decides what: one function for each kind of entity that a step visits.
// Each takes the visit that the step has arrived at and decides it.

void decide_team(step& s, const visit& v);
void decide_agent(step& s, const visit& v);
void decide_lead(step& s, const visit& v);
void decide_call(step& s, const visit& v);

/// By whichever of the four the visit is for.
void decide(step& s, const visit& v);

/// Makes all visits of a step on the spot, without actors.
void make_visits(step& s);

} // namespace fairlead
