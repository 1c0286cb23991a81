#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

/// The last resort for a timer whose step is lost whatever is tried: ends what
/// it was for by records alone. Nobody is visited and nothing is asked, so
/// little is left that could go wrong. No agent stays reserved, telephony is
/// told, and of a routing the miss and its task are written (P1), though the
/// lead does not know of the task; the timer is not due any more.
void drop_timer(step& s, const entity_name& timer);

/// The call's oldest parked event becomes a dead letter `internal_error`.
void give_up_parked(step& s, visited_call& call);

} // namespace fairlead
