#pragma once

#include "actors/core/step/step.hpp"

namespace fairlead {

/// `lead.received`: a new lead gets its owner (R3), a returning one stays with
/// theirs (R12), `assigned_agent` is heard (R13).
void receive_lead(step& s, visited_lead& lead, const lead_received& e);

/// A transfer about a lead: a lead without an active owner gets one from the
/// contact that the transfer brings (R32, R17).
void receive_transfer(step& s, visited_lead& lead, const transfer_requested& e);

/// A newcomer's turn, after those who waited (R11).
void take_turn(step& s, visited_lead& lead, const its_turn& e);

/// A lead that waits: once more (R11).
void try_again_for(step& s, visited_lead& lead);

/// `lead.assignment_requested` (R13).
void assign_by_hand(step& s, visited_lead& lead,
                    const lead_assignment_requested& e);

/// `lead.closed` (R14).
void close_lead(step& s, visited_lead& lead);

} // namespace fairlead
