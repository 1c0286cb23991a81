#pragma once

#include "actors/core/step/step.hpp"

#include <string>
#include <string_view>

namespace fairlead {

/// Emits a notification about a lead to an agent, if there is such an agent
/// and they are active (R40). Returns whether it went out.
bool notify(step& s, const visited_lead& about, const std::string& to,
            notification_requested n);

/// The same about an agent (R35, R17).
bool notify(step& s, const visited_agent& about, const std::string& to,
            notification_requested n);

// How somebody is called in texts for people: by a name or a number, never by
// an id.

/// The lead's name, else its phone or e-mail, else `a lead without a name`.
[[nodiscard]] std::string name_of(const step& s, const visited_lead& lead);

/// The agent's name, which is their id where the document gives none;
/// `somebody who is not known` for an agent without a document.
[[nodiscard]] std::string name_of_agent(const step& s,
                                        const std::string& agent_id);

/// `+15125550101, extension 12`; of an endpoint its text.
[[nodiscard]] std::string name_of_number(const dialled& number);
/// The same of a phone as messages/phone.hpp keeps it.
[[nodiscard]] std::string name_of_phone(std::string_view phone);

} // namespace fairlead
