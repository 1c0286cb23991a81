#pragma once

#include "actors/core/step/step.hpp"

#include <functional>
#include <optional>

namespace fairlead {

// How a leg and a routing end, and who hears of it: telephony, the agents who
// ring, and the lead with the outcome (R38).

/// A leg as telephony hears of it; `why` it must ring no longer.
[[nodiscard]] rung_leg rung(const leg& l, std::optional<cancel_reason> why);

/// A leg has ended: its agent is free, or its line (R26, R51). `how`: what it
/// means for the agent's misses in a row (R35).
void let_go(step& s, const visited_call& call, const leg& l, leg_close how);

/// Ends the open legs that are meant; tells telephony and the agents.
void cancel_open_legs(step& s, visited_call& call, leg_end how,
                      cancel_reason why, leg_close counts,
                      const std::function<bool(const leg&)>& meant);

/// That leg has won: the others are cancelled, the lead hears of it (R27).
void win(step& s, visited_call& call, const leg& l);

/// Nobody was reached: transfer.missed, and a miss in full (R31).
void miss(step& s, visited_call& call, miss_reason why);

/// The caller has gone, or the call is over: a hang-up while it rings or waits
/// (R30), a win that is taken back if it was too short (R33), else the end
/// (R34).
void end_call(step& s, visited_call& call);

/// The conversation is over; the winner is free after that time (R34), and was
/// reached (R35).
void finish(step& s, visited_call& call, std::int64_t wrap_up_s);

/// R33: the winner was not connected after all, for that reason: they are free
/// first, then the rest rings. With `caller_hung_up` nobody does.
void take_back_win(step& s, visited_call& call, miss_reason why);

} // namespace fairlead
