// A few at a time, in the order in which they come, and nobody for ever.

#include "actors/partition/turnstile.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Waits until it is so; a machine may be slow.
template <class Condition>
void until(Condition is_so) {
  while (!is_so())
    std::this_thread::sleep_for(milliseconds{1});
}

TEST(Turnstile, NoMoreThanItsPlacesAreInAtOnce) {
  turnstile line{2};
  std::atomic<int> in{0}, most{0}, done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        auto place = line.enter(hours{1});
        auto now = ++in;
        for (auto before = most.load();
             before < now && !most.compare_exchange_weak(before, now);) {
        }
        std::this_thread::yield();
        --in;
        ++done;
      }
    });
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(done, 400);
  EXPECT_LE(most, 2);
}

TEST(Turnstile, TheFirstInLineIsTheNext) {
  turnstile line{1};
  auto first = std::make_optional(line.enter(hours{1}));
  std::atomic<int> waiting{0}, next{0};
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      ++waiting;
      auto place = line.enter(hours{1});
      order.push_back(i);
      ++next;
    });
    until([&] { return waiting == i + 1; });
    // It counts before it stands in line.
    std::this_thread::sleep_for(milliseconds{20});
  }
  first.reset();
  until([&] { return next == 4; });
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
}

TEST(Turnstile, WhoHasWaitedLongEnoughGoesWithoutAPlace) {
  turnstile line{1};
  auto hangs = line.enter(hours{1});
  auto begun = std::chrono::steady_clock::now();
  { auto without = line.enter(milliseconds{5}); }
  { auto without = line.enter(milliseconds{0}); }
  auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(took, milliseconds{5});
  EXPECT_LT(took, hours{1});
}

TEST(Turnstile, WhoWentWithoutLeavesNoPlaceBehind) {
  turnstile line{1};
  {
    auto hangs = line.enter(hours{1});
    { auto without = line.enter(milliseconds{1}); }
  }
  // One place, not two: the second waits.
  auto in = line.enter(hours{1});
  std::atomic<bool> came{false};
  std::thread second{[&] {
    auto place = line.enter(milliseconds{30});
    came = true;
  }};
  std::this_thread::sleep_for(milliseconds{5});
  bool before_its_time = came;
  second.join();
  EXPECT_FALSE(before_its_time);
}

} // namespace
} // namespace fairlead::test
