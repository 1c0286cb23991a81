#include "actors/core/state/conditions.hpp"

#include "messages/reading/folding.hpp"
#include "messages/reading/lead_type.hpp"
#include "messages/reading/places.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace fairlead {
namespace {

/// `read` says how a text is compared, `begin` how the folded beginning of one
/// that ends in `*` is.
template <class Read, class Begin>
listed_texts listed(const std::vector<std::string>& texts, Read read,
                    Begin begin) {
  listed_texts l;
  for (const auto& t : texts) {
    auto f = folded(t);
    if (f.ends_with('*')) {
      f.pop_back();
      l.begins.push_back(begin(std::move(f)));
    } else {
      l.exact.push_back(read(t));
    }
  }
  std::sort(l.exact.begin(), l.exact.end());
  return l;
}

std::string as_it_is(std::string text) {
  return text;
}

listed_texts listed(const std::vector<std::string>& texts) {
  return listed(texts, folded, as_it_is);
}

std::string type_for_comparison(std::string_view text) {
  return folded(read_lead_type(text).type);
}

std::string zip_beginning(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
  return text;
}

} // namespace

std::string language_for_comparison(std::string_view text) {
  auto f = folded(text);
  std::replace(f.begin(), f.end(), '_', '-');
  return f;
}

bool listed_texts::lists(std::string_view text) const {
  return std::binary_search(exact.begin(), exact.end(), text, std::less<>{});
}

bool listed_texts::has_beginning_of(std::string_view text) const {
  return std::any_of(begins.begin(), begins.end(), [text](const auto& begin) {
    return text.starts_with(begin);
  });
}

read_conditions conditions_of(const rule_conditions& when,
                              std::string_view region) {
  return {
    .sources = listed(when.sources),
    .lead_types = listed(when.lead_types, type_for_comparison, as_it_is),
    .tags = listed(when.tags),
    .cities = listed(when.cities),
    .zips = listed(
      when.zips,
      [region](std::string_view t) { return zip_for_comparison(t, region); },
      zip_beginning),
    .states = listed(
      when.states,
      [region](std::string_view t) { return state_for_comparison(t, region); },
      as_it_is),
    .timeframes = listed(when.timeframes),
    .languages
    = listed(when.languages, language_for_comparison, language_for_comparison),
    .min_price = when.min_price,
    .max_price = when.max_price};
}

} // namespace fairlead
