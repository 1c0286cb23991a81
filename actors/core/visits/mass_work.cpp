#include "actors/core/visits/mass_work.hpp"

#include "actors/core/limits.hpp"

#include <utility>
#include <vector>

namespace fairlead {
namespace {

/// Sends the step to the leads of mass work and moves the work's cursor.
/// Returns whether something of it may be left.
bool visit_leads(step& s, mass_work& w) {
  auto& team = s.team();
  if (w.kind == mass_work::what::waiting) {
    const auto& waiting = team.waiting();
    for (auto it = waiting.upper_bound(w.after_no); it != waiting.end(); ++it) {
      if (s.mass_left() == 0)
        return true;
      s.count_mass_lead();
      s.next(to_lead(it->second, try_again{}));
      w.after_no = it->first;
    }
    return false;
  }
  bool open = w.kind == mass_work::what::open_leads;
  bool left = false;
  team.scan_leads(w.after, [&](const std::string& id, const lead_head& h) {
    bool theirs = h.known && h.owner() == w.agent_id && !forgotten(h, s.now())
                  && (h.has_tasks || (open && !h.closed));
    if (!theirs)
      return true;
    if (s.mass_left() == 0) {
      left = true;
      return false;
    }
    s.count_mass_lead();
    s.next(to_lead(id, assign_anew{.open = open}));
    w.after = id;
    return true;
  });
  return left;
}

/// Does mass work up to this step's bound and leaves the rest to a timer that
/// is due at once (R17).
void do_mass_work(step& s, std::vector<mass_work> works) {
  std::vector<mass_work> rest;
  for (auto& w : works)
    if (!rest.empty() || visit_leads(s, w))
      rest.push_back(std::move(w));
  if (!rest.empty() || !s.team().counters().mass.empty())
    s.team().change(mass_left_over{std::move(rest), s.now()});
}

} // namespace

void take_up_mass_work(step& s, const work_on& w) {
  auto works = s.team().counters().mass;
  if (w.added)
    works.push_back(*w.added);
  // A new round over the waiting leads makes the rest of an older one needless.
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
