#pragma once

#include <string_view>

namespace fairlead {

/// True for a North American number that people type when they do not want to
/// give theirs (R53): one digit repeated, each digit one more or one less than
/// the one before (9 and 0 are neighbours), or an area code or an exchange that
/// begins with 0 or 1. Such a number is kept and may be rung; it matches
/// nobody.
[[nodiscard]] bool is_placeholder(std::string_view e164);

} // namespace fairlead
