#include "messages/json/elements.hpp"

namespace fairlead::json {
namespace {

std::string_view trimmed(std::string_view s) {
  constexpr std::string_view white = " \t\r\n";
  auto from = s.find_first_not_of(white);
  return from == std::string_view::npos
           ? std::string_view{}
           : s.substr(from, s.find_last_not_of(white) - from + 1);
}

} // namespace

std::optional<std::vector<std::string_view>>
array_elements(std::string_view text) {
  auto s = trimmed(text);
  if (s.size() < 2 || s.front() != '[' || s.back() != ']')
    return std::nullopt;
  s = s.substr(1, s.size() - 2);
  std::vector<std::string_view> elements;
  if (trimmed(s).empty())
    return elements;
  std::size_t from = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= s.size(); ++i) {
    auto c = i < s.size() ? s[i] : ',';
    if (c == ',' && depth == 0) {
      elements.push_back(trimmed(s.substr(from, i - from)));
      if (elements.back().empty())
        return std::nullopt;
      from = i + 1;
    } else if (c == '"') {
      for (++i; i < s.size() && s[i] != '"'; ++i)
        if (s[i] == '\\')
          ++i;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth < 0) {
      return std::nullopt;
    }
  }
  // An end that is missing inside an element.
  if (from <= s.size())
    return std::nullopt;
  return elements;
}

} // namespace fairlead::json
