#include "messages/text/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace fairlead {
namespace {

constexpr std::string_view digits
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::optional<std::string> from_base64(std::string_view text) {
  for (int i = 0;
       i < 2 && text.ends_with('=') && text.size() % 4 == (i == 0 ? 0U : 3U);
       ++i)
    text.remove_suffix(1);
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    auto digit = digits.find(c);
    if (digit == std::string_view::npos)
      return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xff));
    }
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t n = 0;
    for (std::size_t k = 0; k < 3; ++k)
      n = (n << 8)
          | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k])
                                  : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(i + k > bytes.size() ? '='
                                         : digits[(n >> (18 - 6 * k)) & 63]);
  }
  return out;
}

} // namespace fairlead
