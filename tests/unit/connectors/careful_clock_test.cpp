#include "connectors/careful_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr instant noon{std::chrono::milliseconds{1'800'000'000'000}};

/// A machine whose wall clock can be set.
struct machine {
  instant wall = noon;
  std::chrono::milliseconds counted{5'000};
  std::vector<std::string> told;
  careful_clock clock{300s, [this](const std::string& t) { told.push_back(t); },
                      [this] { return wall; }, [this] { return counted; }};

  void pass(std::chrono::milliseconds t) {
    wall += t;
    counted += t;
  }
};

TEST(careful_clock, follows_the_wall_clock) {
  machine m;
  EXPECT_EQ(m.clock.now(), noon);
  m.pass(72h);
  EXPECT_EQ(m.clock.now(), noon + 72h);
  m.wall += 23h;
  EXPECT_EQ(m.clock.now(), noon + 95h);
  m.wall -= 23h;
  EXPECT_EQ(m.clock.now(), noon + 72h);
  EXPECT_THAT(m.told, IsEmpty());
}

TEST(careful_clock, a_leap_is_believed_when_it_has_stood) {
  machine m;
  EXPECT_EQ(m.clock.now(), noon);
  m.wall += 25h;
  EXPECT_EQ(m.clock.now(), noon);
  m.pass(299s);
  EXPECT_EQ(m.clock.now(), noon + 299s);
  EXPECT_THAT(m.told, ElementsAre(HasSubstr("has leapt by 25 h")));
  m.pass(1s);
  EXPECT_EQ(m.clock.now(), noon + 25h + 300s);
  EXPECT_THAT(m.told, ElementsAre(HasSubstr("has leapt by 25 h"),
                                  HasSubstr("is believed now")));
  m.pass(1s);
  EXPECT_EQ(m.clock.now(), noon + 25h + 301s);
}

TEST(careful_clock, a_leap_back_too) {
  machine m;
  EXPECT_EQ(m.clock.now(), noon);
  m.wall -= 24h * 365;
  m.pass(10s);
  EXPECT_EQ(m.clock.now(), noon + 10s);
  EXPECT_THAT(m.told, ElementsAre(HasSubstr("has leapt by -8760 h")));
  m.pass(300s);
  EXPECT_EQ(m.clock.now(), noon - 24h * 365 + 310s);
}

TEST(careful_clock, a_leap_that_is_taken_back_never_was) {
  machine m;
  EXPECT_EQ(m.clock.now(), noon);
  m.wall += 1000h;
  m.pass(100s);
  EXPECT_EQ(m.clock.now(), noon + 100s);
  m.wall -= 1000h;
  m.pass(100s);
  EXPECT_EQ(m.clock.now(), noon + 200s);
  EXPECT_THAT(m.told, ElementsAre(HasSubstr("has leapt"),
                                  HasSubstr("is back where it was")));
  // The next one waits as long.
  m.wall += 1000h;
  m.pass(250s);
  EXPECT_EQ(m.clock.now(), noon + 450s);
}

TEST(careful_clock, without_a_wait_everything_is_believed) {
  auto wall = noon;
  careful_clock clock{0s, {}, [&wall] { return wall; }, [] { return 0ms; }};
  EXPECT_EQ(clock.now(), noon);
  wall += 1000h;
  EXPECT_EQ(clock.now(), noon + 1000h);
}

TEST(careful_clock, the_systems_clocks) {
  careful_clock clock{300s, {}};
  auto first = clock.now();
  EXPECT_GT(first, noon - 24h * 3650);
  EXPECT_GE(clock.now(), first);
}

} // namespace
} // namespace fairlead
