#include "messages/reading/note.hpp"

#include "messages/utf8.hpp"

#include <algorithm>
#include <array>

namespace fairlead {

std::string warning_of(const reading_note& note) {
  constexpr std::array<std::string_view, 3> kinds{
    "ignored:", "read:", "unmatched:"};
  return std::string{kinds.at(static_cast<std::size_t>(note.kind))}
         + note.pointer;
}

std::string shown(std::string_view text) {
  constexpr std::size_t characters_max = 60;
  std::string line;
  std::size_t last = 0; // where the last character that has room begins
  for (std::size_t n = 0; !text.empty(); ++n) {
    if (n == characters_max) {
      line.resize(last);
      return line + "…";
    }
    last = line.size();
    auto bytes = std::max<std::size_t>(1, utf8_length(text));
    auto c = static_cast<unsigned char>(text.front());
    if (c < 0x20 || c == 0x7f)
      line += ' ';
    else
      line += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return line;
}

} // namespace fairlead
