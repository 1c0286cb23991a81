#include "actors/core/state/rotation.hpp"

#include "actors/core/invariant.hpp"

#include <algorithm>
#include <numeric>

namespace fairlead {
namespace {

std::int64_t stride(std::int64_t u, std::int64_t weight) {
  return u / weight;
}

/// How far behind V a member may come back (R8): `catch_up_turns` strides.
std::int64_t grace(const rotation& r, const rotation_member& m) {
  return r.catch_up_turns * stride(r.u, m.weight);
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
  c.pass_after = c.passes[*c.chosen] + stride(now.u, members[*c.chosen].weight);
  for (std::size_t i = 0; i < members.size(); ++i)
    if (c.eligible[i] && members[i].was_eligible && now.catch_up_turns == 0)
      c.fair = c.fair && c.v <= c.passes[i]
               && c.passes[i] <= c.v + stride(now.u, members[i].weight);
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
                      const pool_document& pool) {
  rotation next;
  next.catch_up_turns = pool.catch_up_turns;
  for (const auto& m : pool.members)
    next.u = std::lcm(next.u, static_cast<std::int64_t>(m.weight));
  if (!now) {
    for (const auto& m : pool.members)
      next.members.push_back({.agent_id = m.agent_id, .weight = m.weight});
    return next;
  }
  next.turns = now->turns;
  next.clock = now->clock;
  next.v = rescaled(now->v, now->u, next.u);
  for (const auto& m : pool.members) {
    auto old = std::find_if(
      now->members.begin(), now->members.end(),
      [&m](const rotation_member& x) { return x.agent_id == m.agent_id; });
    rotation_member member{.agent_id = m.agent_id, .weight = m.weight};
    if (old == now->members.end()) {
      member.pass = next.v;
      member.assigned_no = ++next.clock;
    } else {
      member.assigned_no = old->assigned_no;
      member.was_eligible = old->was_eligible;
      member.pass = std::clamp(rescaled(old->pass, now->u, next.u),
                               next.v - grace(next, member),
                               next.v + stride(next.u, member.weight));
    }
    next.members.push_back(std::move(member));
  }
  return next;
}

} // namespace fairlead
