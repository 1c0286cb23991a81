#pragma once

#include "actors/core/step/step.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// The other leads of a lead's person (R54): open ones of the same owner that
/// share a phone or an e-mail with it, or with one of them.
struct rest_of_person {
  std::vector<std::string> leads; /// in order of id, at most 50
  bool left_behind = false;       /// some are beyond the limits
};

/// Who would go along with the lead, before it gets another owner.
[[nodiscard]] rest_of_person look_for_rest(step& s, const visited_lead& lead);

} // namespace fairlead
