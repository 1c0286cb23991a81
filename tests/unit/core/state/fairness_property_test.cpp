// Goal: P5 and R5's bound hold at every choice, whatever happens to a pool.
// Method: seeded random rosters, pauses, joins, returns within and after 7
// days, weights whose multiple is beyond every limit, pools that are taken out,
// and restores; each choice is checked against the bounds recounted from
// outside. The same histories must catch a copy of the rotation in which V may
// fall, and one in which the re-entry clamp is missing.

#include "actors/core/state/rotation.hpp"
#include "actors/core/state/snapshot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace fairlead {

rotation_choice choose_v_falls(const rotation& now, std::vector<bool> eligible);
rotation_choice choose_no_clamp(const rotation& now,
                                std::vector<bool> eligible);

namespace test {
namespace {

/// The rotation's choice, or that of a copy with a fault planted in it (see
/// CMakeLists.txt).
using choice_of = rotation_choice(const rotation&, std::vector<bool>);

struct outcome {
  std::uint64_t choices = 0;
  std::string fault; // empty: none found
};

/// One history; checks P5 at every choice and R5's bound on every stretch in
/// which the set of eligible members stays the same.
outcome run(std::uint32_t seed, int choices, choice_of* choose_with) {
  std::mt19937 random{seed};
  auto up_to = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  // Half of the histories have weights as people write percentages.
  int heaviest = up_to(2) == 0 ? 6 : 100;
  instant at{};
  auto document = [&] {
    pool_document d;
    d.id = "p";
    int n = 1 + up_to(7);
    std::vector<int> ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::shuffle(ids.begin(), ids.end(), random);
    for (int i = 0; i < n; ++i)
      d.members.push_back(
        {std::string(1,
                     static_cast<char>('a' + ids[static_cast<std::size_t>(i)])),
         1 + up_to(heaviest)});
    return d;
  };
  auto r = reconfigured(std::nullopt, document(), at);
  std::vector<bool> eligible(r.members.size(), true);
  std::vector<std::int64_t> counts(r.members.size(), 0);
  std::vector<std::int64_t> start(r.members.size(), 0);
  std::int64_t v_before = 0;
  bool left_out = false;
  outcome out;
  for (; out.choices < static_cast<std::uint64_t>(choices); ++out.choices) {
    bool changed = false;
    if (up_to(40) == 0) {
      at += std::chrono::hours{up_to(24 * 4)};
      if (up_to(4) == 0) {
        r = taken_out(r, at);
        at += std::chrono::hours{up_to(24 * 10)};
      }
      r = reconfigured(forgotten(r, at) ? std::nullopt : std::optional{r},
                       document(), at);
      eligible.assign(r.members.size(), true);
      v_before = r.v;
      changed = true;
    }
    if (up_to(5) == 0) {
      for (std::size_t i = 0; i < eligible.size(); ++i)
        eligible[i] = up_to(3) != 0;
      changed = true;
    }
    // Somebody is left out for one lead only (R13).
    auto takes_part = eligible;
    if (left_out) {
      left_out = false;
      changed = true;
    }
    if (up_to(15) == 0) {
      takes_part[static_cast<std::size_t>(
        up_to(static_cast<int>(takes_part.size())))]
        = false;
      left_out = changed = true;
    }
    if (up_to(50) == 0) { // a restart
      rotation restored;
      fairlead::restore(snapshot(r), restored);
      r = restored;
    }
    auto c = choose_with(r, takes_part);
    if (!c.chosen) {
      apply(r, c);
      continue;
    }
    auto place = "choice " + std::to_string(out.choices) + " of seed "
                 + std::to_string(seed);
    for (std::size_t i = 0; i < r.members.size(); ++i) {
      auto cost = turn_cost(r.u, r.members[i].weight);
      if (c.eligible[i] && r.members[i].was_eligible
          && (c.v > c.passes[i] || c.passes[i] > c.v + cost)) {
        out.fault = "P5 at " + place;
        return out;
      }
    }
    if (c.v < v_before) {
      out.fault = "V falls at " + place;
      return out;
    }
    v_before = c.v;
    if (changed || counts.size() != r.members.size()) {
      counts.assign(r.members.size(), 0);
      start = c.passes;
    }
    ++counts[*c.chosen];
    apply(r, c);
    v_before = std::max(v_before, r.v);
    // R5, counted from a moment of equal passes; else the distance that there
    // was at the start comes on top.
    for (std::size_t i = 0; i < counts.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        if (!takes_part[i] || !takes_part[j])
          continue;
        auto ci = turn_cost(r.u, r.members[i].weight);
        auto cj = turn_cost(r.u, r.members[j].weight);
        auto gap
          = std::abs(counts[i] * ci + start[i] - counts[j] * cj - start[j]);
        auto bound = std::max({ci, cj, std::abs(start[i] - start[j])});
        if (gap > bound) {
          out.fault = "R5's bound at " + place;
          return out;
        }
      }
  }
  return out;
}

/// Under a sanitizer a tenth (the limits of CI's time).
constexpr int histories =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  250;
#else
  2500;
#endif

TEST(P5Fairness, HoldsAtEveryChoiceOfRandomHistories) {
  std::uint64_t choices = 0;
  for (std::uint32_t seed = 1; seed <= histories; ++seed) {
    auto o = run(seed, 500, choose);
    ASSERT_EQ(o.fault, "");
    choices += o.choices;
  }
  RecordProperty("choices", std::to_string(choices));
  EXPECT_GE(choices, static_cast<std::uint64_t>(histories) * 500);
}

TEST(P5Fairness, FindsAVThatFalls) {
  std::string fault;
  for (std::uint32_t seed = 1; seed <= 50 && fault.empty(); ++seed)
    fault = run(seed, 500, choose_v_falls).fault;
  EXPECT_NE(fault, "");
  std::cout << fault << '\n';
}

TEST(P5Fairness, FindsAReentryWithoutTheClamp) {
  std::string fault;
  for (std::uint32_t seed = 1; seed <= 50 && fault.empty(); ++seed)
    fault = run(seed, 500, choose_no_clamp).fault;
  EXPECT_NE(fault, "");
  std::cout << fault << '\n';
}

} // namespace
} // namespace test
} // namespace fairlead
