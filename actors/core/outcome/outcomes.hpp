#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

/// Does what the outcome asks for, in R39's order; then the call gets its
/// ledger back. Where the lead gets another owner on the way, the rest is a
/// visit of its own: what belongs to the owner comes before it (R54).
void carry_out(step& s, visited_lead& lead, outcome_due o);

} // namespace fairlead
