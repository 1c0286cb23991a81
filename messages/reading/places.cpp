#include "messages/reading/places.hpp"

#include "messages/reading/folding.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead {
namespace {

using name_and_letters = std::pair<std::string_view, std::string_view>;

/// The fifty, DC, PR and the territories (USPS Publication 28, appendix B), in
/// the order of their names.
constexpr std::array<name_and_letters, 58> states{{
  {"alabama", "al"},
  {"alaska", "ak"},
  {"american samoa", "as"},
  {"arizona", "az"},
  {"arkansas", "ar"},
  {"california", "ca"},
  {"colorado", "co"},
  {"connecticut", "ct"},
  {"delaware", "de"},
  {"district of columbia", "dc"},
  {"florida", "fl"},
  {"georgia", "ga"},
  {"guam", "gu"},
  {"hawaii", "hi"},
  {"idaho", "id"},
  {"illinois", "il"},
  {"indiana", "in"},
  {"iowa", "ia"},
  {"kansas", "ks"},
  {"kentucky", "ky"},
  {"louisiana", "la"},
  {"maine", "me"},
  {"maryland", "md"},
  {"massachusetts", "ma"},
  {"michigan", "mi"},
  {"minnesota", "mn"},
  {"mississippi", "ms"},
  {"missouri", "mo"},
  {"montana", "mt"},
  {"nebraska", "ne"},
  {"nevada", "nv"},
  {"new hampshire", "nh"},
  {"new jersey", "nj"},
  {"new mexico", "nm"},
  {"new york", "ny"},
  {"north carolina", "nc"},
  {"north dakota", "nd"},
  {"northern mariana islands", "mp"},
  {"ohio", "oh"},
  {"oklahoma", "ok"},
  {"oregon", "or"},
  {"pennsylvania", "pa"},
  {"puerto rico", "pr"},
  {"rhode island", "ri"},
  {"south carolina", "sc"},
  {"south dakota", "sd"},
  {"tennessee", "tn"},
  {"texas", "tx"},
  {"u.s. virgin islands", "vi"},
  {"us virgin islands", "vi"},
  {"utah", "ut"},
  {"vermont", "vt"},
  {"virgin islands", "vi"},
  {"virginia", "va"},
  {"washington", "wa"},
  {"west virginia", "wv"},
  {"wisconsin", "wi"},
  {"wyoming", "wy"},
}};

bool is_code(std::string_view letters) {
  return std::any_of(
    states.begin(), states.end(),
    [letters](const name_and_letters& s) { return s.second == letters; });
}

} // namespace

std::string zip_for_comparison(std::string_view text, std::string_view region) {
  auto zip = folded(text);
  std::erase_if(zip, [](char c) { return c == ' ' || c == '-'; });
  bool digits = std::all_of(zip.begin(), zip.end(),
                            [](char c) { return c >= '0' && c <= '9'; });
  if (region != "US" || !digits)
    return zip;
  if (zip.size() == 3 || zip.size() == 4)
    zip.insert(0, 5 - zip.size(), '0');
  else if (zip.size() == 9)
    zip.resize(5);
  return zip;
}

std::string state_for_comparison(std::string_view text,
                                 std::string_view region) {
  auto state = folded(text);
  if (region != "US")
    return state;
  const auto* known = std::find_if(
    states.begin(), states.end(),
    [&state](const name_and_letters& s) { return s.first == state; });
  if (known != states.end())
    return std::string{known->second};
  std::string code;
  if (state.starts_with("us-"))
    code = state.substr(3);
  else if (state.size() == 4 && state[1] == '.' && state[3] == '.')
    code = {state[0], state[2]};
  return is_code(code) ? code : state;
}

} // namespace fairlead
