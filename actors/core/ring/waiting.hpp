#pragma once

#include "actors/core/ring/ring_targets.hpp"
#include "actors/core/step/step.hpp"

#include <vector>

namespace fairlead {

// R52: a routing that has nobody left to ring, but somebody who is only busy,
// waits for them. Those that wait are listed by the team in the order in which
// they started, and are looked at at the end of each of its steps, and when a
// wrap-up ends.

/// Nobody is left to ring: the routing waits from now on, if there is somebody
/// to wait for. False: there is nobody, or it is not to wait.
[[nodiscard]] bool begin_to_wait(step& s, visited_call& call);

/// An attempt that was made while it waited has ended: it waits for the rest of
/// its time, or it is missed.
void go_on_waiting(step& s, visited_call& call);

/// Somebody may be free: they are rung alone. If nobody is left to wait for,
/// the routing is missed.
void look_for_somebody(step& s, visited_call& call);

/// Its time is over, and nothing rings.
void end_waiting(step& s, visited_call& call);

/// It is no longer one of those that wait for somebody to get free: it rings,
/// or it is over.
void wait_no_more(step& s, const visited_call& call);

/// Sends the step to the first routing that waits and would ring somebody whom
/// this call is about to ring; false: there is none.
[[nodiscard]] bool let_others_go_first(step& s, const visited_call& call,
                                       const std::vector<target>& targets);

/// Sends the step to the routings that can ring somebody, or have nobody left
/// to wait for.
void look_at_who_waits(step& s);

/// A wrap-up has begun, or ended, or is waited for: when the next one of the
/// team ends is looked up, while a routing waits.
void await_wrap_ups(step& s);

} // namespace fairlead
