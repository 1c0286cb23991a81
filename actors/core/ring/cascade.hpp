#pragma once

#include "actors/core/step/step.hpp"

#include <string>

namespace fairlead {

/// The transfer starts: what is in force is kept (R37), the group is fixed
/// (R21), the first attempt rings (R20).
void begin_cascade(step& s, visited_call& call, const transfer_requested& e);

/// Nothing rings any more: the next attempt that has somebody to ring, or the
/// end (R23–R25, R31, R43).
void continue_cascade(step& s, visited_call& call);

/// What became of a leg (R27, R28, R24, R31, R35).
void report_leg(step& s, visited_call& call, const leg& l, leg_report report);

/// The agent can't be rung any more (R29).
void withdraw_target(step& s, visited_call& call, const std::string& agent_id);

/// R33: the winner was not connected after all and is free; the rest of that
/// attempt rings again, else the cascade goes on.
void ring_whom_the_win_cancelled(step& s, visited_call& call,
                                 const std::string& failed_leg);

/// The time of an attempt, of the routing, or of max_call_s is over (R24, R34).
void run_out_of_time(step& s, visited_call& call);

/// The call's timer can't be dealt with: whatever rings or talks is over, and
/// a routing that was not decided is missed (`failed`).
void abandon(step& s, visited_call& call);

} // namespace fairlead
