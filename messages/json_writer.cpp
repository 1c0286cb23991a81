#include "messages/json_writer.hpp"

#include <charconv>

namespace fairlead::json {

void append_string(std::string& out, std::string_view s) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    auto c = static_cast<unsigned char>(s[i]);
    if (c >= 0x20 && c != '"' && c != '\\')
      continue;
    out.append(s, from, i - from);
    from = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += static_cast<char>(c);
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += hex[c >> 4];
        out += hex[c & 15];
    }
  }
  out.append(s, from);
  out += '"';
}

void append_integer(std::string& out, std::int64_t n) {
  char digits[20];
  auto [end, unused] = std::to_chars(digits, digits + sizeof digits, n);
  out.append(digits, end);
}

} // namespace fairlead::json
