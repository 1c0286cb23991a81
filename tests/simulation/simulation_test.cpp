// Goal: whatever happens to the instances and to the log, readers see each
// input's effect once, as if nothing had happened. Method: random worlds from
// seeds (see world.hpp); a failing seed prints itself and its story, and can be
// run alone: SIM_SEED=n. SIM_SEEDS=n sets how many there are.

#include "tests/simulation/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

namespace fairlead::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t seeds_by_default = 200;
#else
constexpr std::uint64_t seeds_by_default = 2000;
#endif

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const auto* value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

/// Runs the seed again and tells what happened.
std::string story_of(std::uint64_t seed) {
  auto o = world_options::of(seed);
  o.trace = true;
  world w{o};
  std::string out;
  try {
    w.run();
  } catch (const std::exception& e) {
    out = e.what();
  }
  const auto& lines = w.trace();
  auto all = std::getenv("SIM_TRACE") != nullptr;
  std::size_t from = all || lines.size() < 60 ? 0 : lines.size() - 60;
  std::string story;
  for (auto i = from; i < lines.size(); ++i)
    story += "  " + lines[i] + "\n";
  return story + out;
}

/// Every second seed, so that two processes share the work.
void run_seeds(std::uint64_t shard) {
  auto first = from_environment("SIM_FIRST", 1);
  auto seeds = from_environment("SIM_SEEDS", seeds_by_default);
  auto only = from_environment("SIM_SEED", 0);
  auto minutes = from_environment("SIM_MINUTES", 0);
  auto began = std::chrono::steady_clock::now();
  world::figures sum;
  std::uint64_t n = 0;
  for (auto seed = only != 0 ? only : first + shard;
       seed < (only != 0 ? only + 1 : first + seeds);
       seed += only != 0 ? 1 : 2) {
    if (minutes != 0
        && std::chrono::steady_clock::now() - began
             > std::chrono::minutes{minutes})
      break;
    world w{world_options::of(seed)};
    try {
      w.run();
    } catch (const std::exception& e) {
      FAIL() << "SIM_SEED=" << seed << "\n" << story_of(seed);
    }
    if (++n % 5000 == 0)
      std::cout << n << " seeds, up to " << seed << std::endl;
    const auto& f = w.counted();
    sum.inputs += f.inputs;
    sum.crashes += f.crashes;
    sum.aborts += f.aborts;
    sum.fences += f.fences;
    sum.unknowns += f.unknowns;
    sum.rebalances += f.rebalances;
    sum.zombies += f.zombies;
    sum.restores += f.restores;
    sum.commits += f.commits;
    sum.timers += f.timers;
    sum.given_up += f.given_up;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << n << " seeds in " << took.count() << " s: " << sum.inputs
            << " inputs, " << sum.timers << " timers, " << sum.commits
            << " commits, " << sum.crashes << " crashes, " << sum.aborts
            << " aborts, " << sum.fences << " fences, " << sum.unknowns
            << " without an answer, " << sum.rebalances << " rebalances, "
            << sum.zombies << " zombies, " << sum.restores << " restores, "
            << sum.given_up << " given up\n";
  EXPECT_GT(n, 0U);
}

TEST(Simulation, OddSeedsKeepEveryPromise) {
  run_seeds(0);
}

TEST(Simulation, EvenSeedsKeepEveryPromise) {
  if (std::getenv("SIM_SEED") == nullptr)
    run_seeds(1);
}

} // namespace
} // namespace fairlead::test
