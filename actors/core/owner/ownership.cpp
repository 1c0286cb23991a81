#include "actors/core/owner/ownership.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/rest_of_person.hpp"
#include "actors/core/owner/stage.hpp"
#include "actors/core/owner/stand_in.hpp"
#include "actors/core/owner/warnings.hpp"
#include "actors/core/state/reach.hpp"
#include "actors/core/step/notify.hpp"

#include <utility>

namespace fairlead {
namespace {

std::string why_handed_over(assign_reason reason) {
  if (reason == assign_reason::outcome)
    return "by the outcome of a call";
  if (reason == assign_reason::manual)
    return "by hand";
  if (reason == assign_reason::existing_owner)
    return "because you know this person already";
  return "because the previous owner is not available any more";
}

void own(step& s, visited_lead& lead, const std::string& agent) {
  stop_waiting(s, lead);
  auto no = s.team().counters().owner_last + 1;
  s.team().change(owner_counted{no});
  lead.change(owner_taken{agent, no});
}

void move_tasks(step& s, visited_lead& lead) {
  if (lead->tasks.empty())
    return;
  for (const auto& t : lead->tasks)
    s.emit(
      lead.id(),
      task_moved{.task_id = t.task_id, .from = t.assignee, .to = lead->owner});
  lead.change(tasks_moved{*lead->owner, std::nullopt});
}

void say_conflict(step& s, const visited_lead& lead, const std::string& other,
                  std::optional<std::string> phone,
                  std::optional<std::string> email) {
  s.emit(lead.id(), lead_conflict{.kept_owner = *lead->owner,
                                  .other_owner = other,
                                  .phone = std::move(phone),
                                  .email = std::move(email)});
}

std::optional<std::string> copy_of(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional{*text};
}

/// R12: somebody looks after the person while the owner is absent.
void ask_for_cover(step& s, const visited_lead& lead) {
  const auto* owner = s.team().agent(*lead->owner);
  if (owner == nullptr || !is_absent(s.team(), *owner, s.now()))
    return;
  auto stand_in = stand_in_of(s, lead);
  if (!stand_in)
    return;
  auto who = name_of(s, lead);
  notification_requested n;
  n.kind = notification_kind::cover;
  n.title = "Can you cover? " + who;
  n.text = who + " has asked, and " + name_of_agent(s, *lead->owner)
           + ", who looks after them, is not there.";
  if (notify(s, lead, *stand_in, std::move(n)))
    count_as_asked(s, lead);
}

void tell_new_lead(step& s, const visited_lead& lead,
                   const std::string& unread) {
  auto who = name_of(s, lead);
  notification_requested n;
  n.kind = notification_kind::new_lead;
  n.title = "New lead: " + who;
  n.text = who + " is your new lead"
           + (lead->details.source ? " from " + *lead->details.source : "")
           + "." + unread;
  if (notify(s, lead, *lead->owner, std::move(n)))
    ask_for_cover(s, lead);
}

void tell_reassigned(step& s, const visited_lead& lead, assign_reason reason,
                     std::size_t others, const std::string& unread) {
  auto who = name_of(s, lead);
  notification_requested n;
  n.kind = notification_kind::reassigned;
  n.title = who + " is yours now";
  n.text = who + " has been handed to you " + why_handed_over(reason) + ".";
  if (others > 0) {
    n.count = static_cast<std::int64_t>(others) + 1;
    n.text += " With " + who + (others == 1 ? " goes " : " go ")
              + std::to_string(others)
              + (others == 1 ? " more lead of the same person."
                             : " more leads of the same person.");
  }
  n.text += unread;
  notify(s, lead, *lead->owner, std::move(n));
}

} // namespace

bool has_active_owner(const step& s, const visited_lead& lead) {
  return s.team().is_active(lead->owner);
}

void start_waiting(step& s, visited_lead& lead, bool unsaid) {
  auto& team = s.team();
  // A team that is not configured is tried at roster events only (R11).
  if (team.waiting().empty() && team.document())
    team.change(retry_set{s.now() + limits::retry_every});
  auto no = team.counters().waiting_last + 1;
  team.change(place_given{no});
  lead.change(waits{no, unsaid});
  team.set_waiting(no, lead.id());
}

void stop_waiting(step& s, visited_lead& lead) {
  if (!lead->waiting())
    return;
  s.team().drop_waiting(lead->waiting_no);
  lead.change(waits{0});
  if (s.team().waiting().empty() && s.team().counters().retry_at)
    s.team().change(retry_set{std::nullopt});
}

void tell_of_re_inquiry(step& s, visited_lead& lead,
                        const std::vector<std::string>& unread) {
  if (lead->told_at != instant{}
      && s.now() - lead->told_at < limits::re_inquiry_every)
    return;
  auto who = name_of(s, lead);
  notification_requested n;
  n.kind = notification_kind::re_inquiry;
  n.title = who + " is back";
  n.text = who + " has asked again." + in_brackets(unread);
  if (!notify(s, lead, *lead->owner, std::move(n)))
    return;
  lead.change(re_inquiry_told{s.now()});
  ask_for_cover(s, lead);
}

void give(step& s, visited_lead& lead, owner_choice c,
          const known_person& person, telling how) {
  require(c.agent.has_value(), "a lead is given to nobody");
  // The order of what follows is the contract's order of outputs.
  auto& team = s.team();
  bool first = lead->epoch == 0;
  auto old_owner = lead->owner;
  auto rest = old_owner ? look_for_rest(s, lead) : rest_of_person{};
  auto previous = !first ? lead->last_owner
                  : c.reason == assign_reason::owner_inactive
                    ? person.last_owner
                    : std::nullopt;
  auto unread = lead->unread;
  auto decision = s.emit(lead.id(), std::move(c.why));
  s.emit(lead.id(),
         lead_assigned{.again = !first,
                       .agent = {*c.agent, name_of_agent(s, *c.agent)},
                       .previous_owner = previous,
                       .reason = c.reason,
                       .rule_id = c.rule_id,
                       .pool_id = c.pool_id,
                       .turn = c.turn,
                       .with = std::nullopt,
                       .decision_id = decision,
                       .warnings = lead->warnings});
  own(s, lead, *c.agent);
  if (c.turn)
    s.next(to_agent(*c.agent, turn_used{}));
  if (person.conflict)
    say_conflict(s, lead, *person.conflict, person.phone, person.email);
  if (rest.left_behind)
    say_conflict(s, lead, *old_owner, copy_of(phone_of(team, *lead)),
                 copy_of(email_of(team, *lead)));
  bool by_person = c.reason == assign_reason::existing_owner;
  if (first && !by_person && c.reason != assign_reason::owner_inactive) {
    const auto& document = team.document();
    if (auto stage
        = document ? document->assigned_stage : team_document{}.assigned_stage)
      set_stage(s, lead, *stage);
  }
  move_tasks(s, lead);
  // R40: a new lead takes the time of the last one over.
  if (first && by_person && person.lead_id)
    if (auto told = team.lead_cell(*person.lead_id).state.told_at;
        told != lead->told_at)
      lead.change(re_inquiry_told{told});
  if (how == telling::aloud) {
    if (!first)
      tell_reassigned(s, lead, c.reason, rest.leads.size(),
                      in_brackets(unread));
    else if (by_person)
      tell_of_re_inquiry(s, lead, unread);
    else
      tell_new_lead(s, lead, in_brackets(unread));
  }
  release_held(s, lead);
  for (auto& id : rest.leads)
    s.next(to_lead(std::move(id), go_along{.with = lead.id(),
                                           .agent_id = *c.agent,
                                           .reason = c.reason,
                                           .rule_id = c.rule_id,
                                           .decision_id = decision}));
  s.count_mass_leads(rest.leads.size());
}

void go_with(step& s, visited_lead& lead, const go_along& e) {
  s.emit(lead.id(),
         lead_assigned{.again = true,
                       .agent = {e.agent_id, name_of_agent(s, e.agent_id)},
                       .previous_owner = lead->last_owner,
                       .reason = e.reason,
                       .rule_id = e.rule_id,
                       .pool_id = std::nullopt,
                       .turn = std::nullopt,
                       .with = e.with,
                       .decision_id = e.decision_id,
                       .warnings = {}});
  own(s, lead, e.agent_id);
  move_tasks(s, lead);
  release_held(s, lead);
}

void find_owner(step& s, visited_lead& lead, const known_person& person,
                telling how) {
  if (person.owner)
    return give(s, lead,
                choose_agent(s, *person.owner, assign_reason::existing_owner),
                person, how);
  std::optional<assign_reason> reason;
  if (lead->epoch > 0 || person.known)
    reason = assign_reason::owner_inactive;
  auto c = choose_by_rules(s, lead->details, reason, std::nullopt);
  if (c.agent)
    return give(s, lead, std::move(c), person, how);
  // Reported once; and nobody needs to worry about a closed lead without an
  // owner.
  if ((lead->waiting() && !lead->unsaid) || (lead->closed && !lead->owner))
    return;
  s.emit(lead.id(), std::move(c.why));
  s.emit(lead.id(), lead_unassigned{c.nobody});
  if (lead->owner)
    lead.change(owner_lost{});
  if (lead->waiting())
    lead.change(waits{lead->waiting_no, false});
  else if (!lead->closed)
    start_waiting(s, lead, false);
}

void ensure_owner(step& s, visited_lead& lead) {
  if (has_active_owner(s, lead))
    return;
  if (lead->owner)
    return replace_owner(s, lead);
  find_owner(s, lead, look_up_person(s, lead, all_kept(s, lead)));
}

void replace_owner(step& s, visited_lead& lead) {
  find_owner(s, lead, {});
}

} // namespace fairlead
