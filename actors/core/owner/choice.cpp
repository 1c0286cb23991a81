#include "actors/core/owner/choice.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/rules.hpp"

#include <utility>
#include <vector>

namespace fairlead {
namespace {

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

/// R11's chain: the matching rules in order, each by its agent or its pool;
/// then the first of their pools again, with duty hours and the call toggle
/// left aside; then the default owner and the account owner.
owner_choice walk_rules(step& s, const lead_details& lead,
                        const std::optional<std::string>& left_out) {
  auto& team = s.team();
  if (!team.document()) {
    owner_choice none;
    none.nobody = unassigned_reason::unknown_team;
    none.why = assignment_decision(s);
    return none;
  }
  auto rules = matching_rules(team, lead, s.now());
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
  // Nobody: the last pool that was asked shows why.
  owner_choice none;
  if (last)
    none = std::move(*last);
  else
    none.why = assignment_decision(s);
  none.nobody = rules.empty() ? unassigned_reason::no_rule
                              : unassigned_reason::nobody_eligible;
  return none;
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

owner_choice choose_by_rules(step& s, const lead_details& lead,
                             std::optional<assign_reason> reason,
                             const std::optional<std::string>& left_out) {
  auto c = walk_rules(s, lead, left_out);
  if (c.agent && reason)
    c.reason = *reason;
  return c;
}

} // namespace fairlead
