#include "actors/core/state/rotation.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace fairlead {
namespace {

/// How far behind V a member may come back (R8): `catch_up_turns` turns.
std::int64_t grace(const rotation& r, const rotation_member& m) {
  return r.catch_up_turns * turn_cost(r.u, m.weight);
}

/// value * to / from, rounded up; exact for all values that occur.
std::int64_t rescaled(std::int64_t value, std::int64_t from, std::int64_t to) {
  __extension__ using wide = __int128;
  auto product = static_cast<wide>(value) * to;
  auto quotient = product / from;
  if (product % from > 0)
    ++quotient;
  return static_cast<std::int64_t>(quotient);
}

/// R5: above it a turn's cost is rounded up instead.
constexpr std::int64_t u_max = 1'000'000'000;

/// The least common multiple of two numbers of at most `u_max`, or `u_max`.
std::int64_t common_multiple(std::int64_t u, std::int64_t weight) {
  return u == u_max ? u : std::min(u_max, std::lcm(u, weight));
}

/// Those who were taken out and may still come back at `at`.
std::vector<gone_member> remembered(const rotation& r, instant at) {
  auto kept = r.gone;
  std::erase_if(kept, [at](const gone_member& g) {
    return at - g.left >= limits::gone_kept;
  });
  return kept;
}

gone_member as_gone(const rotation_member& m, instant at) {
  return {.agent_id = m.agent_id,
          .weight = m.weight,
          .pass = m.pass,
          .assigned_no = m.assigned_no,
          .left = at};
}

/// R15: no snapshot may pass 900 KiB, however long the names are of those who
/// were taken out: the oldest are forgotten first.
void keep_within_bytes(std::vector<gone_member>& gone) {
  std::size_t bytes = 0;
  auto first = gone.end();
  while (first != gone.begin()
         && bytes + std::prev(first)->agent_id.size()
              <= limits::gone_bytes_per_pool) {
    --first;
    bytes += first->agent_id.size();
  }
  gone.erase(gone.begin(), first);
}

template <class Members>
auto find_member(Members& members, const std::string& agent_id) {
  return std::find_if(
    members.begin(), members.end(),
    [&agent_id](const auto& m) { return m.agent_id == agent_id; });
}

} // namespace

rotation_choice choose(const rotation& now, std::vector<bool> eligible) {
  const auto& members = now.members;
  require(eligible.size() == members.size(), "R8: one mark for each member");
  rotation_choice c;
  c.v = now.v;
  c.passes.reserve(members.size());
  for (const auto& m : members)
    c.passes.push_back(m.pass);
  c.eligible = std::move(eligible);
  // (1) V follows the slowest of those who were eligible all the time, so it
  // never counts the silence of somebody who was away.
  std::optional<std::int64_t> slowest;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (c.eligible[i] && members[i].was_eligible)
      slowest = slowest ? std::min(*slowest, members[i].pass) : members[i].pass;
  if (slowest)
    c.v = std::max(c.v, *slowest);
  // (2) A member who comes back has no claim to the turns that were missed.
  for (std::size_t i = 0; i < members.size(); ++i)
    if (c.eligible[i] && !members[i].was_eligible)
      c.passes[i] = std::max(c.passes[i], c.v - grace(now, members[i]));
  // (3) The lowest pass; of several, the least recently assigned.
  bool tied = false;
  bool tied_in_time = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!c.eligible[i])
      continue;
    if (!c.chosen || c.passes[i] < c.passes[*c.chosen]) {
      c.chosen = i;
      tied = tied_in_time = false;
      continue;
    }
    if (c.passes[i] > c.passes[*c.chosen])
      continue;
    tied = true;
    if (members[i].assigned_no < members[*c.chosen].assigned_no) {
      c.chosen = i;
      tied_in_time = false;
    } else if (members[i].assigned_no == members[*c.chosen].assigned_no) {
      tied_in_time = true;
    }
  }
  if (!c.chosen) {
    c.v = now.v;
    return c;
  }
  if (tied)
    c.tie
      = tied_in_time ? tie_break::position : tie_break::least_recently_assigned;
  c.pass_after
    = c.passes[*c.chosen] + turn_cost(now.u, members[*c.chosen].weight);
  for (std::size_t i = 0; i < members.size(); ++i)
    if (c.eligible[i] && members[i].was_eligible && now.catch_up_turns == 0)
      c.fair = c.fair && c.v <= c.passes[i]
               && c.passes[i] <= c.v + turn_cost(now.u, members[i].weight);
  return c;
}

void apply(rotation& r, const rotation_choice& c) {
  if (!c.chosen)
    return;
  for (std::size_t i = 0; i < r.members.size(); ++i) {
    r.members[i].pass = c.passes[i];
    r.members[i].was_eligible = c.eligible[i];
  }
  r.v = std::max(c.v, c.passes[*c.chosen]);
  r.members[*c.chosen].pass = c.pass_after;
  r.members[*c.chosen].assigned_no = ++r.clock;
  ++r.turns;
}

rotation reconfigured(const std::optional<rotation>& now,
                      const pool_document& pool, instant at) {
  rotation next;
  next.catch_up_turns = pool.catch_up_turns;
  auto before = now.value_or(rotation{});
  auto gone = remembered(before, at);
  for (const auto& m : before.members)
    if (find_member(pool.members, m.agent_id) == pool.members.end())
      gone.push_back(as_gone(m, at));
  keep_within_bytes(gone);
  for (const auto& m : pool.members)
    next.u = common_multiple(next.u, m.weight);
  // Those who come back count with the weight that they have now.
  for (const auto& g : gone)
    if (find_member(pool.members, g.agent_id) == pool.members.end())
      next.u = common_multiple(next.u, g.weight);
  auto in_new_units
    = [&](std::int64_t pass) { return rescaled(pass, before.u, next.u); };
  next.turns = before.turns;
  next.clock = before.clock;
  next.v = in_new_units(before.v);
  for (const auto& m : pool.members) {
    rotation_member member{.agent_id = m.agent_id, .weight = m.weight};
    if (auto old = find_member(before.members, m.agent_id);
        old != before.members.end()) {
      member.assigned_no = old->assigned_no;
      member.was_eligible = old->was_eligible;
      member.pass = in_new_units(old->pass);
    } else if (auto back = find_member(gone, m.agent_id); back != gone.end()) {
      member.assigned_no = back->assigned_no;
      member.pass = std::max(in_new_units(back->pass), next.v);
      gone.erase(back);
    } else if (now) {
      member.pass = next.v;
      member.assigned_no = ++next.clock;
    }
    member.pass = std::clamp(member.pass, next.v - grace(next, member),
                             next.v + turn_cost(next.u, member.weight));
    next.members.push_back(std::move(member));
  }
  for (auto& g : gone)
    g.pass = in_new_units(g.pass);
  next.gone = std::move(gone);
  return next;
}

rotation taken_out(rotation r, instant at) {
  for (const auto& m : r.members)
    r.gone.push_back(as_gone(m, at));
  r.members.clear();
  keep_within_bytes(r.gone);
  r.removed = at;
  return r;
}

bool forgotten(const rotation& r, instant now) {
  return r.removed && now - *r.removed >= limits::gone_kept;
}

} // namespace fairlead
