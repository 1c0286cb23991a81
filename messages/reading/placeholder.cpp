#include "messages/reading/placeholder.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// True if each digit is `by` more than the one before, modulo ten.
bool steps_by(std::string_view digits, int by) {
  return std::adjacent_find(
           digits.begin(), digits.end(),
           [by](char a, char b) { return (a - '0' + by + 10) % 10 != b - '0'; })
         == digits.end();
}

} // namespace

bool is_placeholder(std::string_view e164) {
  if (e164.size() != 12 || !e164.starts_with("+1"))
    return false;
  auto digits = e164.substr(2);
  return digits[0] <= '1' || digits[3] <= '1' || steps_by(digits, 0)
         || steps_by(digits, 1) || steps_by(digits, -1);
}

} // namespace fairlead
