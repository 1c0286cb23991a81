#pragma once

#include "actors/core/step/step.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// What other leads tell of the person behind a lead (R12): the phone's or the
/// e-mail's lead that leads to an active owner.
struct known_person {
  std::optional<std::string> owner; /// active; the one to keep
  bool by_phone = false;
  std::optional<std::string> conflict; /// the e-mail's other active owner
  bool known = false;                  /// some lead of theirs had an owner
  std::optional<std::string> last_owner;
};

[[nodiscard]] known_person look_up_person(step& s, const visited_lead& lead);

} // namespace fairlead
