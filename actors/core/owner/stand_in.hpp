#pragma once

#include "actors/core/step/step.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// The agent who acts for an owner who is not there (R50): of the lead's group
/// by the rules of now (R21: the first that has somebody) the one who may be
/// rung, is not the owner, and was asked least recently. Changes nothing: who
/// names the stand-in in an output sends them `cover_requested`.
[[nodiscard]] std::optional<std::string>
stand_in_for(const team_state& team, const lead_details& lead,
             const std::optional<std::string>& owner, instant now);

/// The stand-in for the lead's owner (R50). Looked for once in a step, so that
/// all that is said of a lead in it names the same person.
[[nodiscard]] std::optional<std::string> stand_in_of(step& s,
                                                     const visited_lead& lead);

/// The stand-in was named in an output, which counts as asked; once in a step.
void count_as_asked(step& s, const visited_lead& lead);

} // namespace fairlead
