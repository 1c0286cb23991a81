#include "actors/core/owner/ownership.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/stage.hpp"
#include "actors/core/step/notify.hpp"

#include <utility>

namespace fairlead {
namespace {

std::string name_of_agent(const team_state& team, const std::string& id) {
  const auto* a = team.agent(id);
  return a == nullptr ? id : a->document.name;
}

std::string why_handed_over(assign_reason reason) {
  if (reason == assign_reason::outcome)
    return "by the outcome of a call";
  if (reason == assign_reason::manual)
    return "by hand";
  if (reason == assign_reason::existing_owner)
    return "because you know this person already";
  return "because the previous owner is not available any more";
}

} // namespace

bool has_active_owner(const step& s, const visited_lead& lead) {
  return s.team().is_active(lead->owner);
}

void stop_waiting(step& s, visited_lead& lead) {
  if (!lead->waiting())
    return;
  s.team().drop_waiting(lead->waiting_no);
  lead.change(waits{0});
  if (s.team().waiting().empty())
    s.team().change(retry_set{std::nullopt});
}

void give(step& s, visited_lead& lead, owner_choice c,
          const known_person& person) {
  require(c.agent.has_value(), "a lead is given to nobody");
  // The order of what follows is the contract's order of outputs.
  auto& team = s.team();
  bool again = lead->epoch > 0;
  auto previous = again ? lead->last_owner
                  : c.reason == assign_reason::owner_inactive
                    ? person.last_owner
                    : std::nullopt;
  auto decision = s.emit(lead.id(), std::move(c.why));
  s.emit(lead.id(),
         lead_assigned{.again = again,
                       .agent = {*c.agent, name_of_agent(team, *c.agent)},
                       .previous_owner = previous,
                       .reason = c.reason,
                       .rule_id = c.rule_id,
                       .pool_id = c.pool_id,
                       .turn = c.turn,
                       .decision_id = decision,
                       .warnings = lead->warnings});
  stop_waiting(s, lead);
  lead.change(owner_taken{*c.agent});
  if (c.turn)
    s.next(to_agent(*c.agent, turn_used{}));
  if (person.conflict)
    s.emit(lead.id(), lead_conflict{.kept_owner = *c.agent,
                                    .other_owner = *person.conflict,
                                    .phone = lead->phone.value_or(""),
                                    .email = lead->email.value_or("")});
  const auto& document = team.document();
  auto stage
    = document ? document->assigned_stage : team_document{}.assigned_stage;
  if (!again && !person.known && c.reason != assign_reason::existing_owner
      && stage)
    set_stage(s, lead, *stage);
  for (const auto& t : lead->tasks)
    s.emit(
      lead.id(),
      task_moved{.task_id = t.task_id, .from = t.assignee, .to = *c.agent});
  if (!lead->tasks.empty())
    lead.change(tasks_moved{*c.agent});
  auto who = name_of(lead);
  notification_requested n;
  if (!again && c.reason == assign_reason::existing_owner) {
    n.kind = notification_kind::re_inquiry;
    n.title = who + " is back";
    n.text = who + " has asked again and stays with you.";
  } else if (again) {
    n.kind = notification_kind::reassigned;
    n.title = who + " is yours now";
    n.text = who + " has been handed to you " + why_handed_over(c.reason) + ".";
  } else {
    n.kind = notification_kind::new_lead;
    n.title = "New lead: " + who;
    n.text = who + " is your new lead"
             + (lead->details.source ? " from " + *lead->details.source : "")
             + ".";
  }
  notify(s, lead, *c.agent, std::move(n));
  release_held(s, lead);
}

bool find_owner(step& s, visited_lead& lead, need why) {
  return find_owner(
    s, lead, why == need::arrived ? look_up_person(s, lead) : known_person{});
}

bool find_owner(step& s, visited_lead& lead, const known_person& person) {
  if (person.owner) {
    give(s, lead, choose_agent(s, *person.owner, assign_reason::existing_owner),
         person);
    return true;
  }
  std::optional<assign_reason> reason;
  if (lead->epoch > 0 || person.known)
    reason = assign_reason::owner_inactive;
  auto c = choose_by_rules(s, lead->details, reason, std::nullopt);
  if (c.agent) {
    give(s, lead, std::move(c), person);
    return true;
  }
  // Reported once; and nobody needs to worry about a closed lead without an
  // owner.
  if (lead->waiting() || (lead->closed && !lead->owner))
    return false;
  s.emit(lead.id(), std::move(c.why));
  s.emit(lead.id(), lead_unassigned{c.nobody});
  if (lead->owner)
    lead.change(owner_lost{});
  if (lead->closed)
    return false;
  auto& team = s.team();
  if (team.waiting().empty())
    team.change(retry_set{s.now() + limits::retry_every});
  auto no = team.counters().waiting_last + 1;
  team.change(place_given{no});
  lead.change(waits{no});
  team.set_waiting(no, lead.id());
  return false;
}

void ensure_owner(step& s, visited_lead& lead) {
  if (has_active_owner(s, lead))
    return;
  find_owner(s, lead, lead->owner ? need::abandoned : need::arrived);
}

} // namespace fairlead
