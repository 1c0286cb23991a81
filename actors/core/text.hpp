#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {

/// Without blanks at both ends (ASCII).
[[nodiscard]] inline std::string_view trimmed(std::string_view s) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  auto from = s.find_first_not_of(blanks);
  if (from == std::string_view::npos)
    return {};
  return s.substr(from, s.find_last_not_of(blanks) - from + 1);
}

/// ASCII letters in lower case; everything else as it is.
[[nodiscard]] inline std::string lower(std::string_view s) {
  std::string out{s};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// How texts are compared (R4): trimmed, without case.
[[nodiscard]] inline std::string folded(std::string_view s) {
  return lower(trimmed(s));
}

/// An e-mail as the index knows it (R12); nothing if nothing is left.
[[nodiscard]] inline std::optional<std::string> email_of(std::string_view s) {
  auto f = folded(s);
  return f.empty() ? std::nullopt : std::optional{std::move(f)};
}

} // namespace fairlead
