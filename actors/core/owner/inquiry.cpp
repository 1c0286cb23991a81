#include "actors/core/owner/inquiry.hpp"

#include "actors/core/limits.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/merge.hpp"
#include "actors/core/owner/ownership.hpp"
#include "actors/core/owner/tasks.hpp"
#include "actors/core/owner/warnings.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

/// R15: a team that nobody has configured may only fill up so far.
bool has_room(step& s, const visited_lead& lead) {
  if (s.team().document() || lead->known)
    return true;
  if (s.team().counters().leads_unconfigured >= limits::leads_of_unknown_team) {
    s.reject(
      {dead_letter_reason::unknown_team,
       {{"", "the team is not configured and has too many leads already"}}});
    return false;
  }
  s.team().change(lead_let_in{});
  return true;
}

std::int64_t minute_of(instant t) {
  return std::chrono::floor<std::chrono::minutes>(t).time_since_epoch().count();
}

/// R11: older leads wait, there is somebody for the new one, and no round was
/// made in this minute of the clock.
bool others_go_first(const step& s, const visited_lead& lead) {
  const auto& team = s.team();
  return lead->epoch == 0 && !lead->waiting() && !team.waiting().empty()
         && team.counters().round_minute != minute_of(s.now())
         && rules_find_somebody(team, lead->details, s.now());
}

/// What is held for a lead that still has nobody may be for one who has opted
/// out (R18).
void refuse_if_opted_out(step& s, visited_lead& lead) {
  if (!lead->owner && !lead->held.empty() && opted_out(s, lead))
    refuse_all(s, lead, refusal_reason::opted_out);
}

/// By what was looked up, else by the rules; before a newcomer those who wait
/// have their turn (R11).
void find_or_let_pass(step& s, visited_lead& lead, const looked_up& by,
                      const known_person& person, telling how) {
  if (person.owner || !others_go_first(s, lead)) {
    find_owner(s, lead, person, how);
    return refuse_if_opted_out(s, lead);
  }
  s.team().change(round_made{minute_of(s.now())});
  bool too_many = s.team().waiting().size() > limits::leads_per_mass_step;
  s.next(to_team(work_on{}));
  if (too_many) {
    start_waiting(s, lead, true);
    return refuse_if_opted_out(s, lead);
  }
  its_turn turn;
  if (!by.phones.empty())
    turn.phone = by.phones.front();
  if (!by.emails.empty())
    turn.email = by.emails.front();
  s.next(to_lead(lead.id(), std::move(turn)));
}

/// R12: a phone or an e-mail that the lead did not have leads to another active
/// owner than its own.
std::optional<std::string> other_owner(step& s, const visited_lead& lead,
                                       const contact_reading& c) {
  auto is_new = [](const std::vector<std::string>& kept,
                   const std::optional<reachable>& given) {
    return given
           && std::find(kept.begin(), kept.end(), given->value) == kept.end();
  };
  looked_up by;
  if (is_new(lead->phones, c.phone))
    by.phones.push_back(c.phone->value);
  if (is_new(lead->emails, c.email))
    by.emails.push_back(c.email->value);
  auto p = look_up_person(s, lead, by);
  return p.owner && p.owner != lead->owner ? p.owner : p.conflict;
}

std::optional<std::string> value_of(const std::optional<reachable>& x) {
  return x ? std::optional{x->value} : std::nullopt;
}

/// R13: whether the agent that the event asks for gets the lead, and what is to
/// be said of it. R12 goes first: who knows the person already keeps them.
bool goes_to(const step& s, const visited_lead& lead,
             const known_person& person, const std::string& agent,
             std::vector<std::string>& said) {
  if (lead->epoch > 0 || person.known) {
    if (person.owner != agent)
      said.emplace_back("already_owned");
    return false;
  }
  const auto* a = s.team().agent(agent);
  if (a == nullptr)
    said.emplace_back("unknown_agent");
  else if (!a->active())
    said.emplace_back("inactive_agent");
  return a != nullptr && a->active();
}

} // namespace

