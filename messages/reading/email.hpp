#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// An e-mail address as it is compared (R53), and whether the text was one but
/// for blanks, case and invisible characters.
struct email_reading {
  std::string address;
  bool as_typed = true;
  friend bool operator==(const email_reading&, const email_reading&) = default;
};

/// What stands in `<…>`, without `mailto:`; of several the first; in lower
/// case. Nothing: it is not an address.
[[nodiscard]] std::optional<email_reading> read_email(std::string_view text);

} // namespace fairlead
