#include "board/past/fairness.hpp"

#include <array>

namespace fairlead::board {
namespace {

template <class Map>
void add_counts(Map& to, const Map& from) {
  for (const auto& [key, n] : from)
    to[key] += n;
}

template <std::size_t N>
std::int64_t limit_of(const std::array<std::int64_t, N>& limits_s,
                      std::int64_t ms) {
  for (auto s : limits_s)
    if (ms <= s * 1000)
      return s;
  return no_limit;
}

std::int64_t weight_in(const weights& of, const std::string& agent) {
  auto it = of.find(agent);
  return it == of.end() ? 1 : it->second;
}

} // namespace

std::int64_t share::hundredths() const {
  // In units of 10^-11 of a turn, so that the parts' cut ends don't add up.
  __extension__ using wide = __int128;
  constexpr std::int64_t unit = 100'000'000'000;
  wide sum = 0;
  for (const auto& [denominator, numerator] : parts_)
    sum += static_cast<wide>(numerator) * unit / denominator;
  constexpr std::int64_t hundredth = unit / 100;
  return static_cast<std::int64_t>((sum + hundredth / 2) / hundredth);
}

void sums::add(const sums& other) {
  for (const auto& [id, from] : other.pools) {
    auto& to = pools[id];
    to.choices += from.choices;
    for (const auto& [agent, m] : from.members) {
      auto& mine = to.members[agent];
      mine.weight = m.weight;
      mine.turns += m.turns;
      mine.should.add(m.should);
      add_counts(mine.left_out, m.left_out);
    }
  }
  for (const auto& [id, from] : other.agents) {
    auto& to = agents[id];
    add_counts(to.leads, from.leads);
    to.answered += from.answered;
    to.rung += from.rung;
  }
  add_counts(rules, other.rules);
  add_counts(sources, other.sources);
  add_counts(missed, other.missed);
  add_counts(to_owner_s, other.to_owner_s);
  add_counts(to_answer_s, other.to_answer_s);
  assigned += other.assigned;
  unassigned += other.unassigned;
  returning += other.returning;
  connected += other.connected;
}

std::int64_t to_owner_limit(std::int64_t ms) {
  return limit_of(std::array<std::int64_t, 5>{1, 60, 300, 3600, 86400}, ms);
}

std::int64_t to_answer_limit(std::int64_t ms) {
  return limit_of(std::array<std::int64_t, 6>{5, 10, 20, 30, 60, 120}, ms);
}

void count_choice(pool_sums& pool, const decision_recorded& d,
                  const weights& of) {
  std::int64_t all = 0;
  for (const auto& c : d.candidates) {
    auto& m = pool.members[c.agent_id];
    m.weight = weight_in(of, c.agent_id);
    if (c.excluded)
      ++m.left_out[*c.excluded];
    else
      all += m.weight;
  }
  if (d.chosen.empty() || all == 0)
    return;
  ++pool.choices;
  ++pool.members[d.chosen.front()].turns;
  for (const auto& c : d.candidates)
    if (!c.excluded) {
      auto& m = pool.members[c.agent_id];
      m.should.add(m.weight, all);
    }
}

} // namespace fairlead::board
