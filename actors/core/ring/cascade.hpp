#pragma once

#include "actors/core/step/step.hpp"

#include <string>

namespace fairlead {

/// The transfer starts: what is in force is kept (R37), the groups are fixed
/// (R21), the first attempt rings (R20). `contact_read`: what is to be said of
/// the contact is said of the lead (R46).
void begin_cascade(step& s, visited_call& call, const transfer_requested& e,
                   bool contact_read);

/// Nothing rings any more: the next attempt that has somebody to ring, the wait
/// for somebody who is only busy, or the end (R23–R25, R31, R43, R52).
void continue_cascade(step& s, visited_call& call);

/// What became of a leg (R27, R28, R24, R31, R33, R35).
void report_leg(step& s, visited_call& call, const leg& l, leg_report report);

/// The agent can't be rung any more (R29).
void withdraw_target(step& s, visited_call& call, const std::string& agent_id);

/// R33: the winner was not connected after all and is free; the rest of that
/// attempt rings again, else the cascade goes on.
void ring_whom_the_win_cancelled(step& s, visited_call& call,
                                 const std::string& failed_leg);

/// The time of an attempt or of a leg of it, of the routing, of a wait, or of
/// max_call_s is over (R24, R28, R34, R52).
void run_out_of_time(step& s, visited_call& call);

/// The call's timer can't be dealt with: whatever rings, waits or talks is
/// over, and a routing that was not decided is missed (`failed`).
void abandon(step& s, visited_call& call);

} // namespace fairlead
