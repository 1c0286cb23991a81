#include "actors/core/owner/cover.hpp"

#include "actors/core/owner/stand_in.hpp"

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
