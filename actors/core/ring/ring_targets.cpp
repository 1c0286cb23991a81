#include "actors/core/ring/ring_targets.hpp"

#include "actors/core/owner/group.hpp"
#include "actors/core/owner/schedule.hpp"
#include "messages/zones.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

dialled number_of(const fallback_entry& e) {
  return {.phone = e.phone, .endpoint = e.endpoint};
}

/// R51: the active agent whose number it is, of several the first.
std::optional<std::string> whose_number(const team_state& team,
                                        const dialled& number) {
  for (const auto& [id, c] : team.roster())
    if (c.state.active() && text_of(number_of(c.state)) == text_of(number))
      return id;
  return std::nullopt;
}

/// R25: the entry's own hours.
bool is_open(const team_state& team, const fallback_entry& e, instant now) {
  if (!e.hours)
    return true;
  const auto* z = e.time_zone ? find_zone(*e.time_zone) : nullptr;
  return inside(e.hours, z != nullptr ? *z : team.time_zone(), team.holidays(),
                now);
}

} // namespace

std::optional<std::string> owner_of(const step& s, const call_state& call) {
  auto h = s.team().head(call.lead_id);
  return h ? h->owner() : std::nullopt;
}

std::optional<exclusion> ringable::excluded(const std::string& agent_id) {
  auto it = known_.find(agent_id);
  if (it == known_.end())
    it = known_.emplace(agent_id, ring_exclusion(team_, agent_id, taken_, now_))
           .first;
  return it->second;
}

bool ringable::is_free(const fallback_entry& e,
                       const std::optional<std::string>& agent_id) const {
  auto in_use = taken_.on(text_of(number_of(e)));
  // An agent's number is that agent: toggles, schedule, absence and `busy` do
  // not count, but a reservation, a call and a wrap-up do.
  if (agent_id) {
    const auto* a = team_.agent(*agent_id);
    return in_use == 0 && !a->ringing_for && !a->on_call
           && now_ >= a->wrap_up_until;
  }
  return !e.lines || in_use < static_cast<std::uint64_t>(*e.lines);
}

call_targets::call_targets(step& s, const call_state& call, ringable& may_ring)
  : s_{s}, call_{call}, may_ring_{may_ring} {
  visited_lead lead{s, call.lead_id};
  leads_own_ = lead->phones;
}

bool call_targets::is_leads_own(std::string_view number) const {
  return std::find(leads_own_.begin(), leads_own_.end(), number)
         != leads_own_.end();
}

bool call_targets::has_rung(const target& t) const {
  auto number = text_of(t.number);
  if (!number.empty() && is_leads_own(number))
    return true;
  return std::any_of(call_.legs.begin(), call_.legs.end(), [&](const leg& l) {
    return call_.of_this_routing(l)
           && ((t.agent_id && l.agent_id == t.agent_id)
               || (!number.empty() && text_of(l.number) == number));
  });
}

target call_targets::agent(const std::string& id, bool again) {
  target t{.agent_id = id, .number = {}, .excluded = may_ring_.excluded(id)};
  if (const auto* a = s_.team().agent(id))
    t.number = number_of(*a);
  if (!t.excluded && (again ? is_leads_own(text_of(t.number)) : has_rung(t)))
    t.excluded = exclusion::already_rung;
  return t;
}

std::vector<target> call_targets::owner() {
  std::vector<target> targets;
  if (auto id = owner_of(s_, call_))
    targets.push_back(agent(*id));
  return targets;
}

std::vector<target> call_targets::group(const group_ref& g) {
  std::vector<target> targets;
  for (const auto& id : members_of(s_.team(), g))
    targets.push_back(agent(id));
  targets = once_a_number(std::move(targets));
  choose_whose_turn(targets);
  return targets;
}

std::vector<target> call_targets::cancelled_by(const leg& winner) {
  std::vector<target> targets;
  for (const auto& l : call_.legs)
    if (l.attempt == winner.attempt && l.end == leg_end::answered_elsewhere
        && l.agent_id)
      targets.push_back(agent(*l.agent_id, true));
  return once_a_number(std::move(targets));
}

std::vector<target>
call_targets::once_a_number(std::vector<target> targets) const {
  std::set<std::string, std::less<>> numbers;
  for (auto& t : targets)
    if (!t.excluded && !numbers.emplace(text_of(t.number)).second)
      t.excluded = exclusion::phone_busy;
  return targets;
}

void call_targets::choose_whose_turn(std::vector<target>& targets) const {
  if (!call_.settings.group_size)
    return;
  std::vector<std::pair<std::uint64_t, target*>> by_turn;
  for (auto& t : targets)
    if (!t.excluded)
      by_turn.emplace_back(s_.team().agent(*t.agent_id)->rung_no, &t);
  std::stable_sort(
    by_turn.begin(), by_turn.end(),
    [](const auto& x, const auto& y) { return x.first < y.first; });
  auto n = static_cast<std::uint64_t>(*call_.settings.group_size);
  for (std::uint64_t i = n; i < by_turn.size(); ++i)
    by_turn[i].second->later = true;
}

std::optional<call_targets::fallback> call_targets::next_fallback() {
  const auto& entries = call_.settings.fallback_numbers;
  for (auto i = call_.next_fallback; i < entries.size(); ++i) {
    const auto& e = entries[i];
    target t{.agent_id = {}, .number = number_of(e), .excluded = {}};
    if (has_rung(t) || !is_open(s_.team(), e, s_.now()))
      continue;
    t.agent_id = whose_number(s_.team(), t.number);
    if (may_ring_.is_free(e, t.agent_id))
      return fallback{std::move(t), i};
  }
  return std::nullopt;
}

decision_recorded ring_decision(const step& s, const visited_call& call,
                                const group_choice* group,
                                const std::vector<target>& targets) {
  decision_recorded d;
  d.kind = decision_kind::ring_attempt;
  d.config_version = s.team().config_version();
  d.call_id = call.id();
  if (group != nullptr) {
    d.rule_id = group->rule_id;
    if (const auto* p = std::get_if<pool_ref>(&group->group))
      d.pool_id = p->id;
  }
  for (const auto& t : targets)
    d.candidates.push_back(
      {.agent_id = *t.agent_id, .pass = {}, .excluded = t.excluded});
  return d;
}

} // namespace fairlead
