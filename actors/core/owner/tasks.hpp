#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

/// An open task need not be done any more: `task.cancelled`, and the call that
/// it came of hears of it.
void cancel_task(step& s, visited_lead& lead, const open_task& t,
                 task_cancel_reason why);

} // namespace fairlead
