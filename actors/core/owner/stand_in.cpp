#include "actors/core/owner/stand_in.hpp"

#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/group.hpp"

namespace fairlead {

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

} // namespace fairlead
