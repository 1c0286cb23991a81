#pragma once

#include "actors/core/step/step.hpp"

#include <string>

namespace fairlead {

/// Emits a notification about a lead to an agent, if there is such an agent
/// and they are active (R40). Returns whether it went out.
bool notify(step& s, const visited_lead& about, const std::string& to,
            notification_requested n);

/// The same about an agent (R35).
bool notify(step& s, const visited_agent& about, const std::string& to,
            notification_requested n);

/// How a lead is called in texts for people: its name, else its phone, e-mail
/// or id.
[[nodiscard]] std::string name_of(const visited_lead& lead);

} // namespace fairlead
