#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

/// `outreach.requested`: released, held until there is an owner, or refused
/// (R18). A lead whose owner has gone gets another first (R17), and its person
/// goes along, before anything is said of the outreach.
void gate_outreach(step& s, visited_lead& lead, const outreach_requested& e);

/// The same with the owner as they are.
void let_through(step& s, visited_lead& lead, const outreach_requested& e);

} // namespace fairlead
