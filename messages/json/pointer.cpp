#include "messages/json/pointer.hpp"

namespace fairlead::json {

std::string pointer_step(std::string_view name) {
  std::string step;
  for (char c : name) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

std::string name_of_step(std::string_view step) {
  std::string name;
  for (std::size_t i = 0; i < step.size(); ++i)
    if (step[i] == '~' && i + 1 < step.size())
      name += step[++i] == '1' ? '/' : '~';
    else
      name += step[i];
  return name;
}

} // namespace fairlead::json
