#include "messages/dead_letters.hpp"

namespace fairlead {

std::string sentence(const fault& f) {
  return f.what.ends_with(f.pointer) ? f.what : f.pointer + ' ' + f.what;
}

std::string sentence(const std::vector<fault>& faults) {
  std::string text;
  for (const auto& f : faults) {
    if (!text.empty())
      text += "; ";
    text += sentence(f);
  }
  return text;
}

} // namespace fairlead
