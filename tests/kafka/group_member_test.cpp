#include "tests/kafka/support.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <mutex>
#include <utility>

namespace fairlead::kafka::test {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class GroupMember : public KafkaTest {
protected:
  std::unique_ptr<group_member> join(copying_worker::options o
                                     = {.pause_in_batch = 1ms}) {
    o.commits = &commits;
    o.not_done = &not_done;
    return std::make_unique<group_member>(
      settings, partitions_,
      [o](std::unique_ptr<fairlead::partition_log> log) {
        return std::make_unique<copying_worker>(std::move(log), o);
      },
      [this](const std::string& why) {
        std::lock_guard lock{mutex};
        failures.push_back(why);
      });
  }

  // Each record of each partition, in order, once.
  void expect_each_once(int per_partition) {
    std::map<std::int32_t, std::vector<std::string>> of;
    std::map<std::int32_t, std::int64_t> counted;
    for (const auto& s :
         foreign().read(name(topic::assignments), partitions_)) {
      of[s.partition].push_back(*s.value);
      // The restored counter went on, so the state was complete each time.
      EXPECT_EQ(s.key, std::to_string(++counted[s.partition]));
    }
    for (std::int32_t p = 0; p < partitions_; ++p) {
      ASSERT_EQ(of[p].size(), static_cast<std::size_t>(per_partition))
        << "partition " << p;
      for (int i = 0; i < per_partition; ++i)
        ASSERT_EQ(of[p][static_cast<std::size_t>(i)], std::to_string(i));
    }
  }

  std::atomic<int> commits{0};
  std::atomic<int> not_done{0};
  std::mutex mutex;
  std::vector<std::string> failures;
};

TEST_F(GroupMember, ServesAllPartitionsAndStopsAtOnce) {
  make_topics(4);
  for (std::int32_t p = 0; p < 4; ++p)
    foreign().publish(name(topic::leads), p, {"0", "1", "2"}, "team");
  auto member = join();
  EXPECT_TRUE(eventually([&] { return member->status().ready(); }, 20s));
  EXPECT_EQ(member->status().serving, 4);
  EXPECT_TRUE(
    eventually([&] { return values(topic::assignments).size() == 12; }));
  auto began = clock::now();
  member->stop();
  EXPECT_LT(ms_since(began), 2'000);
  EXPECT_FALSE(member->status().ready());
  expect_each_once(3);

  // Nobody has to wait for its session to end.
  began = clock::now();
  auto next = join();
  EXPECT_TRUE(eventually([&] { return next->status().ready(); }));
  EXPECT_LT(ms_since(began), 4'000);
}

TEST_F(GroupMember, RebalancesUnderLoadLoseAndDoubleNothing) {
  make_topics(6);
  constexpr int per_partition = 600;
  std::atomic<bool> published{false};
  std::thread publisher{[&] {
    for (int i = 0; i < per_partition; i += 20)
      for (std::int32_t p = 0; p < 6; ++p) {
        std::vector<std::string> values;
        for (int k = i; k < i + 20; ++k)
          values.push_back(std::to_string(k));
        foreign().publish(name(topic::leads), p, values, "team");
      }
    published = true;
  }};
  auto first = join({.pause_in_batch = 5ms, .batch_max = 7});
  EXPECT_TRUE(eventually([&] { return first->status().ready(); }, 20s));
  int rounds = 0;
  do {
    auto second = join({.pause_in_batch = 5ms, .batch_max = 7});
    EXPECT_TRUE(eventually(
      [&] {
        return first->status().ready() && second->status().ready()
               && second->status().serving == 3;
      },
      20s));
    std::this_thread::sleep_for(300ms);
    if (++rounds % 2 == 0)
      first.swap(second); // the elder goes
    second->stop();
    EXPECT_TRUE(eventually(
      [&] { return first->status().ready() && first->status().serving == 6; },
      20s));
  } while (!published || rounds < 4);
  publisher.join();
  EXPECT_TRUE(eventually(
    [&] {
      return values(topic::assignments).size()
             == static_cast<std::size_t>(6 * per_partition);
    },
    30s));
  first->stop();
  expect_each_once(per_partition);
  std::cout << rounds << " rounds, " << commits << " commits, " << not_done
            << " of them twice\n";
  EXPECT_TRUE(failures.empty());
}

// The others must not wait for a worker that has a long batch open, and what it
// wrote must be whole.
TEST_F(GroupMember, AnOpenBatchEndsBeforeThePartitionIsGivenBack) {
  make_topics(2);
  for (std::int32_t p = 0; p < 2; ++p) {
    std::vector<std::string> values;
    values.reserve(40);
    for (int i = 0; i < 40; ++i)
      values.push_back(std::to_string(i));
    foreign().publish(name(topic::leads), p, values, "team");
  }
  auto slow = join({.pause_in_batch = 400ms, .batch_max = 10});
  EXPECT_TRUE(eventually([&] { return commits > 0; }, 20s));
  auto second = join({.pause_in_batch = 1ms, .batch_max = 10});
  EXPECT_TRUE(eventually([&] { return second->status().ready(); }, 20s));
  EXPECT_TRUE(
    eventually([&] { return values(topic::assignments).size() == 80; }, 20s));
  slow->stop();
  second->stop();
  expect_each_once(40);
}

TEST_F(GroupMember, AnEmptyShareIsReadyToo) {
  make_topics(1);
  auto first = join();
  EXPECT_TRUE(eventually([&] { return first->status().ready(); }, 20s));
  auto second = join();
  EXPECT_TRUE(eventually(
    [&] { return first->status().ready() && second->status().ready(); }, 20s));
  EXPECT_EQ(first->status().assigned + second->status().assigned, 1);
}

TEST_F(GroupMember, AStaticMembersRestartIsNoRebalance) {
  make_topics(2);
  settings.instance_id = "slot-1";
  auto member = join();
  EXPECT_TRUE(eventually([&] { return member->status().ready(); }, 20s));
  member.reset();
  auto began = clock::now();
  member = join();
  EXPECT_TRUE(eventually([&] { return member->status().ready(); }, 20s));
  std::cout << "a static member is back after " << ms_since(began) << " ms\n";
  EXPECT_LT(ms_since(began), 4'000); // not a session timeout
}

TEST_F(GroupMember, TwoWithTheSameInstanceIdAreTold) {
  make_topics(1);
  settings.instance_id = "slot-1";
  auto first = join();
  EXPECT_TRUE(eventually([&] { return first->status().ready(); }, 20s));
  auto second = join();
  EXPECT_TRUE(
    eventually([&] { return !first->status().failure.empty(); }, 20s));
  EXPECT_THAT(first->status().failure, HasSubstr("slot-1"));
  EXPECT_FALSE(first->status().ready());
  std::lock_guard lock{mutex};
  EXPECT_EQ(failures.size(), 1u);
}

TEST_F(GroupMember, ABrokerThatIsNotThereDoesNotKeepItFromStopping) {
  settings.brokers = "127.0.0.1:1";
  auto member = join();
  std::this_thread::sleep_for(300ms);
  EXPECT_FALSE(member->status().ready());
  auto began = clock::now();
  member->stop();
  EXPECT_LT(ms_since(began), 5'000);
}

} // namespace fairlead::kafka::test
