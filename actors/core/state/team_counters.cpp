#include "actors/core/state/team_counters.hpp"

#include "messages/documents.hpp"

#include <algorithm>

namespace fairlead {

void apply(team_counters& s, const step_made& r) {
  s.now = r.now;
  s.sequence = r.sequence;
}

void apply(team_counters& s, const timer_fired& r) {
  s.timers_fired = r.no;
}

void apply(team_counters& s, const document_counted& r) {
  ++s.documents_applied;
  s.version_known = newest(s.version_known, r.version);
}

void apply(team_counters& s, const lead_let_in&) {
  ++s.leads_unconfigured;
}

void apply(team_counters& s, const parked_counted& r) {
  s.parked += static_cast<std::uint64_t>(r.more);
}

void apply(team_counters& s, const place_given& r) {
  s.waiting_last = r.no;
}

void apply(team_counters& s, const owner_counted& r) {
  s.owner_last = r.no;
}

void apply(team_counters& s, const round_made& r) {
  s.round_minute = r.minute;
}

void apply(team_counters& s, const cover_counted& r) {
  s.cover_last = r.no;
}

void apply(team_counters& s, const retry_set& r) {
  s.retry_at = r.at;
}

void apply(team_counters& s, const mass_left_over& r) {
  s.mass = r.works;
  s.mass_due = r.due;
}

void apply(team_counters& s, const team_seen& r) {
  s.seen.add(r.key);
}

std::optional<instant> next_due(const team_counters& c) {
  if (!c.mass.empty())
    return c.retry_at ? std::min(c.mass_due, *c.retry_at) : c.mass_due;
  return c.retry_at;
}

} // namespace fairlead
