#pragma once

#include "actors/core/owner/known_person.hpp"
#include "actors/core/step/step.hpp"
#include "messages/reading/contact.hpp"

namespace fairlead {

/// What a contact says, read in the team's region (R53).
[[nodiscard]] contact_reading read_contact_of(const step& s, const contact& c);

/// Its phone and e-mail, to be looked up (R12).
[[nodiscard]] looked_up given_by(const contact_reading& c);

/// How a lead's data came.
enum class came_by : std::uint8_t { inquiry, transfer };

/// The lead keeps what an event says of it: fields that are present replace the
/// old ones, a phone or an e-mail is one more, the last five of each stay
/// (R53). The index follows (R12). An inquiry makes the lead the one received
/// last under all that it keeps, a transfer under what it gives.
void merge(step& s, visited_lead& lead, const contact_reading& c,
           const lead_details& details, came_by how);

} // namespace fairlead
