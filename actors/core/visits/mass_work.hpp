#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

// R17, R11: what concerns many leads is done in steps of at most 200, the first
// of them in the step that causes it, the rest in timers of the team.

/// Takes up what has come, and a new round over the leads that wait.
void take_up_mass_work(step& s, const work_on& w);
/// The next lead of what is done in this step.
void next_of_mass_work(step& s, work_goes_on w);
/// The team's timer: goes on with what is left.
void go_on_with_mass_work(step& s);

} // namespace fairlead
