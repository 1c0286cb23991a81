#include "messages/time.hpp"

#include <algorithm>

namespace fairlead {
namespace {

void put_padded(char*& to, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  to += width;
}

/// Reads exactly `width` digits; nothing if they are not there.
std::optional<int> digits(std::string_view& s, std::size_t width) {
  if (s.size() < width)
    return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (s[i] < '0' || s[i] > '9')
      return std::nullopt;
    value = value * 10 + (s[i] - '0');
  }
  s.remove_prefix(width);
  return value;
}

bool eat(std::string_view& s, char c) {
  if (s.empty() || s.front() != c)
    return false;
  s.remove_prefix(1);
  return true;
}

/// `.123456` cut off to milliseconds; no dot is zero.
std::optional<int> fraction_ms(std::string_view& s) {
  if (!eat(s, '.'))
    return 0;
  int ms = 0;
  int n = 0;
  for (; !s.empty() && s.front() >= '0' && s.front() <= '9'; ++n) {
    if (n < 3)
      ms = ms * 10 + (s.front() - '0');
    s.remove_prefix(1);
  }
  if (n == 0)
    return std::nullopt;
  for (; n < 3; ++n)
    ms *= 10;
  return ms;
}

/// `Z`, `+05:30` or `-05:00`, in minutes.
std::optional<int> offset_min(std::string_view& s) {
  if (eat(s, 'Z') || eat(s, 'z'))
    return 0;
  int sign = eat(s, '+') ? 1 : eat(s, '-') ? -1 : 0;
  if (sign == 0)
    return std::nullopt;
  auto h = digits(s, 2);
  if (!h || !eat(s, ':'))
    return std::nullopt;
  auto m = digits(s, 2);
  if (!m || *h > 23 || *m > 59)
    return std::nullopt;
  return sign * (*h * 60 + *m);
}

// RFC 3339 has four digits for a year, and none of them is a sign.
constexpr instant first{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
constexpr instant last
  = instant{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}}
    - std::chrono::milliseconds{1};

} // namespace

rfc3339_text::rfc3339_text(instant t) {
  t = std::clamp(t, first, last);
  auto day = std::chrono::floor<std::chrono::days>(t);
  std::chrono::year_month_day date{day};
  auto ms = static_cast<unsigned>((t - day).count());
  auto* to = text_.data();
  put_padded(to, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *to++ = '-';
  put_padded(to, static_cast<unsigned>(date.month()), 2);
  *to++ = '-';
  put_padded(to, static_cast<unsigned>(date.day()), 2);
  *to++ = 'T';
  put_padded(to, ms / 3'600'000, 2);
  *to++ = ':';
  put_padded(to, ms / 60'000 % 60, 2);
  *to++ = ':';
  put_padded(to, ms / 1000 % 60, 2);
  if (ms % 1000 != 0) {
    *to++ = '.';
    put_padded(to, ms % 1000, 3);
  }
  *to++ = 'Z';
  size_ = static_cast<std::size_t>(to - text_.data());
}

std::string to_rfc3339(instant t) {
  return std::string{rfc3339_text{t}.view()};
}

std::optional<instant> from_rfc3339(std::string_view s) {
  using namespace std::chrono;
  auto y = digits(s, 4);
  if (!y || !eat(s, '-'))
    return std::nullopt;
  auto mo = digits(s, 2);
  if (!mo || !eat(s, '-'))
    return std::nullopt;
  auto d = digits(s, 2);
  if (!d || !(eat(s, 'T') || eat(s, 't') || eat(s, ' ')))
    return std::nullopt;
  auto h = digits(s, 2);
  if (!h || !eat(s, ':'))
    return std::nullopt;
  auto mi = digits(s, 2);
  if (!mi || !eat(s, ':'))
    return std::nullopt;
  auto sec = digits(s, 2);
  if (!sec)
    return std::nullopt;
  auto ms = fraction_ms(s);
  if (!ms)
    return std::nullopt;
  auto off = offset_min(s);
  year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                      day{static_cast<unsigned>(*d)}};
  // 60: a leap second counts as the first of the next minute.
  if (!off || !s.empty() || !date.ok() || *y < 1 || *h > 23 || *mi > 59
      || *sec > 60)
    return std::nullopt;
  // In UTC the year may be another than the one that was written.
  auto t = instant{sys_days{date}} + hours{*h} + minutes{*mi - *off}
           + seconds{*sec} + milliseconds{*ms};
  return t < first || t > last ? std::nullopt : std::optional{t};
}

} // namespace fairlead
