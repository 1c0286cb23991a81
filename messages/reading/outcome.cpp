#include "messages/reading/outcome.hpp"

#include "messages/reading/folding.hpp"

#include <algorithm>
#include <string>

namespace fairlead {

outcome_tag read_outcome_tag(std::string_view text) {
  if (auto known = read<outcome>(text))
    return *known;
  auto key = folded(text);
  std::replace_if(
    key.begin(), key.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return outcome_tag{std::move(key)};
}

} // namespace fairlead
