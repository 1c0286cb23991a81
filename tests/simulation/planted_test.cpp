// Goal: the simulation finds what it must find. Method: each planted fault (see
// planted.hpp; in this program's copies of two files only) is let loose on
// seeds until one catches it; without the fault the same seed must be fine. The
// table in docs/results.md comes from here.

#include "tests/simulation/planted.hpp"
#include "tests/simulation/world.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace fairlead {

plant planted_fault = plant::nothing;

namespace test {
namespace {

constexpr std::uint64_t seeds_to_try = 300;

std::string run(std::uint64_t seed, plant fault) {
  auto o = world_options::of(seed);
  // What the checks themselves run must be sound.
  o.at_rest = [] { planted_fault = plant::nothing; };
  planted_fault = fault;
  decided.clear();
  std::string broken;
  try {
    world w{o};
    w.run();
  } catch (const std::exception& e) {
    broken = e.what();
  }
  planted_fault = plant::nothing;
  return broken;
}

struct fault_name {
  plant fault;
  const char* name;
};

void PrintTo(const fault_name& f, std::ostream* out) {
  *out << f.name;
}

struct Planted : testing::TestWithParam<fault_name> {};

TEST_P(Planted, IsCaught) {
  for (std::uint64_t seed = 1; seed <= seeds_to_try; ++seed) {
    auto broken = run(seed, GetParam().fault);
    if (broken.empty())
      continue;
    EXPECT_EQ(run(seed, plant::nothing), "") << "seed " << seed;
    std::cout << "| " << GetParam().name << " | " << seed << " | "
              << broken.substr(0, broken.find('\n')).substr(0, 120) << " |\n";
    return;
  }
  FAIL() << "no seed catches it";
}

INSTANTIATE_TEST_SUITE_P(
  Simulation, Planted,
  testing::Values(
    fault_name{plant::restore_to_last_stable, "RestoreToLastStable"},
    fault_name{plant::restore_in_part, "RestoreInPart"},
    fault_name{plant::no_group_metadata, "NoGroupMetadata"},
    fault_name{plant::older_group_metadata, "OlderGroupMetadata"},
    fault_name{plant::reuse_producer, "ReuseProducer"},
    fault_name{plant::decide_before_commit, "DecideBeforeCommit"},
    fault_name{plant::meta_out_of_step, "MetaOutOfStep"},
    fault_name{plant::forget_dedupe, "ForgetDedupe"},
    fault_name{plant::keep_touched, "KeepTouched"},
    fault_name{plant::fire_twice, "FireTwice"},
    fault_name{plant::timers_lost_on_restore, "TimersLostOnRestore"},
    fault_name{plant::passivate_uncommitted, "PassivateUncommitted"},
    fault_name{plant::forward_twice, "ForwardTwice"}),
  [](const auto& of) { return std::string{of.param.name}; });

} // namespace
} // namespace test
} // namespace fairlead
