// Goal: a batch is all or nothing. Method: one batch with a bit of everything;
// at each of its boundaries (every call to the log, every step) everything that
// can go wrong goes wrong once, and the whole run is checked.

#include "tests/simulation/world.hpp"

#include <gtest/gtest.h>

namespace fairlead::test {
namespace {

world_options fair_weather(bool actors) {
  world_options o;
  o.seed = 4;
  o.partitions = 2;
  o.instances = 2;
  o.actors = actors;
  return o;
}

void strike_everywhere(blow how, bool actors) {
  auto boundaries = world{fair_weather(actors)}.run_one_batch(0, blow::none);
  // Fewer would mean that the batch has not been struck at all.
  ASSERT_GT(boundaries, 40U);
  for (std::size_t at = 1; at <= boundaries; ++at) {
    auto o = fair_weather(actors);
    world w{o};
    try {
      (void)w.run_one_batch(at, how);
    } catch (const std::exception& e) {
      o.trace = true;
      world again{o};
      std::string story;
      try {
        (void)again.run_one_batch(at, how);
      } catch (const std::exception&) {
        for (const auto& line : again.trace())
          story += "  " + line + "\n";
      }
      FAIL() << "blow " << static_cast<int>(how) << " at boundary " << at
             << "\n"
             << story << e.what();
    }
  }
}

struct OneBatch : testing::TestWithParam<bool> {};

TEST_P(OneBatch, CrashAtEveryBoundary) {
  strike_everywhere(blow::crash, GetParam());
}
TEST_P(OneBatch, AbortAtEveryCall) {
  strike_everywhere(blow::abort, GetParam());
}
TEST_P(OneBatch, FencedAtEveryCall) {
  strike_everywhere(blow::fence, GetParam());
}
TEST_P(OneBatch, NoAnswerButDoneAtEveryCall) {
  strike_everywhere(blow::unknown_done, GetParam());
}
TEST_P(OneBatch, NoAnswerAndNotDoneAtEveryCall) {
  strike_everywhere(blow::unknown_lost, GetParam());
}
TEST_P(OneBatch, RebalanceAtEveryBoundary) {
  strike_everywhere(blow::rebalance, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Simulation, OneBatch, testing::Bool(),
                         [](const auto& of) {
                           return of.param ? "ThroughActors" : "OnTheSpot";
                         });

} // namespace
} // namespace fairlead::test
