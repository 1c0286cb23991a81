#pragma once

#include "messages/documents.hpp"
#include "messages/inputs.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// By what somebody can be reached.
struct reachable {
  std::string value;   /// a phone as messages/phone.hpp keeps it, or an e-mail
  bool matches = true; /// it leads to somebody (R12, R18)
  friend bool operator==(const reachable&, const reachable&) = default;
};

/// What a contact says, read in its team's region (R53).
struct contact_reading {
  std::optional<std::string> name;
  std::optional<reachable> phone, email;
  std::vector<std::string> forget_phones, forget_emails;
  reading_notes notes; /// all that is to be said, in the contract's order
};

[[nodiscard]] contact_reading read_contact(const contact& c,
                                           std::string_view region,
                                           const never_matched& never);

/// False for a phone that matches nobody: one that people type when they do not
/// want to give theirs, or one that the team lists.
[[nodiscard]] bool phone_matches(std::string_view phone,
                                 const never_matched& never);

/// False for an e-mail that the team lists, or whose domain it lists.
[[nodiscard]] bool email_matches(std::string_view email,
                                 const never_matched& never);

} // namespace fairlead
