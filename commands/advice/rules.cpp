#include "commands/advice/rules.hpp"

#include "actors/core/state/conditions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

std::string rule_at(std::size_t i) {
  return "/data/routing_rules/" + std::to_string(i);
}

struct list {
  std::string_view name;
  listed_texts read_conditions::*texts;
};

constexpr std::array lists{list{"sources", &read_conditions::sources},
                           list{"lead_types", &read_conditions::lead_types},
                           list{"tags", &read_conditions::tags},
                           list{"cities", &read_conditions::cities},
                           list{"zips", &read_conditions::zips},
                           list{"states", &read_conditions::states},
                           list{"timeframes", &read_conditions::timeframes},
                           list{"languages", &read_conditions::languages}};

/// A lead has no empty texts (R53), so nothing meets a list of them.
bool only_empty(const listed_texts& l) {
  return l.begins.empty() && !l.exact.empty() && l.exact.back().empty();
}

/// Every text that meets the one meets the other, too.
bool within(const listed_texts& narrow, const listed_texts& wide) {
  if (wide.empty())
    return true;
  return !narrow.empty()
         && std::all_of(narrow.exact.begin(), narrow.exact.end(),
                        [&](const auto& t) { return wide.met_by(t); })
         && std::all_of(
           narrow.begins.begin(), narrow.begins.end(),
           [&](const auto& t) { return wide.has_beginning_of(t); });
}

bool within(const read_conditions& narrow, const read_conditions& wide) {
  return std::all_of(lists.begin(), lists.end(),
                     [&](const list& l) {
                       return within(narrow.*l.texts, wide.*l.texts);
                     })
         && (!wide.min_price
             || (narrow.min_price && *narrow.min_price >= *wide.min_price))
         && (!wide.max_price
             || (narrow.max_price && *narrow.max_price <= *wide.max_price));
}

bool is_always(const std::optional<weekly_window>& active) {
  return !active
         || (active->hours.from_min == active->hours.to_min
             && std::all_of(active->days.begin(), active->days.end(),
                            [](bool day) { return day; }));
}

/// One rule as it is looked at from behind.
class rule_book {
public:
  explicit rule_book(const team_document& team) : team_{team} {
    for (const auto& r : team.rules)
      conditions_.push_back(conditions_of(r.when, team.region));
  }

  std::vector<fault> all() {
    for (std::size_t i = 0; i < team_.rules.size(); ++i) {
      bool can_match = look_at_conditions(i) & look_at_hours(i);
      look_at_pool(i);
      if (can_match)
        look_at_those_in_front(i);
    }
    look_at_the_end();
    look_at_pools();
    return std::move(told_);
  }

private:
  void tell(std::string pointer, std::string what) {
    told_.push_back({std::move(pointer), std::move(what)});
  }

  const pool_document* pool_of(const routing_rule& r) const {
    const auto* to = std::get_if<pool_ref>(&r.assign);
    if (to == nullptr)
      return nullptr;
    auto it = std::find_if(team_.pools.begin(), team_.pools.end(),
                           [to](const auto& p) { return p.id == to->id; });
    return it == team_.pools.end() ? nullptr : &*it;
  }

  bool has_anybody(const routing_rule& r) const {
    const auto* pool = pool_of(r);
    return pool == nullptr || !pool->members.empty();
  }

  bool look_at_conditions(std::size_t i) {
    bool can = true;
    for (const auto& l : lists)
      if (only_empty(conditions_[i].*l.texts)) {
        tell(rule_at(i) + "/when/" + std::string{l.name},
             "has only empty texts: the rule can never match");
        can = false;
      }
    const auto& when = conditions_[i];
    if (when.min_price && when.max_price && *when.min_price > *when.max_price) {
      tell(rule_at(i) + "/when/min_price",
           "is above max_price: the rule can never match");
      can = false;
    }
    return can;
  }

  bool look_at_hours(std::size_t i) {
    const auto& active = team_.rules[i].active;
    if (!active || !team_.holidays.empty())
      return true;
    auto weekdays_end = active->days.begin() + holiday;
    if (std::find(active->days.begin(), weekdays_end, true) != weekdays_end)
      return true;
    tell(rule_at(i) + "/active/days",
         "is holiday alone, and the team has no holidays: the rule can never "
         "match");
    return false;
  }

  void look_at_pool(std::size_t i) {
    if (!has_anybody(team_.rules[i]))
      tell(rule_at(i) + "/assign/pool", "has no members: the rule gives nobody "
                                        "a lead");
  }

  /// A rule that takes every lead is told about itself, not behind each.
  bool takes_all(std::size_t i) const {
    return is_always(team_.rules[i].active)
           && within(read_conditions{}, conditions_[i]);
  }

  void look_at_those_in_front(std::size_t i) {
    for (std::size_t front = 0; front < i; ++front) {
      const auto& rule = team_.rules[front];
      if (takes_all(front) && has_anybody(rule))
        return;
      if ((is_always(rule.active) || rule.active == team_.rules[i].active)
          && has_anybody(rule) && within(conditions_[i], conditions_[front])) {
        tell(rule_at(i), "comes after a rule that matches all its leads, "
                           + rule.id
                           + ": it counts only where that finds nobody");
        return;
      }
    }
  }

  void look_at_the_end() {
    for (std::size_t i = 0; i < team_.rules.size(); ++i)
      if (takes_all(i)) {
        if (i + 1 < team_.rules.size() && has_anybody(team_.rules[i]))
          tell(rule_at(i), "takes every lead at any time: the rules behind it "
                           "count only where it finds nobody");
        return;
      }
    if (!team_.rules.empty() || !team_.pools.empty())
      tell("/data/routing_rules",
           "have none that takes every lead at any time: leads that match none "
           "go to the default owner");
  }

  void look_at_pools() {
    std::set<std::string_view> used;
    for (const auto& r : team_.rules)
      if (const auto* to = std::get_if<pool_ref>(&r.assign))
        used.insert(to->id);
    for (const auto& o : team_.outcomes)
      for (const auto& a : o.actions)
        if (const auto* assign = std::get_if<assign_action>(&a))
          if (const auto* to = std::get_if<pool_ref>(&assign->to))
            used.insert(to->id);
    for (std::size_t i = 0; i < team_.pools.size(); ++i)
      if (!used.contains(team_.pools[i].id))
        tell("/data/pools/" + std::to_string(i),
             "is used by no rule and by no action");
  }

  const team_document& team_;
  std::vector<read_conditions> conditions_;
  std::vector<fault> told_;
};

} // namespace

std::vector<fault> advice_on_rules(const team_document& team) {
  return rule_book{team}.all();
}

} // namespace fairlead
