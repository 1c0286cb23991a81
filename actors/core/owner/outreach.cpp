#include "actors/core/owner/outreach.hpp"

#include "actors/core/limits.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/ownership.hpp"

#include <utility>

namespace fairlead {

void gate_outreach(step& s, visited_lead& lead, const outreach_requested& e) {
  bool touches = lead->owner && !has_active_owner(s, lead);
  if (!touches || opted_out(s, lead))
    return let_through(s, lead, e);
  replace_owner(s, lead);
  s.next(to_lead(lead.id(), gate_opened{}));
}

void let_through(step& s, visited_lead& lead, const outreach_requested& e) {
  held_outreach item{.outreach_id = e.outreach_id,
                     .channel = e.channel,
                     .payload = e.payload,
                     .until = s.now() + limits::outreach_held};
  // A lead that is not known yet may still come: its outreach is held.
  if (lead->known) {
    if (opted_out(s, lead))
      return emit_gated(s, lead, item, gate::refused,
                        refusal_reason::opted_out);
    if (has_active_owner(s, lead))
      return emit_gated(s, lead, item, gate::released);
    if (lead->closed)
      return emit_gated(s, lead, item, gate::refused,
                        refusal_reason::lead_closed);
  }
  auto bytes = item.outreach_id.size() + item.channel.size()
               + (item.payload ? item.payload->size() : 0);
  if (lead->held.size() >= limits::outreach_per_lead
      || held_bytes(*lead) + bytes > limits::outreach_bytes_per_lead)
    return emit_gated(s, lead, item, gate::refused, refusal_reason::too_many);
  emit_gated(s, lead, item, gate::held);
  lead.change(outreach_held{std::move(item)});
}

} // namespace fairlead
