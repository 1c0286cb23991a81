#pragma once

#include "actors/core/step/step.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// The stand-in for the lead's owner (R50). Looked for once in a step, so that
/// all that is said of a lead in it names the same person.
[[nodiscard]] std::optional<std::string> stand_in_of(step& s,
                                                     const visited_lead& lead);

/// The stand-in was named in an output, which counts as asked; once in a step.
void count_as_asked(step& s, const visited_lead& lead);

} // namespace fairlead
