#pragma once

#include "actors/core/step/step.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// The phones and e-mails that are looked up for a lead (R12), the latest
/// first: those that an event gives, at a retry all that the lead keeps.
struct looked_up {
  std::vector<std::string> phones, emails;
};
[[nodiscard]] looked_up all_kept(const step& s, const visited_lead& lead);

/// What other leads tell of the person behind a lead (R12): the first phone
/// that leads to an active owner decides, else the first e-mail.
struct known_person {
  std::optional<std::string> owner;   /// active; the one to keep
  std::optional<std::string> lead_id; /// the lead that leads to them
  bool by_phone = false;
  bool known = false; /// some lead of theirs had an owner
  std::optional<std::string> last_owner;
  /// The e-mail leads to another active owner; what was looked up first.
  std::optional<std::string> conflict;
  std::optional<std::string> phone, email;
};

[[nodiscard]] known_person look_up_person(step& s, const visited_lead& lead,
                                          const looked_up& by);

} // namespace fairlead
