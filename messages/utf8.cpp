#include "messages/utf8.hpp"

namespace fairlead {

std::size_t utf8_length(std::string_view s) {
  auto byte = [&s](std::size_t i) {
    return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U;
  };
  auto tail = [&byte](std::size_t i) { return (byte(i) & 0xc0U) == 0x80; };
  auto b = byte(0);
  if (b < 0x80)
    return 1;
  if (b >= 0xc2 && b <= 0xdf)
    return tail(1) ? 2 : 0;
  if (b >= 0xe0 && b <= 0xef) {
    if (!tail(1) || !tail(2) || (b == 0xe0 && byte(1) < 0xa0)
        || (b == 0xed && byte(1) > 0x9f))
      return 0;
    return 3;
  }
  if (b >= 0xf0 && b <= 0xf4) {
    if (!tail(1) || !tail(2) || !tail(3) || (b == 0xf0 && byte(1) < 0x90)
        || (b == 0xf4 && byte(1) > 0x8f))
      return 0;
    return 4;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto n = utf8_length(text);
    if (n == 0)
      return false;
    text.remove_prefix(n);
  }
  return true;
}

bool is_id(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    auto n = utf8_length(text);
    auto first = static_cast<unsigned char>(text[0]);
    bool control = first < 0x20 || first == 0x7f
                   || (n == 2 && first == 0xc2
                       && static_cast<unsigned char>(text[1]) < 0xa0);
    if (n == 0 || control || ++count > 128)
      return false;
    text.remove_prefix(n);
  }
  return count > 0;
}

} // namespace fairlead
