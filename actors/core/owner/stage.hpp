#pragma once

#include "actors/core/step/step.hpp"

#include <string>

namespace fairlead {

/// Changes a lead's stage and says so, unless it is the present one.
void set_stage(step& s, visited_lead& lead, const std::string& to);

} // namespace fairlead
