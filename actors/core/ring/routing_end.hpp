#pragma once

#include "actors/core/step/step.hpp"

#include <optional>

namespace fairlead {

// How a routing ends, and who hears of it: telephony, the agents who ring, and
// the lead with the outcome (R38).

/// That leg has won: the others are cancelled, the lead hears of it (R27).
void win(step& s, visited_call& call, const leg& l);

/// Nobody was reached: transfer.missed, and a miss in full (R31).
void miss(step& s, visited_call& call, miss_reason why);

/// The call is over: a hang-up while it rings (R30), else the winner is free
/// (R34).
void end_call(step& s, visited_call& call);

/// R33: the winner was not connected after all: they are free first, then the
/// rest rings.
void take_back_win(step& s, visited_call& call);

/// A leg as telephony hears of it; `why` it must ring no longer.
[[nodiscard]] rung_leg rung(const leg& l, std::optional<cancel_reason> why);

/// Ends all open legs; tells telephony and the agents. `missed`: it counts as a
/// miss of theirs (R35).
void cancel_open_legs(step& s, visited_call& call, leg_end how,
                      cancel_reason why, bool missed = false);

} // namespace fairlead
