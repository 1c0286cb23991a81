// Goal: however calls race, one target wins, nobody is rung twice, nothing is
// left behind (R26 to R30, R33, R44, R51, R52, P1, P4). Method: random calls on
// a few agents, with reports at the very instants of the timeouts, duplicates,
// contradictions and disorder (see race.hpp), over the real partition without
// log and actors; each step is compared with an outsider's book. RACE_SEED=n
// runs one history.

#include "tests/property/race.hpp"
#include "tests/simulation/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

namespace fairlead::test {
namespace {

constexpr int calls_per_history = 200;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t histories = 102;
#else
constexpr std::uint64_t histories = 1020;
#endif

/// Runs the seed again and tells what happened last.
std::string story_of(std::uint64_t seed) {
  race r{seed, calls_per_history, true};
  try {
    r.run();
  } catch (const broken_promise&) { // it was known
  }
  std::string story;
  for (const auto& line : r.story())
    story += "  " + line + "\n";
  return story;
}

TEST(P4Race, OneWinnerAndNothingLeftBehind) {
  const auto* only = std::getenv("RACE_SEED");
  auto first = only == nullptr ? 1 : std::stoull(only);
  auto last = only == nullptr ? histories : first;
  auto began = std::chrono::steady_clock::now();
  race::figures sum;
  for (auto seed = first; seed <= last; ++seed) {
    race r{seed, calls_per_history};
    try {
      r.run();
    } catch (const std::exception& e) {
      FAIL() << "RACE_SEED=" << seed << "\n" << story_of(seed) << e.what();
    }
    const auto& f = r.counted();
    sum.calls += f.calls;
    sum.steps += f.steps;
    sum.timers += f.timers;
    sum.duplicates += f.duplicates;
    sum.rings += f.rings;
    sum.connected += f.connected;
    sum.missed += f.missed;
    sum.taken_back += f.taken_back;
    sum.corrected += f.corrected;
    sum.repeated += f.repeated;
    sum.waited += f.waited;
    sum.routed_again += f.routed_again;
    sum.on_the_instant += f.on_the_instant;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << sum.calls << " calls in " << took.count() << " s: " << sum.steps
            << " steps, " << sum.timers << " timers, " << sum.rings << " legs, "
            << sum.connected << " connected, " << sum.missed << " missed, "
            << sum.taken_back << " wins taken back, " << sum.corrected
            << " corrected, " << sum.repeated << " misses repeated, "
            << sum.waited << " waited, " << sum.routed_again
            << " routed again, " << sum.duplicates << " duplicates, "
            << sum.on_the_instant
            << " events planned for the instant of a timeout\n";
  // Fewer would mean that the race has lost its dangers.
  EXPECT_GE(sum.calls, (last - first + 1) * calls_per_history);
  EXPECT_GT(sum.taken_back, 0U);
  EXPECT_GT(sum.corrected, 0U);
  EXPECT_GT(sum.repeated, 0U);
  EXPECT_GT(sum.waited, 0U);
  EXPECT_GT(sum.routed_again, 0U);
  EXPECT_GT(sum.duplicates, 0U);
}

} // namespace
} // namespace fairlead::test
