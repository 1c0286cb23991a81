#include "actors/core/owner/rules.hpp"

#include "actors/core/owner/schedule.hpp"
#include "messages/reading/folding.hpp"
#include "messages/reading/places.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// A text of the lead, read at the first look at it.
template <class Read>
const std::string& once(std::optional<std::string>& kept,
                        const std::string& text, Read read) {
  if (!kept)
    kept = read(text);
  return *kept;
}

bool any_of_them(const listed_texts& wanted,
                 const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [&wanted](const auto& t) { return wanted.met_by(t); });
}

/// `es` is met by `es`, `es-mx` and `es-mx-x`.
bool language_meets(const listed_texts& wanted, std::string_view language) {
  if (wanted.met_by(language))
    return true;
  for (auto end = language.rfind('-'); end != std::string_view::npos;
       end = language.rfind('-')) {
    language = language.substr(0, end);
    if (wanted.lists(language))
      return true;
  }
  return false;
}

bool price_meets(const read_conditions& when, std::int64_t price) {
  return (!when.min_price || *when.min_price <= price)
         && (!when.max_price || price <= *when.max_price);
}

} // namespace

const std::vector<routing_rule>& rule_matcher::rules() const {
  static const std::vector<routing_rule> none;
  return team_.document() ? team_.document()->rules : none;
}

/// A lead of type `both` is compared as all three.
const std::vector<std::string>& rule_matcher::lead_types() {
  if (types_.empty()) {
    types_.push_back(folded(*lead_.lead_type));
    if (types_.front() == "both")
      types_.insert(types_.end(), {"buyer", "seller"});
  }
  return types_;
}

const std::vector<std::string>& rule_matcher::lead_tags() {
  if (tags_.empty())
    for (const auto& t : *lead_.tags)
      tags_.push_back(folded(t));
  return tags_;
}

std::optional<rule_obstacle> rule_matcher::obstacle(std::size_t rule) {
  using enum passed_over_because;
  const auto& active = rules()[rule].active;
  if (active && !inside(*active, team_.time_zone(), team_.holidays(), now_))
    return rule_obstacle{not_active, false};
  const auto& when = team_.conditions()[rule];
  const auto& region = team_.region();
  std::optional<rule_obstacle> found;
  // An empty condition matches everything; one on a field that the lead lacks
  // does not hold.
  auto look
    = [&found](passed_over_because field, bool asked, bool there, auto meets) {
        if (!found && asked && (!there || !meets()))
          found = rule_obstacle{field, !there};
      };
  look(source, !when.sources.empty(), lead_.source.has_value(), [&] {
    return when.sources.met_by(once(source_, *lead_.source, folded));
  });
  look(lead_type, !when.lead_types.empty(), lead_.lead_type.has_value(),
       [&] { return any_of_them(when.lead_types, lead_types()); });
  look(tags, !when.tags.empty(), lead_.tags && !lead_.tags->empty(),
       [&] { return any_of_them(when.tags, lead_tags()); });
  look(city, !when.cities.empty(), lead_.city.has_value(),
       [&] { return when.cities.met_by(once(city_, *lead_.city, folded)); });
  look(zip, !when.zips.empty(), lead_.zip.has_value(), [&] {
    return when.zips.met_by(once(zip_, *lead_.zip, [&](const auto& t) {
      return zip_for_comparison(t, region);
    }));
  });
  look(state, !when.states.empty(), lead_.state.has_value(), [&] {
    const auto& read = once(state_, *lead_.state, [&](const auto& t) {
      return state_for_comparison(t, region);
    });
    // Of a state that a `*` asks for, what was typed counts, too.
    return when.states.met_by(read)
           || (!when.states.begins.empty()
               && when.states.has_beginning_of(
                 once(state_typed_, *lead_.state, folded)));
  });
  look(price, when.min_price || when.max_price, lead_.price.has_value(),
       [&] { return price_meets(when, *lead_.price); });
  look(timeframe, !when.timeframes.empty(), lead_.timeframe.has_value(), [&] {
    return when.timeframes.met_by(once(timeframe_, *lead_.timeframe, folded));
  });
  look(language, !when.languages.empty(), lead_.language.has_value(), [&] {
    return language_meets(when.languages, once(language_, *lead_.language,
                                               language_for_comparison));
  });
  return found;
}

} // namespace fairlead
