#include "messages/reading/number.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace fairlead {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& s) {
  auto it = std::find_if_not(s.begin(), s.end(), is_digit);
  auto digits = s.substr(0, static_cast<std::size_t>(it - s.begin()));
  s.remove_prefix(digits.size());
  return digits;
}

bool is_zero(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

/// How far the exponent moves the point, or about as far: a text of 256 KiB has
/// fewer digits than that.
std::int64_t exponent(std::string_view s) {
  constexpr std::int64_t far = 1'000'000;
  if (s.empty())
    return 0;
  s.remove_prefix(1); // e or E
  bool down = s.front() == '-';
  if (down || s.front() == '+')
    s.remove_prefix(1);
  std::int64_t by = 0;
  auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), by);
  by = ec == std::errc{} ? std::min(by, far) : far;
  return down ? -by : by;
}

} // namespace

std::optional<rounded_number> rounded_down(std::string_view number) {
  bool negative = number.starts_with('-');
  if (negative)
    number.remove_prefix(1);
  std::string digits{take_digits(number)};
  auto point = static_cast<std::int64_t>(digits.size());
  if (number.starts_with('.')) {
    number.remove_prefix(1);
    digits += take_digits(number);
  }
  if (is_zero(digits))
    return rounded_number{};
  point += exponent(number);
  auto size = static_cast<std::int64_t>(digits.size());
  std::string whole;
  bool exact = false;
  if (point > 0) {
    auto at = static_cast<std::size_t>(std::min(point, size));
    whole = digits.substr(0, at);
    exact = is_zero(std::string_view{digits}.substr(at));
    // Zeros in front do not count; 19 digits are the most that 64 bits hold.
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    if (!whole.empty() && point > size) {
      if (point - size > 19)
        return std::nullopt;
      whole.append(static_cast<std::size_t>(point - size), '0');
    }
  }
  std::int64_t value = 0;
  if (!whole.empty()) {
    if (negative)
      whole.insert(0, 1, '-');
    auto [end, ec]
      = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (ec != std::errc{})
      return std::nullopt;
  }
  if (negative && !exact) {
    if (value == INT64_MIN)
      return std::nullopt;
    --value;
  }
  return rounded_number{value, exact};
}

bool is_digits(std::string_view number) {
  return std::all_of(number.begin(), number.end(), is_digit);
}

} // namespace fairlead
