#include "actors/core/owner/ownership.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/rules.hpp"
#include "actors/core/step/notify.hpp"

#include <algorithm>

namespace fairlead {
namespace {

std::string name_of_agent(const team_state& team, const std::string& id) {
  const auto* a = team.agent(id);
  return a == nullptr ? id : a->document.name;
}

decision_recorded assignment_decision(const step& s) {
  decision_recorded d;
  d.kind = decision_kind::assignment;
  d.config_version = s.team().config_version();
  return d;
}

/// R11's ends: the team's default owner, then the account owner.
std::optional<owner_choice>
choose_default(const step& s, const std::optional<std::string>& left_out) {
  const auto& d = s.team().document();
  if (!d)
    return std::nullopt;
  auto fits = [&](const std::string& id) {
    return s.team().is_active(id) && id != left_out;
  };
  if (fits(d->default_owner))
    return choose_agent(s, d->default_owner, assign_reason::default_owner);
  if (fits(d->account_owner))
    return choose_agent(s, d->account_owner, assign_reason::account_owner);
  return std::nullopt;
}

/// A rule's named agent must be active and accepting (R7).
bool takes_leads(const team_state& team, const std::string& id) {
  const auto* a = team.agent(id);
  return a != nullptr && a->active() && a->accepting_leads;
}

owner_choice walk_rules(step& s, const lead_state& lead,
                        const std::optional<std::string>& left_out) {
  auto& team = s.team();
  if (!team.document()) {
    owner_choice none;
    none.nobody = unassigned_reason::unknown_team;
    none.why = assignment_decision(s);
    return none;
  }
  auto rules = matching_rules(team, lead.details, s.now());
  const pool_document* first_pool = nullptr;
  const routing_rule* first_pool_rule = nullptr;
  std::optional<owner_choice> last;
  auto by_rule = [](owner_choice c, const routing_rule& r) {
    c.rule_id = r.id;
    c.why.rule_id = r.id;
    return c;
  };
  for (const auto* r : rules) {
    if (const auto* to = std::get_if<agent_ref>(&r->assign)) {
      if (takes_leads(team, to->id) && to->id != left_out)
        return by_rule(choose_agent(s, to->id, assign_reason::rule_agent), *r);
      continue;
    }
    const auto* pool = team.pool(std::get<pool_ref>(r->assign).id);
    require(pool != nullptr, "a rule with an unknown pool was let in");
    auto c = by_rule(choose_from_pool(s, *pool, pool->requires_,
                                      assign_reason::rotation, left_out),
                     *r);
    if (c.agent)
      return c;
    last = std::move(c);
    if (first_pool == nullptr) {
      first_pool = pool;
      first_pool_rule = r;
    }
  }
  if (first_pool != nullptr) {
    auto c = by_rule(choose_from_pool(s, *first_pool, assign_requires::none,
                                      assign_reason::relaxed, left_out),
                     *first_pool_rule);
    if (c.agent)
      return c;
    last = std::move(c);
  }
  if (auto c = choose_default(s, left_out))
    return *c;
  owner_choice none;
  if (last)
    none = std::move(*last);
  else
    none.why = assignment_decision(s);
  none.nobody = rules.empty() ? unassigned_reason::no_rule
                              : unassigned_reason::nobody_eligible;
  return none;
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

/// The one lead of a phone or an e-mail: that received last, of those that
/// ever had an owner and are not forgotten (R12, R15).
std::optional<lead_head> last_received(step& s, const std::string& key,
                                       const std::string& except) {
  const auto& leads = s.team().person(key).leads;
  for (auto it = leads.rbegin(); it != leads.rend(); ++it) {
    if (*it == except)
      continue;
    auto h = s.team().head(*it);
    if (h && h->known && h->epoch > 0 && !forgotten(*h, s.now()))
      return h;
  }
  return std::nullopt;
}

} // namespace

owner_choice choose_agent(const step& s, const std::string& agent,
                          assign_reason reason) {
  owner_choice c;
  c.agent = agent;
  c.reason = reason;
  c.why = assignment_decision(s);
  c.why.candidates.push_back({.agent_id = agent, .pass = {}, .excluded = {}});
  c.why.chosen = {agent};
  return c;
}

owner_choice choose_from_pool(step& s, const pool_document& pool,
                              assign_requires demand, assign_reason reason,
                              const std::optional<std::string>& left_out) {
  auto& team = s.team();
  const auto& r = team.rotation_of(pool.id);
  std::vector<bool> eligible(r.members.size());
  std::vector<std::optional<exclusion>> excluded(r.members.size());
  for (std::size_t i = 0; i < r.members.size(); ++i) {
    const auto& id = r.members[i].agent_id;
    excluded[i] = owner_exclusion(team, id, demand, s.now());
    if (!excluded[i] && id == left_out)
      excluded[i] = exclusion::current_owner;
    eligible[i] = !excluded[i];
  }
  auto chosen = choose(r, std::move(eligible));
  if (!chosen.fair)
    s.count_unfair_choice();
  owner_choice c;
  c.reason = reason;
  c.pool_id = pool.id;
  c.why = assignment_decision(s);
  c.why.pool_id = pool.id;
  c.why.v_before = chosen.v;
  c.why.candidates.reserve(r.members.size());
  for (std::size_t i = 0; i < r.members.size(); ++i)
    c.why.candidates.push_back({.agent_id = r.members[i].agent_id,
                                .pass = chosen.passes[i],
                                .excluded = excluded[i]});
  if (!chosen.chosen)
    return c;
  c.agent = r.members[*chosen.chosen].agent_id;
  c.why.chosen = {*c.agent};
  c.why.tie_break = chosen.tie;
  c.why.pass_after = chosen.pass_after;
  team.use_turn(pool.id, chosen);
  c.turn = team.rotation_of(pool.id).turns;
  return c;
}

owner_choice choose_by_rules(step& s, const lead_state& lead,
                             std::optional<assign_reason> reason,
                             const std::optional<std::string>& left_out) {
  auto c = walk_rules(s, lead, left_out);
  if (c.agent && reason)
    c.reason = *reason;
  return c;
}

known_person look_up_person(step& s, const std::string& lead_id,
                            const lead_state& lead) {
  known_person p;
  std::optional<lead_head> by_phone, by_email;
  if (lead.phone)
    by_phone = last_received(s, phone_key(*lead.phone), lead_id);
  if (lead.email)
    by_email = last_received(s, email_key(*lead.email), lead_id);
  p.known = by_phone || by_email;
  if (p.known)
    p.last_owner = by_phone ? by_phone->last_owner : by_email->last_owner;
  auto active = [&s](const std::optional<lead_head>& h) {
    return h && s.team().is_active(h->owner());
  };
  if (active(by_phone)) {
    p.owner = by_phone->owner();
    p.by_phone = true;
    if (active(by_email) && by_email->owner() != p.owner)
      p.conflict = by_email->owner();
  } else if (active(by_email)) {
    p.owner = by_email->owner();
  }
  return p;
}

bool has_active_owner(const step& s, const lead_state& lead) {
  return s.team().is_active(lead.owner);
}

std::string call_by(const std::string& lead_id, const lead_state& lead) {
  for (const auto* field : {&lead.name, &lead.phone_text, &lead.email_text})
    if (*field && !(*field)->empty())
      return **field;
  return "lead " + lead_id;
}

void set_stage(step& s, held_lead& lead, const std::string& to) {
  if (lead->stage == to)
    return;
  s.emit(lead.id(), lead.id(),
         lead_stage_changed{.from = lead->stage, .to = to});
  lead.change(stage_set{to});
}

void stop_waiting(step& s, held_lead& lead) {
  if (!lead->waiting())
    return;
  s.team().drop_waiting(lead->waiting_no);
  lead.change(waits{0});
  if (s.team().waiting().empty())
    s.team().change_counters().retry_at.reset();
}

void give(step& s, held_lead& lead, owner_choice c,
          const known_person& person) {
  require(c.agent.has_value(), "a lead is given to nobody");
  auto& team = s.team();
  bool again = lead->epoch > 0;
  auto previous = again ? lead->last_owner
                  : c.reason == assign_reason::owner_inactive
                    ? person.last_owner
                    : std::nullopt;
  auto decision = s.emit(lead.id(), lead.id(), std::move(c.why));
  s.emit(lead.id(), lead.id(),
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
    s.next({entity_kind::agent, *c.agent, turn_used{}});
  if (person.conflict)
    s.emit(lead.id(), lead.id(),
           lead_conflict{.kept_owner = *c.agent,
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
      lead.id(), lead.id(),
      task_moved{.task_id = t.task_id, .from = t.assignee, .to = *c.agent});
  if (!lead->tasks.empty())
    lead.change(tasks_moved{*c.agent});
  auto who = call_by(lead.id(), *lead);
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
  notify(s, lead.id(), *c.agent, std::move(n));
  release_held(s, lead);
}

bool find_owner(step& s, held_lead& lead, need why) {
  return find_owner(s, lead,
                    why == need::arrived ? look_up_person(s, lead.id(), *lead)
                                         : known_person{});
}

bool find_owner(step& s, held_lead& lead, const known_person& person) {
  if (person.owner) {
    give(s, lead, choose_agent(s, *person.owner, assign_reason::existing_owner),
         person);
    return true;
  }
  std::optional<assign_reason> reason;
  if (lead->epoch > 0 || person.known)
    reason = assign_reason::owner_inactive;
  auto c = choose_by_rules(s, *lead, reason, std::nullopt);
  if (c.agent) {
    give(s, lead, std::move(c), person);
    return true;
  }
  // Reported once; and a closed lead without an owner is nobody's worry.
  if (lead->waiting() || (lead->closed && !lead->owner))
    return false;
  s.emit(lead.id(), lead.id(), std::move(c.why));
  s.emit(lead.id(), lead.id(), lead_unassigned{c.nobody});
  if (lead->owner)
    lead.change(owner_lost{});
  if (lead->closed)
    return false;
  auto& counters = s.team().change_counters();
  if (s.team().waiting().empty())
    counters.retry_at = s.now() + limits::retry_every;
  lead.change(waits{++counters.waiting_last});
  s.team().set_waiting(lead->waiting_no, lead.id());
  return false;
}

void ensure_owner(step& s, held_lead& lead) {
  if (has_active_owner(s, *lead))
    return;
  find_owner(s, lead, lead->owner ? need::abandoned : need::arrived);
}

} // namespace fairlead
