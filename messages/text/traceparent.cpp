#include "messages/text/traceparent.hpp"

#include <algorithm>
#include <cstddef>

namespace fairlead {
namespace {

constexpr std::size_t size_of_00 = 55;
constexpr std::size_t size_max = 128;

bool is_hex(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool is_zero(std::string_view s) {
  return s.find_first_not_of('0') == std::string_view::npos;
}

} // namespace

bool is_traceparent(std::string_view s) {
  if (s.size() < size_of_00 || s.size() > size_max || s[2] != '-'
      || s[35] != '-' || s[52] != '-')
    return false;
  auto version = s.substr(0, 2);
  auto trace = s.substr(3, 32);
  auto parent = s.substr(36, 16);
  if (!is_hex(version) || !is_hex(trace) || !is_hex(parent)
      || !is_hex(s.substr(53, 2)) || version == "ff" || is_zero(trace)
      || is_zero(parent))
    return false;
  if (s.size() == size_of_00)
    return true;
  // A later version may go on behind another dash.
  return version != "00" && s[size_of_00] == '-'
         && std::all_of(s.begin(), s.end(),
                        [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace fairlead
