#include "actors/core/owner/stage.hpp"

namespace fairlead {

void set_stage(step& s, visited_lead& lead, const std::string& to) {
  if (lead->stage == to)
    return;
  s.emit(lead.id(), lead_stage_changed{.from = lead->stage, .to = to});
  lead.change(stage_set{to});
}

} // namespace fairlead
