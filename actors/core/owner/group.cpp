#include "actors/core/owner/group.hpp"

#include "actors/core/overload.hpp"
#include "actors/core/owner/rules.hpp"

#include <utility>

namespace fairlead {

std::vector<group_choice> groups_for(const team_state& team,
                                     const lead_details& d, instant now) {
  std::vector<group_choice> groups;
  rule_matcher matcher{team, d, now};
  const auto& rules = matcher.rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (matcher.obstacle(i))
      continue;
    group_choice c{.group = {}, .rule_id = rules[i].id};
    std::visit([&c](const auto& to) { c.group = to; }, rules[i].assign);
    groups.push_back(std::move(c));
  }
  if (groups.empty())
    groups.push_back({.group = everybody{}, .rule_id = {}});
  return groups;
}

std::vector<std::string> members_of(const team_state& team,
                                    const group_ref& group) {
  std::vector<std::string> ids;
  std::visit(overload{[&](const everybody&) {
                        for (const auto& [id, unused] : team.roster())
                          ids.push_back(id);
                      },
                      [&](const pool_ref& p) {
                        if (const auto* pool = team.pool(p.id))
                          for (const auto& m : pool->members)
                            ids.push_back(m.agent_id);
                      },
                      [&](const agent_ref& a) { ids.push_back(a.id); }},
             group);
  return ids;
}

} // namespace fairlead
