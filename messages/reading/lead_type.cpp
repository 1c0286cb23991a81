#include "messages/reading/lead_type.hpp"

#include "messages/reading/folding.hpp"

#include <algorithm>

namespace fairlead {
namespace {

std::string singular(std::string type) {
  if (type == "buyers" || type == "sellers")
    type.pop_back();
  return type;
}

/// The parts of a text joined by `/`, `,`, `&` or the word `and`, folded.
std::vector<std::string> parts_of(const std::string& folded_text) {
  std::vector<std::string> parts;
  std::string part;
  auto end = [&] {
    parts.push_back(singular(std::string{trimmed(part)}));
    part.clear();
  };
  std::string_view rest = folded_text;
  while (!rest.empty()) {
    if (rest.starts_with(" and ")) {
      end();
      rest.remove_prefix(4); // the blank after it may begin another one
    } else if (rest[0] == '/' || rest[0] == ',' || rest[0] == '&') {
      end();
      rest.remove_prefix(1);
    } else {
      part += rest[0];
      rest.remove_prefix(1);
    }
  }
  end();
  return parts;
}

bool are_both(const std::vector<std::string>& parts) {
  auto has = [&parts](std::string_view type) {
    return std::find(parts.begin(), parts.end(), type) != parts.end();
  };
  return has("buyer") && has("seller")
         && std::all_of(parts.begin(), parts.end(), [](const std::string& p) {
              return p == "buyer" || p == "seller";
            });
}

/// One word of ASCII that does not end in an s: nothing to be read in it.
bool is_plain_word(std::string_view text) {
  return !text.empty() && text.back() != 's' && text.back() != 'S'
         && std::all_of(text.begin(), text.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            });
}

} // namespace

lead_type_reading read_lead_type(std::string_view text) {
  if (is_plain_word(text))
    return {std::string{text}, true};
  auto type = folded(text);
  if (auto one = singular(type); one != type)
    return {std::move(one), false};
  if (are_both(parts_of(type)))
    return {"both", false};
  return {std::string{text}, true};
}

std::optional<std::string>
read_lead_type(const std::vector<std::string>& texts) {
  std::vector<std::string> kinds;
  for (const auto& t : texts)
    if (auto kind = singular(folded(t)); !kind.empty())
      kinds.push_back(std::move(kind));
  if (are_both(kinds))
    return "both";
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  if (kinds.size() != 1)
    return std::nullopt;
  return read_lead_type(kinds.front()).type;
}

} // namespace fairlead