void receive_lead(step& s, visited_lead& lead, const lead_received& e) {
  if (!has_room(s, lead))
    return;
  auto c = read_contact_of(s, e.contact);
  remarks r{.notes = c.notes, .agents = {}};
  r.notes.insert(r.notes.end(), e.notes.begin(), e.notes.end());
  bool owned = has_active_owner(s, lead);
  bool heard_of = lead->known && !lead->unreceived;
  auto other = owned && heard_of ? other_owner(s, lead, c) : std::nullopt;
  merge(s, lead, c, e.details, came_by::inquiry);
  if (e.opt_in)
    opt_in(s, lead, given_by(c));
  else
    keep_opted_out(s, lead);
  if (lead->closed)
    lead.change(lead_open{true});
  if (owned) {
    if (!heard_of) // R32
      return;
    if (other)
      s.emit(lead.id(), lead_conflict{.kept_owner = *lead->owner,
                                      .other_owner = *other,
                                      .phone = value_of(c.phone),
                                      .email = value_of(c.email)});
    if (!e.quiet)
      tell_of_re_inquiry(s, lead, unread_of(r.notes));
    return;
  }
  auto by = given_by(c);
  auto person = look_up_person(s, lead, by);
  bool direct
    = e.assigned_agent && goes_to(s, lead, person, *e.assigned_agent, r.agents);
  keep_remarks(lead, r);
  if (lead->quiet != e.quiet)
    lead.change(quieted{e.quiet});
  auto how = e.quiet ? telling::quiet : telling::aloud;
  if (direct)
    give(s, lead, choose_agent(s, *e.assigned_agent, assign_reason::direct),
         person, how);
  else
    find_or_let_pass(s, lead, by, person, how);
}

void receive_transfer(step& s, visited_lead& lead,
                      const transfer_requested& e) {
  if (!has_room(s, lead))
    return;
  if (has_active_owner(s, lead))
    return;
  if (lead->owner)
    return replace_owner(s, lead);
  auto c = read_contact_of(s, e.contact);
  merge(s, lead, c, {}, came_by::transfer);
  keep_opted_out(s, lead);
  keep_remarks(lead, {.notes = c.notes, .agents = {}});
  auto by = given_by(c);
  find_or_let_pass(s, lead, by, look_up_person(s, lead, by), telling::aloud);
}

void take_turn(step& s, visited_lead& lead, const its_turn& e) {
  looked_up by;
  if (e.phone)
    by.phones.push_back(*e.phone);
  if (e.email)
    by.emails.push_back(*e.email);
  const auto* received = std::get_if<lead_received>(&s.event()->body);
  bool quiet = received != nullptr && received->quiet;
  // One who waited may have been the same person, and have an owner now.
  find_owner(s, lead, look_up_person(s, lead, by),
             quiet ? telling::quiet : telling::aloud);
  refuse_if_opted_out(s, lead);
}

void try_again_for(step& s, visited_lead& lead) {
  lead.forget_if_due(); // it waits no longer, either
  if (lead->waiting())
    find_owner(s, lead, look_up_person(s, lead, all_kept(s, lead)),
               lead->quiet ? telling::quiet : telling::aloud);
}

void assign_by_hand(step& s, visited_lead& lead,
                    const lead_assignment_requested& e) {
  if (!lead->known)
    return s.reject({dead_letter_reason::unknown_lead,
                     {{"/data/lead_id", "names a lead that is not known"}}});
  auto failed = [&](failure_reason why) {
    s.emit(lead.id(), action_failed{.action = action_kind::assign,
                                    .reason = why,
                                    .call_id = std::nullopt,
                                    .agent_id = e.agent_id});
  };
  if (e.agent_id && lead->owner == e.agent_id)
    return;
  if (e.if_owner_epoch && std::cmp_not_equal(*e.if_owner_epoch, lead->epoch))
    return failed(failure_reason::stale);
  if (e.agent_id) {
    const auto* a = s.team().agent(*e.agent_id);
    if (a == nullptr)
      return failed(failure_reason::unknown_agent);
    if (!a->active())
      return failed(failure_reason::inactive_agent);
    return give(s, lead, choose_agent(s, *e.agent_id, assign_reason::manual));
  }
  owner_choice c;
  if (e.pool_id) {
    const auto* pool = s.team().pool(*e.pool_id);
    if (pool == nullptr)
      return failed(failure_reason::unknown_pool);
    c = choose_from_pool(s, *pool, pool->requires_, assign_reason::manual,
                         lead->owner);
  } else {
    c = choose_by_rules(s, lead->details, assign_reason::manual, lead->owner);
  }
  if (c.agent)
    give(s, lead, std::move(c));
  else
    s.emit(lead.id(), std::move(c.why));
}

void close_lead(step& s, visited_lead& lead) {
  if (!lead->known)
    return s.reject({dead_letter_reason::unknown_lead,
                     {{"/data/lead_id", "names a lead that is not known"}}});
  lead.change(lead_open{false});
  stop_waiting(s, lead);
  auto tasks = lead->tasks;
  for (const auto& t : tasks)
    cancel_task(s, lead, t, task_cancel_reason::lead_closed);
  refuse_all(s, lead, refusal_reason::lead_closed);
}

} // namespace fairlead
