#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

/// `outreach.requested`: released, held until there is an owner, or refused
/// (R18). A lead whose owner has gone gets another first (R17).
void gate_outreach(step& s, visited_lead& lead, const outreach_requested& e);

} // namespace fairlead
