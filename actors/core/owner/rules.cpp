#include "actors/core/owner/rules.hpp"

#include "actors/core/owner/schedule.hpp"
#include "actors/core/text.hpp"

#include <algorithm>

namespace fairlead {
namespace {

using texts = std::vector<std::string>;

bool contains(const texts& wanted, std::string_view value) {
  auto v = folded(value);
  return std::any_of(wanted.begin(), wanted.end(),
                     [&v](const std::string& w) { return folded(w) == v; });
}

/// An empty condition matches everything; a field that the lead lacks nothing.
bool holds(const texts& wanted, const std::optional<std::string>& value) {
  return wanted.empty() || (value && contains(wanted, *value));
}

bool type_holds(const texts& wanted, const std::optional<std::string>& value) {
  if (holds(wanted, value))
    return true;
  return value && folded(*value) == "both"
         && (contains(wanted, "buyer") || contains(wanted, "seller"));
}

bool tags_hold(const texts& wanted, const std::optional<texts>& tags) {
  if (wanted.empty())
    return true;
  return tags
         && std::any_of(tags->begin(), tags->end(), [&](const std::string& t) {
              return contains(wanted, t);
            });
}

bool price_holds(const rule_conditions& when,
                 const std::optional<std::int64_t>& price) {
  if (!when.min_price && !when.max_price)
    return true;
  return price && (!when.min_price || *when.min_price <= *price)
         && (!when.max_price || *price <= *when.max_price);
}

} // namespace

bool matches(const rule_conditions& when, const lead_details& d) {
  return holds(when.sources, d.source)
         && type_holds(when.lead_types, d.lead_type)
         && tags_hold(when.tags, d.tags) && holds(when.cities, d.city)
         && holds(when.zips, d.zip) && holds(when.states, d.state)
         && holds(when.timeframes, d.timeframe) && price_holds(when, d.price);
}

std::vector<const routing_rule*>
matching_rules(const team_state& team, const lead_details& d, instant now) {
  std::vector<const routing_rule*> found;
  if (team.document())
    for (const auto& r : team.document()->rules)
      if (matches(r.when, d)
          && (!r.active || inside(*r.active, team.time_zone(), now)))
        found.push_back(&r);
  return found;
}

} // namespace fairlead
