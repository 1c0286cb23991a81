#include "actors/core/visits/mass_work.hpp"

#include "actors/core/limits.hpp"

#include <utility>
#include <vector>

namespace fairlead {
namespace {

/// Leads of mass work, as visits; moves the work's cursor. Returns whether
/// something of it may be left.
bool gather(step& s, mass_work& w, std::vector<visit>& visits) {
  auto& team = s.team();
  if (w.kind == mass_work::what::waiting) {
    const auto& waiting = team.waiting();
    for (auto it = waiting.upper_bound(w.after_no); it != waiting.end(); ++it) {
      if (s.mass_left() == 0)
        return true;
      s.count_mass_lead();
      visits.push_back({entity_kind::lead, it->second, try_again{}});
      w.after_no = it->first;
    }
    return false;
  }
  bool left = false;
  team.scan_leads(w.after, [&](const std::string& id, const lead_head& h) {
    bool theirs = h.known && h.owner() == w.agent_id && !forgotten(h, s.now())
                  && (h.has_tasks
                      || (w.kind == mass_work::what::open_leads && !h.closed));
    if (!theirs)
      return true;
    if (s.mass_left() == 0) {
      left = true;
      return false;
    }
    s.count_mass_lead();
    visits.push_back(
      {entity_kind::lead, id,
       assign_anew{.open = w.kind == mass_work::what::open_leads}});
    w.after = id;
    return true;
  });
  return left;
}

/// Does mass work up to this step's bound and leaves the rest to a timer that
/// is due at once (R17).
void do_mass_work(step& s, std::vector<mass_work> works) {
  std::vector<visit> visits;
  std::vector<mass_work> rest;
  for (auto& w : works)
    if (!rest.empty() || gather(s, w, visits))
      rest.push_back(std::move(w));
  if (!rest.empty() || !s.team().counters().mass.empty()) {
    auto& c = s.team().change_counters();
    c.mass = std::move(rest);
    c.mass_due = s.now();
  }
  s.next(std::move(visits));
}

} // namespace

void take_up_mass_work(step& s, const work_on& w) {
  auto works = s.team().counters().mass;
  if (w.added)
    works.push_back(*w.added);
  // A new round over those who wait makes the rest of an older one needless.
  std::erase_if(works, [](const mass_work& x) {
    return x.kind == mass_work::what::waiting;
  });
  if (!s.team().waiting().empty())
    works.push_back(
      {.kind = mass_work::what::waiting, .agent_id = {}, .after = {}});
  do_mass_work(s, std::move(works));
}

void go_on_with_mass_work(step& s) {
  do_mass_work(s, s.team().counters().mass);
}

} // namespace fairlead
