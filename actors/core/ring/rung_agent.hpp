#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

// An agent's part in a call: reserved while a leg rings, busy while they talk
// and wrap up (R26, R34, R51), and the count of what they have missed in a row
// (R35).

void begin_to_ring(visited_agent& agent, const leg_rings& e);
void stop_ringing(step& s, visited_agent& agent, const leg_closed& e);
/// They have answered when it was too late.
void count_answer(visited_agent& agent);
void begin_to_talk(visited_agent& agent, const call_taken& e);
void stop_talking(step& s, visited_agent& agent, const call_over& e);

} // namespace fairlead
