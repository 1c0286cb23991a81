#include "actors/core/owner/group.hpp"

#include "actors/core/overload.hpp"
#include "actors/core/owner/rules.hpp"

namespace fairlead {

group_choice group_for(const team_state& team, const lead_details& d,
                       instant now) {
  auto rules = matching_rules(team, d, now);
  if (rules.empty())
    return {everybody{}, std::nullopt};
  group_choice c;
  c.rule_id = rules.front()->id;
  std::visit([&c](const auto& to) { c.group = to; }, rules.front()->assign);
  return c;
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
