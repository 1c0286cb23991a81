#include "messages/reading/email.hpp"

#include "messages/reading/folding.hpp"

namespace fairlead {
namespace {

/// What a text or a list leaves around an address.
std::string_view without_ends(std::string_view s) {
  for (;;) {
    s = trimmed(s);
    auto is_mark = [](char c) { return c == '.' || c == ',' || c == ';'; };
    if (!s.empty() && is_mark(s.front()))
      s.remove_prefix(1);
    else if (!s.empty() && is_mark(s.back()))
      s.remove_suffix(1);
    else
      return s;
  }
}

std::string_view inside_brackets(std::string_view s) {
  auto open = s.find('<');
  if (open == std::string_view::npos)
    return s;
  auto close = s.find('>', open);
  return close == std::string_view::npos ? s
                                         : s.substr(open + 1, close - open - 1);
}

std::string_view without_scheme(std::string_view s) {
  constexpr std::string_view scheme = "mailto:";
  s = without_ends(s);
  if (lower_case(s.substr(0, scheme.size())) == scheme)
    s.remove_prefix(scheme.size());
  return s;
}

/// The first of several that has anything in it.
std::string_view first_of(std::string_view s) {
  s = without_ends(s);
  return without_ends(s.substr(0, s.find_first_of(",;")));
}

} // namespace

std::optional<email_reading> read_email(std::string_view text) {
  auto visible = without_format_characters(text);
  auto address = lower_case(first_of(without_scheme(inside_brackets(visible))));
  auto at = address.find('@');
  if (at == std::string::npos || at == 0 || at + 1 == address.size()
      || address.find('@', at + 1) != std::string::npos
      || has_white_space(address))
    return std::nullopt;
  bool as_typed = address == lower_case(trimmed(visible));
  return email_reading{std::move(address), as_typed};
}

} // namespace fairlead
