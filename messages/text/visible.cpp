#include "messages/text/visible.hpp"

#include "messages/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace fairlead {
namespace {

std::uint32_t code_point(std::string_view s) {
  auto byte = [&s](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(s[i]));
  };
  if (s.size() == 1)
    return byte(0);
  auto out = byte(0) & (0xffU >> (s.size() + 1));
  for (std::size_t i = 1; i < s.size(); ++i)
    out = (out << 6) | (byte(i) & 0x3f);
  return out;
}

bool is_steering(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f)         // C0, DEL, C1
         || c == 0x061c || c == 0x200e || c == 0x200f // marks of direction
         || (c >= 0x2028 && c <= 0x202e)              // line ends, embeddings
         || (c >= 0x2066 && c <= 0x206f)              // isolates, old shapes
         || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)
         || (c >= 0xe0000 && c <= 0xe007f); // tags that nobody sees
}

void append_escaped(std::string& out, char kind, std::uint32_t n) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  do {
    hex.insert(hex.begin(), digits[n & 15]);
    n >>= 4;
  } while (n != 0);
  out += '\\';
  out += kind;
  out += '{';
  out += hex;
  out += '}';
}

} // namespace

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0) {
      append_escaped(out, 'x', static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    auto one = text.substr(0, length);
    if (auto c = code_point(one); is_steering(c))
      append_escaped(out, 'u', c);
    else
      out += one;
    text.remove_prefix(length);
  }
  return out;
}

} // namespace fairlead
