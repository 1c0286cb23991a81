#include "messages/json/writer.hpp"

#include <charconv>
#include <cstring>

namespace fairlead::json {
namespace {

constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

/// How much of it needs no escaping. Eight bytes at a time: a byte of x is
/// below n if x - n borrows into its highest bit, which x has not set.
std::size_t plain_bytes(std::string_view s) {
  constexpr std::uint64_t each = 0x0101010101010101;
  auto any_below = [](std::uint64_t x, std::uint64_t n) {
    return ((x - each * n) & ~x & each * 0x80) != 0;
  };
  std::size_t at = 0;
  for (; s.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t x = 0;
    std::memcpy(&x, s.data() + at, sizeof x);
    if (any_below(x, 0x20) || any_below(x ^ each * '"', 1)
        || any_below(x ^ each * '\\', 1))
      break;
  }
  while (at < s.size() && is_plain(s[at]))
    ++at;
  return at;
}

/// A character that may not stand as it is.
char* put_escaped(char* to, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  *to++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *to++ = c;
      break;
    case '\n':
      *to++ = 'n';
      break;
    case '\r':
      *to++ = 'r';
      break;
    case '\t':
      *to++ = 't';
      break;
    default:
      for (char u : {'u', '0', '0', hex[static_cast<unsigned char>(c) >> 4],
                     hex[static_cast<unsigned char>(c) & 15]})
        *to++ = u;
  }
  return to;
}

} // namespace

void append_string(growing_text& out, std::string_view s) {
  constexpr std::size_t escaped_max = 6;
  out.put('"');
  for (;;) {
    auto n = plain_bytes(s);
    out.put(s.substr(0, n));
    if (n == s.size())
      break;
    out.wrote(put_escaped(out.room(escaped_max), s[n]));
    s.remove_prefix(n + 1);
  }
  out.put('"');
}

void append_integer(growing_text& out, std::int64_t n) {
  constexpr std::size_t digits_max = 20;
  auto* to = out.room(digits_max);
  out.wrote(std::to_chars(to, to + digits_max, n).ptr);
}

} // namespace fairlead::json
