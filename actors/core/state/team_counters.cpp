#include "actors/core/state/team_counters.hpp"

#include "messages/documents.hpp"

#include <algorithm>
#include <tuple>

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

void apply(team_counters& s, const line_counted& r) {
  auto it
    = std::find_if(s.lines.begin(), s.lines.end(),
                   [&r](const line_taken& l) { return l.number == r.number; });
  if (it != s.lines.end())
    it->legs += r.more;
  else if (r.more > 0)
    s.lines.push_back({r.number, r.more});
  std::erase_if(s.lines, [](const line_taken& l) { return l.legs <= 0; });
}

void apply(team_counters& s, const rung_counted& r) {
  s.rung_last = r.no;
}

void apply(team_counters& s, const wait_listed& r) {
  auto place = std::find_if(
    s.waiting.begin(), s.waiting.end(), [&r](const routing_waits& w) {
      return std::tie(r.routing.started, r.routing.call_id)
             < std::tie(w.started, w.call_id);
    });
  s.waiting.insert(place, r.routing);
}

void apply(team_counters& s, const wait_unlisted& r) {
  std::erase_if(
    s.waiting, [&r](const routing_waits& w) { return w.call_id == r.call_id; });
  if (s.waiting.empty())
    s.wrap_up_ends.reset();
}

void apply(team_counters& s, const wrap_up_awaited& r) {
  s.wrap_up_ends = r.until;
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
  std::optional<instant> due;
  auto consider = [&due](std::optional<instant> t) {
    if (t && (!due || *t < *due))
      due = t;
  };
  if (!c.mass.empty())
    consider(c.mass_due);
  consider(c.retry_at);
  consider(c.wrap_up_ends);
  return due;
}

} // namespace fairlead
