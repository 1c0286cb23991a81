#include "connectors/kafka/watchdog.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(KafkaWatchdog, BitesWhoHangsAndNobodyElse) {
  std::mutex mutex;
  std::vector<std::string> bites;
  watchdog dog{60ms, [&](const std::string& s) {
                 std::lock_guard lock{mutex};
                 bites.push_back(s);
               }};
  auto resting = dog.watch("one that rests");
  auto busy = dog.watch("one that moves");
  auto hung = dog.watch("one that hangs");
  resting->begins("something");
  resting->rests();
  hung->begins("commit_transaction");
  for (int i = 0; i < 30; ++i) {
    busy->begins("work");
    std::this_thread::sleep_for(10ms);
  }
  std::lock_guard lock{mutex};
  ASSERT_EQ(bites.size(), 1u); // once
  EXPECT_THAT(bites[0], HasSubstr("one that hangs has been stuck in "
                                  "commit_transaction"));
}

TEST(KafkaWatchdogDeathTest, TheProcessEndsWithCode70) {
  EXPECT_EXIT(
    {
      watchdog dog{20ms};
      auto hung = dog.watch("a thread");
      hung->begins("a call");
      std::this_thread::sleep_for(20s);
    },
    ::testing::ExitedWithCode(70), "");
}

} // namespace
} // namespace fairlead::kafka
