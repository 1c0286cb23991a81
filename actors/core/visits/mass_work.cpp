#include "actors/core/visits/mass_work.hpp"

#include "actors/core/limits.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using what = mass_work::what;

/// As far as a head tells, the agent's going concerns the lead: it is theirs,
/// or somebody else has a task on it that may be theirs.
bool may_concern(const step& s, const mass_work& w, const lead_head& h) {
  if (!h.known || forgotten(h, s.now()) || !h.owned)
    return false;
  if (h.owner() != w.agent_id)
    return h.lent_tasks;
  return h.has_tasks || (w.kind == what::open_leads && !h.closed);
}

/// Whether it does, now that it is the lead's turn: it may have gone along with
/// another one (R54), and of a task the head does not tell whose it is.
bool concerns(step& s, const mass_work& w, const std::string& id) {
  auto h = s.team().head(id);
  if (!h || !may_concern(s, w, *h))
    return false;
  const auto& lead = s.team().lead_cell(id).state;
  auto open = [&](const open_task& t) {
    return s.now() - t.due_at < limits::task_kept_after_due;
  };
  if (lead.owner == w.agent_id)
    return (w.kind == what::open_leads && !lead.closed)
           || std::any_of(lead.tasks.begin(), lead.tasks.end(), open);
  return std::any_of(
    lead.tasks.begin(), lead.tasks.end(),
    [&](const open_task& t) { return t.assignee == w.agent_id && open(t); });
}

/// The next leads that the first work may concern, by id. At most as many as a
/// step may handle.
std::vector<std::string> look_ahead(const step& s, const mass_work& w) {
  std::vector<std::string> ids;
  s.team().scan_leads(w.after, [&](const std::string& id, const lead_head& h) {
    if (may_concern(s, w, h))
      ids.push_back(id);
    return ids.size() < limits::leads_per_mass_step;
  });
  return ids;
}

/// The next lead that waits, of those that did when the step began: what begins
/// to wait in it has been tried.
std::optional<std::string> next_waiting(const step& s, mass_work& w) {
  const auto& waiting = s.team().waiting();
  auto it = waiting.upper_bound(w.after_no);
  if (it == waiting.end() || it->first > s.last_to_wait())
    return std::nullopt;
  if (s.mass_left() != 0)
    w.after_no = it->first;
  return it->second;
}

/// The next lead of an agent who has gone.
std::optional<std::string> next_concerned(step& s, work_goes_on& w) {
  auto& work = w.works.front();
  if (s.team().is_active(work.agent_id))
    return std::nullopt; // they are back
  for (;;) {
    if (w.next == w.leads.size()) {
      w.leads = look_ahead(s, work);
      w.next = 0;
      if (w.leads.empty())
        return std::nullopt;
    }
    const auto& id = w.leads[w.next];
    bool wanted = concerns(s, work, id);
    if (wanted && s.mass_left() == 0)
      return id; // for the next step
    work.after = id;
    ++w.next;
    if (wanted)
      return id;
  }
}

void leave_over(step& s, std::vector<mass_work> works) {
  if (!works.empty() || !s.team().counters().mass.empty())
    s.team().change(mass_left_over{std::move(works), s.now()});
}

} // namespace

void take_up_mass_work(step& s, const work_on& w) {
  auto works = s.team().counters().mass;
  if (w.added)
    works.push_back(*w.added);
  // A new round over the waiting leads makes the rest of an older one needless.
  std::erase_if(works,
                [](const mass_work& x) { return x.kind == what::waiting; });
  if (!s.team().waiting().empty())
    works.push_back({.kind = what::waiting, .agent_id = {}, .after = {}});
  next_of_mass_work(s, {.works = std::move(works), .leads = {}});
}

void go_on_with_mass_work(step& s) {
  next_of_mass_work(s, {.works = s.team().counters().mass, .leads = {}});
}

void next_of_mass_work(step& s, work_goes_on w) {
  while (!w.works.empty()) {
    auto& work = w.works.front();
    bool waiting = work.kind == what::waiting;
    auto lead = waiting ? next_waiting(s, work) : next_concerned(s, w);
    if (!lead) {
      if (!waiting && !s.team().is_active(work.agent_id))
        s.finally(to_agent(work.agent_id, leads_done{}));
      w.works.erase(w.works.begin());
      w.leads.clear();
      w.next = 0;
      continue;
    }
    if (s.mass_left() == 0)
      break;
    s.count_mass_leads(1);
    if (waiting)
      s.next(to_lead(*lead, try_again{}));
    else
      s.next(
        to_lead(*lead, assign_anew{.agent_id = work.agent_id,
                                   .open = work.kind == what::open_leads}));
    return s.next(to_team(std::move(w)));
  }
  leave_over(s, std::move(w.works));
}

} // namespace fairlead
