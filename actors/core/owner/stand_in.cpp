#include "actors/core/owner/stand_in.hpp"

#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/group.hpp"

namespace fairlead {
namespace {

found_stand_in& find(step& s, const visited_lead& lead) {
  for (auto& f : s.stand_ins())
    if (f.lead_id == lead.id() && f.owner == lead->owner)
      return f;
  return s.stand_ins().emplace_back(found_stand_in{
    .lead_id = lead.id(),
    .owner = lead->owner,
    .agent_id = stand_in_for(s.team(), lead->details, lead->owner, s.now()),
    .asked = false});
}

} // namespace

std::optional<std::string> stand_in_for(const team_state& team,
                                        const lead_details& lead,
                                        const std::optional<std::string>& owner,
                                        instant now) {
  taken_numbers taken{team, now};
  for (const auto& g : groups_for(team, lead, now)) {
    const agent_state* best = nullptr;
    std::optional<std::string> found;
    for (const auto& id : members_of(team, g.group)) {
      if (id == owner || ring_exclusion(team, id, taken, now))
        continue;
      const auto* a = team.agent(id);
      if (best == nullptr || a->covered_no < best->covered_no) {
        best = a;
        found = id;
      }
    }
    if (found)
      return found;
  }
  return std::nullopt;
}

std::optional<std::string> stand_in_of(step& s, const visited_lead& lead) {
  return find(s, lead).agent_id;
}

void count_as_asked(step& s, const visited_lead& lead) {
  auto& found = find(s, lead);
  if (!found.agent_id || found.asked)
    return;
  found.asked = true;
  s.next(to_agent(*found.agent_id, cover_requested{}));
}

} // namespace fairlead
