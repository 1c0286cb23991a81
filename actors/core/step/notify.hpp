#pragma once

#include "actors/core/step/step.hpp"

#include <string>

namespace fairlead {

/// Emits a notification about a lead to an agent, if there is such an agent
/// and they are active (R40). Returns whether it went out.
bool notify(step& s, const std::string& lead_id, const std::string& to,
            notification_requested n);

/// The same about an agent (R35).
bool notify_about_agent(step& s, const std::string& agent_id,
                        const std::string& to, notification_requested n);

} // namespace fairlead
