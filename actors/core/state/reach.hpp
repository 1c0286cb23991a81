#pragma once

#include "actors/core/state/lead.hpp"
#include "actors/core/state/person.hpp"
#include "actors/core/state/team.hpp"

#include <string>
#include <vector>

namespace fairlead {

// How a lead can be reached, and by what it is known (R53).

/// What matches nobody by the document in force.
[[nodiscard]] const never_matched& never_match_of(const team_state& team);

/// The lead's phone: the latest, but not one that matches nobody before one
/// that does. Null: it has none.
[[nodiscard]] const std::string* phone_of(const team_state& team,
                                          const lead_state& lead);
/// Its e-mail, likewise.
[[nodiscard]] const std::string* email_of(const team_state& team,
                                          const lead_state& lead);

/// What people are matched by (R12, R18, R54): the phones, then the e-mails
/// that the lead keeps, without those that match nobody; of each the latest
/// first.
[[nodiscard]] std::vector<person_key> keys_of(const team_state& team,
                                              const lead_state& lead);

} // namespace fairlead
