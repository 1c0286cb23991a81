#include "actors/core/state/agent.hpp"

namespace fairlead {

void apply(agent_state& s, const agent_documented& r) {
  // The document's toggles only set the start: of a new agent and of one that
  // comes back (contract, agent document and small print).
  bool starts = s.document.agent_id.empty() || s.removed;
  if (s.removed) {
    // A removed agent that comes back starts anew, but a call that it is on
    // is still a call.
    agent_state fresh;
    fresh.ringing_for = s.ringing_for;
    fresh.on_call = s.on_call;
    fresh.wrap_up_until = s.wrap_up_until;
    fresh.held = s.held;
    fresh.seen = s.seen;
    s = std::move(fresh);
  }
  s.document = r.document;
  s.phone = r.phone;
  s.version_known = newest(s.version_known, r.document.version);
  if (starts) {
    s.accepting_leads = r.document.accepting_leads;
    s.available_for_calls = r.document.available_for_calls;
  }
}

void apply(agent_state& s, const agent_gone&) {
  s.removed = true;
  s.accepting_leads = false;
  s.available_for_calls = false;
}

void apply(agent_state& s, const toggled& r) {
  if (r.available_for_calls)
    s.available_for_calls = *r.available_for_calls;
  if (r.accepting_leads)
    s.accepting_leads = *r.accepting_leads;
}

void apply(agent_state& s, const away_set& r) {
  s.away_until = r.until;
}

void apply(agent_state& s, const busy_set& r) {
  s.busy_until = r.until;
}

void apply(agent_state& s, const turn_counted& r) {
  // R7: the date only moves forward, also where a zone was set right.
  if (r.date > s.turns_date) {
    s.turns_date = r.date;
    s.turns_today = 0;
  }
  ++s.turns_today;
}

void apply(agent_state& s, const leg_reserved& r) {
  s.ringing_for = r.call_id;
  s.held = r.number;
  s.rung_no = r.no;
}

void apply(agent_state& s, const reservation_ended&) {
  s.ringing_for.reset();
  s.held = {};
}

void apply(agent_state& s, const call_connected& r) {
  s.ringing_for.reset();
  s.on_call = r.call_id;
}

void apply(agent_state& s, const call_left& r) {
  s.on_call.reset();
  s.wrap_up_until = r.wrap_up_until;
  if (r.wrap_up_until == instant{})
    s.held = {};
}

void apply(agent_state& s, const miss_counted&) {
  ++s.misses;
}

void apply(agent_state& s, const misses_reset&) {
  s.misses = 0;
}

void apply(agent_state& s, const cover_asked& r) {
  s.covered_no = r.no;
}

void apply(agent_state& s, const agent_seen& r) {
  s.seen.add(r.key);
}

} // namespace fairlead
