#include "actors/core/owner/choice.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/rules.hpp"

#include <algorithm>
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

/// Whether absence keeps a pool's members from a relaxed choice: not where it
/// would keep all of them (R50).
absence_rule relaxed_absence(const team_state& team, const pool_document& pool,
                             instant now) {
  bool all_away = std::all_of(pool.members.begin(), pool.members.end(),
                              [&](const pool_member& m) {
                                const auto* a = team.agent(m.agent_id);
                                return a != nullptr && is_absent(team, *a, now);
                              });
  return all_away ? absence_rule::set_aside : absence_rule::counts;
}

const pool_document& pool_of(const team_state& team, const routing_rule& r) {
  const auto* pool = team.pool(std::get<pool_ref>(r.assign).id);
  require(pool != nullptr, "a rule with an unknown pool was let in");
  return *pool;
}

/// The rules that were looked at without being the one chosen, in their order
/// (R19).
class passed_over_rules {
public:
  void add(const routing_rule& r, const std::optional<rule_obstacle>& why) {
    // One more than are listed: one of them may be chosen after all.
    if (rules_.size() <= limits::passed_over_listed)
      rules_.push_back(
        {.rule_id = r.id,
         .because = why ? why->because : passed_over_because::nobody_eligible,
         .missing = why && why->missing});
  }
  /// What the decision for `chosen` lists; nothing chosen: all.
  std::vector<rule_passed_over> take(const std::optional<std::string>& chosen) {
    std::erase_if(rules_, [&chosen](const rule_passed_over& r) {
      return r.rule_id == chosen;
    });
    if (rules_.size() > limits::passed_over_listed)
      rules_.pop_back();
    return std::move(rules_);
  }

private:
  std::vector<rule_passed_over> rules_;
};

owner_choice choose_among(step& s, const pool_document& pool,
                          assign_requires demand, absence_rule absence,
                          assign_reason reason,
                          const std::optional<std::string>& left_out);

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
  rule_matcher matcher{team, lead, s.now()};
  const auto& rules = matcher.rules();
  const routing_rule* first_with_pool = nullptr;
  bool any_matches = false;
  std::optional<owner_choice> last;
  passed_over_rules passed;
  auto by_rule = [&passed](owner_choice c, const routing_rule& r) {
    c.rule_id = r.id;
    c.why.rule_id = r.id;
    if (c.agent)
      c.why.passed_over = passed.take(r.id);
    return c;
  };
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& r = rules[i];
    auto obstacle = matcher.obstacle(i);
    if (!obstacle) {
      any_matches = true;
      if (const auto* to = std::get_if<agent_ref>(&r.assign)) {
        if (takes_named(team, to->id, s.now()) && to->id != left_out)
          return by_rule(choose_agent(s, to->id, assign_reason::rule_agent), r);
      } else {
        const auto& pool = pool_of(team, r);
        auto c = by_rule(choose_from_pool(s, pool, pool.requires_,
                                          assign_reason::rotation, left_out),
                         r);
        if (c.agent)
          return c;
        last = std::move(c);
        if (first_with_pool == nullptr)
          first_with_pool = &r;
      }
    }
    passed.add(r, obstacle);
  }
  if (first_with_pool != nullptr) {
    const auto& pool = pool_of(team, *first_with_pool);
    auto c = by_rule(choose_among(s, pool, assign_requires::none,
                                  relaxed_absence(team, pool, s.now()),
                                  assign_reason::relaxed, left_out),
                     *first_with_pool);
    if (c.agent)
      return c;
    last = std::move(c);
  }
  owner_choice none;
  if (auto c = choose_default(s, left_out))
    none = std::move(*c);
  else if (last) // the last pool that was asked shows why it is nobody
    none = std::move(*last);
  else
    none.why = assignment_decision(s);
  none.why.passed_over = passed.take(std::nullopt);
  none.nobody = any_matches ? unassigned_reason::nobody_eligible
                            : unassigned_reason::no_rule;
  return none;
}

owner_choice choose_among(step& s, const pool_document& pool,
                          assign_requires demand, absence_rule absence,
                          assign_reason reason,
                          const std::optional<std::string>& left_out) {
  auto& team = s.team();
  const auto& r = team.rotation_of(pool.id);
  std::vector<bool> eligible(r.members.size());
  std::vector<std::optional<exclusion>> excluded(r.members.size());
  for (std::size_t i = 0; i < r.members.size(); ++i) {
    const auto& id = r.members[i].agent_id;
    excluded[i] = owner_exclusion(team, id, demand, s.now(), absence);
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
  return choose_among(s, pool, demand, absence_rule::counts, reason, left_out);
}

owner_choice choose_by_rules(step& s, const lead_details& lead,
                             std::optional<assign_reason> reason,
                             const std::optional<std::string>& left_out) {
  auto c = walk_rules(s, lead, left_out);
  if (c.agent && reason)
    c.reason = *reason;
  return c;
}

bool rules_find_somebody(const team_state& team, const lead_details& lead,
                         instant now) {
  rule_matcher matcher{team, lead, now};
  const auto& rules = matcher.rules();
  const pool_document* first_pool = nullptr;
  auto somebody = [&](const pool_document& pool, assign_requires demand,
                      absence_rule absence) {
    return std::any_of(
      pool.members.begin(), pool.members.end(), [&](const pool_member& m) {
        return !owner_exclusion(team, m.agent_id, demand, now, absence);
      });
  };
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (matcher.obstacle(i))
      continue;
    if (const auto* to = std::get_if<agent_ref>(&rules[i].assign)) {
      if (takes_named(team, to->id, now))
        return true;
      continue;
    }
    const auto& pool = pool_of(team, rules[i]);
    if (somebody(pool, pool.requires_, absence_rule::counts))
      return true;
    if (first_pool == nullptr)
      first_pool = &pool;
  }
  return first_pool != nullptr
         && somebody(*first_pool, assign_requires::none,
                     relaxed_absence(team, *first_pool, now));
}

} // namespace fairlead
