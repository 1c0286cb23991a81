#include "tests/kafka/support.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <future>
#include <iostream>
#include <thread>

namespace fairlead::kafka::test {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using PartitionLog = KafkaTest;

namespace {

bool all(const std::array<bool, input_topic_count>& flags) {
  return std::all_of(flags.begin(), flags.end(), [](bool b) { return b; });
}

} // namespace

TEST_F(PartitionLog, ACommitIsVisibleAsAWhole) {
  make_topics(1);
  lone_owner owner{settings};
  owner.begin();
  EXPECT_THAT(owner.state, IsEmpty());
  foreign().publish(name(topic::leads), 0, {"a", "b"}, "team");
  ASSERT_EQ(owner.read(2).size(), 2u);

  // Everything is written, nothing is committed.
  owner.lease->faults = [this](fault_point at) {
    if (at == fault_point::before_commit) {
      EXPECT_THAT(values(topic::assignments), IsEmpty());
    }
    return std::optional<rd_kafka_resp_err_t>{};
  };
  EXPECT_EQ(owner.write({"A", "B"}), commit_result::done);
  EXPECT_THAT(values(topic::assignments), ElementsAre("A", "B"));
  // Before its meta record stands the owner's fence.
  EXPECT_THAT(values(topic::state), ElementsAre("(null)", "-1 2 -1 -1 "));
}

TEST_F(PartitionLog, RecordsArriveAsTheyWereWritten) {
  make_topics(2);
  lone_owner owner{settings, 1, 2};
  owner.begin();
  // Not the present one, which the broker would write by itself.
  auto today = wall_clock() - 1h;
  auto t = owner.outputs({});
  t.records.insert(
    t.records.begin(),
    {{.on = topic::assignments,
      .partition = 1,
      .key = std::nullopt,
      .value = std::nullopt,
      .headers = {},
      .timestamp = today + 1ms},
     {.on = topic::dead_letters,
      .partition = 1,
      .key = "",
      .value = "",
      .headers = {{"one", "1"}, {"none", std::nullopt}, {"one", ""}},
      .timestamp = today + 2ms},
     // A forwarded record goes to another partition, and is an input there.
     {.on = topic::rekey,
      .partition = 0,
      .key = "team",
      .value = std::string{"\0\xff", 2},
      .headers = {{"fairlead-from", "leads/1/7"}},
      .timestamp = today + 3ms}});
  ASSERT_EQ(owner.log().commit(t), commit_result::done);

  auto first = foreign().read(name(topic::assignments), 2);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].partition, 1);
  EXPECT_EQ(first[0].timestamp_ms, ms_of(today + 1ms));
  EXPECT_FALSE(first[0].key);
  EXPECT_FALSE(first[0].value);
  auto second = foreign().read(name(topic::dead_letters), 2);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].key, "");
  EXPECT_EQ(second[0].value, "");
  EXPECT_THAT(
    second[0].headers,
    ElementsAre(Pair("one", "1"), Pair("none", std::nullopt), Pair("one", "")));

  auto other_settings = settings;
  other_settings.group_id += "-other";
  lone_owner other{other_settings, 0, 2};
  other.begin();
  auto got = other.read(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].on, topic::rekey);
  EXPECT_EQ(got[0].partition, 0);
  EXPECT_EQ(got[0].value, (std::string{"\0\xff", 2}));
  EXPECT_EQ(ms_of(got[0].timestamp), ms_of(today + 3ms));
  EXPECT_FALSE(got[0].log_append_time);
  EXPECT_THAT(got[0].headers, ElementsAre(Pair("fairlead-from", "leads/1/7")));
}

TEST_F(PartitionLog, ASuccessorGoesOnWhereThePredecessorStopped) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b", "c"}, "team");
  {
    lone_owner owner{settings};
    owner.begin();
    ASSERT_EQ(owner.read(2).size(), 2u);
    ASSERT_EQ(owner.write({"A", "B"}), commit_result::done);
    ASSERT_EQ(owner.read(1).size(), 1u); // read, but never committed
  }
  lone_owner successor{settings};
  successor.begin();
  EXPECT_THAT(successor.positions, ElementsAre(-1, 2, -1, -1));
  auto got = successor.read(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].value, "c");
  EXPECT_EQ(got[0].offset, 2);
  EXPECT_TRUE(got[0].log_append_time);
}

TEST_F(PartitionLog, ATransactionOfTimersAloneMovesNothing) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a"}, "team");
  lone_owner owner{settings};
  owner.begin();
  ASSERT_EQ(owner.read(1).size(), 1u);
  ASSERT_EQ(owner.write({"A"}), commit_result::done);
  ASSERT_EQ(owner.write({"timer"}), commit_result::done);
  EXPECT_THAT(values(topic::assignments), ElementsAre("A", "timer"));
}

TEST_F(PartitionLog, EndsAreKnown) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b"}, "team");
  lone_owner owner{settings};
  owner.begin();
  ASSERT_EQ(owner.read(1).size(), 1u);
  auto got = owner.log().poll(0ms, 0);
  EXPECT_FALSE(got.at_end[1]); // there were two at the start
  got = owner.log().poll(5s, 10);
  ASSERT_EQ(got.records.size(), 1u);
  // Of empty topics the broker has to say so.
  for (auto end = clock::now() + 5s; clock::now() < end && !all(got.at_end);)
    got = owner.log().poll(100ms, 10);
  EXPECT_TRUE(all(got.at_end));

  // Behind a record of a transaction stands its marker, which is no record.
  {
    auto client = foreign().open_transaction(
      settings.topic_prefix + "-x", name(topic::rekey), 0, {"forwarded"});
    error_ptr e{rd_kafka_commit_transaction(client.get(), 10'000)};
    ASSERT_EQ(e, nullptr);
  }
  ASSERT_EQ(owner.read(1).size(), 1u);
  EXPECT_TRUE(
    eventually([&] { return all(owner.log().poll(10ms, 1).at_end); }, 2s));

  // A stranger's open transaction does not keep the end away for ever.
  auto client = foreign().open_transaction(
    settings.topic_prefix + "-y", name(topic::calls), 0, {"undecided"});
  std::this_thread::sleep_for(700ms);
  EXPECT_TRUE(
    eventually([&] { return all(owner.log().poll(10ms, 1).at_end); }, 3s));
}

TEST_F(PartitionLog, WakeEndsAWait) {
  make_topics(1);
  lone_owner owner{settings};
  owner.begin();
  // The end events of the empty topics also end one.
  std::this_thread::sleep_for(700ms);
  owner.log().poll(0ms, 10);
  auto waiting = std::async(std::launch::async, [&] {
    auto began = clock::now();
    owner.log().poll(20s, 10);
    return ms_since(began);
  });
  std::this_thread::sleep_for(100ms);
  owner.log().wake();
  EXPECT_LT(waiting.get(), 5'000);
  // Nobody waits: the next one does not.
  owner.log().wake();
  auto began = clock::now();
  owner.log().poll(20s, 10);
  EXPECT_LT(ms_since(began), 5'000);
}

TEST_F(PartitionLog, ASecondOwnerIsToldFromATimeout) {
  make_topics(1);
  lone_owner owner{settings};
  owner.begin();
  ASSERT_EQ(owner.write({"before"}), commit_result::done);
  // Once: it may have been the broker's own timeout. Nothing of it is visible,
  // and a fresh producer goes on.
  auto id = transactional_id(settings, 0);
  static_cast<void>(
    foreign().open_transaction(id, name(topic::assignments), 0, {"rival"}));
  EXPECT_EQ(owner.write({"again"}), commit_result::aborted);
  EXPECT_EQ(owner.write({"again"}), commit_result::done);
  EXPECT_THAT(values(topic::assignments), ElementsAre("before", "again"));
  // Twice in a row: somebody else.
  static_cast<void>(
    foreign().open_transaction(id, name(topic::assignments), 0, {"rival"}));
  EXPECT_EQ(owner.write({"lost"}), commit_result::aborted);
  static_cast<void>(
    foreign().open_transaction(id, name(topic::assignments), 0, {"rival"}));
  EXPECT_EQ(owner.write({"lost"}), commit_result::lost);
  EXPECT_EQ(owner.lease->phase, partition_phase::contested);
}

TEST_F(PartitionLog, ADeadOwnersOpenTransactionIsTakenOverFast) {
  make_topics(1);
  auto id = transactional_id(settings, 0);
  lone_owner owner{settings};
  // The first time a coordinator loads, and the connections are cold.
  owner.begin();
  std::vector<std::int64_t> took;
  for (int i = 0; i < 5; ++i) {
    // Gone without a word, like a process after kill -9.
    auto dead
      = foreign().open_transaction(id, name(topic::state), 0, {"never"});
    partition_log successor{owner.lease};
    auto began = clock::now();
    successor.restore([](auto, auto) { ADD_FAILURE() << "an aborted record"; });
    took.push_back(ms_since(began));
  }
  std::sort(took.begin(), took.end());
  EXPECT_LT(took[2], 200) << "a restart asks again after 500 ms";
  RecordProperty("takeover_ms", std::to_string(took[2]));
  std::cout << "takeover of an open transaction: " << took[0] << ".." << took[4]
            << " ms\n";
}

TEST_F(PartitionLog, NothingIsRestoredBehindAStrangersOpenTransaction) {
  make_topics(1);
  {
    lone_owner owner{settings};
    owner.begin();
    ASSERT_EQ(owner.write({"A"}), commit_result::done);
  }
  auto rival = foreign().open_transaction(settings.topic_prefix + "-x",
                                          name(topic::state), 0, {"open"});
  {
    auto other = settings;
    other.group_id += "-2";
    // Written behind the open transaction, committed, but not yet readable.
    lone_owner writer{other};
    auto restored = std::async(std::launch::async, [&] { writer.begin(); });
    EXPECT_EQ(restored.wait_for(1500ms), std::future_status::timeout)
      << "it went on with a part of the state";
    error_ptr e{rd_kafka_abort_transaction(rival.get(), 10'000)};
    ASSERT_EQ(e, nullptr);
    restored.get();
    EXPECT_EQ(writer.state.size(), 1u);
  }
}

TEST_F(PartitionLog, ATakenPartitionDoesNotGoOnRestoring) {
  make_topics(1);
  auto rival = foreign().open_transaction(settings.topic_prefix + "-x",
                                          name(topic::state), 0, {"open"});
  lone_owner owner{settings};
  auto restored = std::async(std::launch::async, [&] { owner.begin(); });
  ASSERT_EQ(restored.wait_for(300ms), std::future_status::timeout);
  owner.lease->control.lose();
  auto began = clock::now();
  EXPECT_THROW(restored.get(), partition_taken);
  EXPECT_LT(ms_since(began), 1'500);
}

TEST_F(PartitionLog, AStaleGenerationIsRefused) {
  make_topics(1);
  lone_owner owner{settings};
  owner.begin();
  foreign().publish(name(topic::leads), 0, {"a"}, "team");
  ASSERT_EQ(owner.read(1).size(), 1u);
  // The log does not know that the group has moved on.
  owner.leave_group();
  EXPECT_EQ(owner.write({"A"}), commit_result::lost);
  EXPECT_THAT(values(topic::assignments), IsEmpty());
}

// One that was shut out takes its id back and fires a timer: nothing of it is
// in the offsets, so nothing but the rule that a producer's first transaction
// carries them stands in its way.
TEST_F(PartitionLog, AZombiesTimersWriteNothing) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a"}, "team");
  lone_owner zombie{settings};
  zombie.begin();
  ASSERT_EQ(zombie.read(1).size(), 1u);
  ASSERT_EQ(zombie.write({"A"}), commit_result::done);
  zombie.leave_group();
  lone_owner owner{settings};
  owner.begin();
  EXPECT_EQ(zombie.write({"timer"}), commit_result::aborted); // shut out
  EXPECT_EQ(zombie.write({"timer"}), commit_result::lost); // took the id back
  // And the true owner is not kept out by it.
  EXPECT_EQ(owner.write({"mine"}), commit_result::aborted);
  EXPECT_EQ(owner.write({"mine"}), commit_result::done);
  EXPECT_THAT(values(topic::assignments), ElementsAre("A", "mine"));
}

TEST_F(PartitionLog, ALostPartitionWritesNothing) {
  make_topics(1);
  lone_owner owner{settings};
  owner.begin();
  owner.lease->control.lose();
  EXPECT_EQ(owner.write({"A"}), commit_result::lost);
  EXPECT_THAT(values(topic::assignments), IsEmpty());
}

TEST_F(PartitionLog, AnIndefiniteErrorIsFoundOut) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b"}, "team");
  lone_owner owner{settings};
  owner.begin();
  auto fails_at = fault_point::after_commit;
  bool armed = false;
  owner.lease->faults = [&](fault_point at) {
    std::optional<rd_kafka_resp_err_t> out;
    if (armed && at == fails_at) {
      armed = false;
      out = RD_KAFKA_RESP_ERR__TIMED_OUT;
    }
    return out;
  };
  // The answer got lost: it is committed.
  ASSERT_EQ(owner.read(1).size(), 1u);
  armed = true;
  EXPECT_EQ(owner.write({"A"}), commit_result::done);
  // The request got lost: it is not.
  ASSERT_EQ(owner.read(1).size(), 1u);
  fails_at = fault_point::before_commit;
  armed = true;
  EXPECT_EQ(owner.write({"B1"}), commit_result::aborted);
  EXPECT_EQ(owner.write({"B2"}), commit_result::done);
  // The same for timers, where no offset tells.
  fails_at = fault_point::after_commit;
  armed = true;
  EXPECT_EQ(owner.write({"C"}), commit_result::done);
  fails_at = fault_point::before_commit;
  armed = true;
  EXPECT_EQ(owner.write({"D1"}), commit_result::aborted);
  EXPECT_EQ(owner.write({"D2"}), commit_result::done);
  EXPECT_FALSE(armed);
  EXPECT_THAT(values(topic::assignments), ElementsAre("A", "B2", "C", "D2"));
}

TEST_F(PartitionLog, ARecordThatIsTooLargeAbortsAndTheNextGoesOn) {
  make_topics(1);
  lone_owner owner{settings};
  owner.begin();
  // Random, or it would be compressed.
  std::string large(2'000'000, '\0');
  std::uint32_t x = 1;
  for (auto& c : large)
    c = static_cast<char>((x = x * 1'664'525 + 1'013'904'223) >> 24);
  EXPECT_EQ(owner.write({"A", large}), commit_result::aborted);
  EXPECT_EQ(owner.write({"B"}), commit_result::done);
  EXPECT_THAT(values(topic::assignments), ElementsAre("B"));
}

TEST_F(PartitionLog, OffsetsMovedByHandStopThePartition) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b"}, "team");
  {
    lone_owner owner{settings};
    owner.begin();
    ASSERT_EQ(owner.read(2).size(), 2u);
    ASSERT_EQ(owner.write({"A", "B"}), commit_result::done);
  }
  auto set = [this](std::int64_t offset) {
    auto client = make_client(settings, client_role::member);
    partitions_ptr list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), name(topic::leads).c_str(), 0)
      ->offset
      = offset;
    ASSERT_EQ(rd_kafka_commit(client.get(), list.get(), 0),
              RD_KAFKA_RESP_ERR_NO_ERROR);
  };
  set(1);
  {
    lone_owner owner{settings};
    try {
      owner.begin();
      FAIL() << "it would give a lead a second owner";
    } catch (const std::runtime_error& e) {
      EXPECT_THAT(e.what(), HasSubstr("set the offset back"));
    }
    EXPECT_EQ(owner.lease->phase, partition_phase::stopped);
  }
  set(2);
  lone_owner owner{settings};
  owner.begin();
  EXPECT_THAT(owner.positions, ElementsAre(-1, 2, -1, -1));
}

TEST_F(PartitionLog, ExpiredOffsetsAreNoReasonToBeginAnew) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b", "c"}, "team");
  {
    lone_owner owner{settings};
    owner.begin();
    ASSERT_EQ(owner.read(2).size(), 2u);
    ASSERT_EQ(owner.write({"A", "B"}), commit_result::done);
  }
  {
    auto client = make_client(settings, client_role::admin);
    auto* group = rd_kafka_DeleteGroup_new(settings.group_id.c_str());
    queue_ptr queue{rd_kafka_queue_new(client.get())};
    rd_kafka_DeleteGroups(client.get(), &group, 1, nullptr, queue.get());
    event_ptr event{rd_kafka_queue_poll(queue.get(), 10'000)};
    rd_kafka_DeleteGroup_destroy(group);
    ASSERT_NE(event, nullptr);
    std::size_t n = 0;
    const auto* result = rd_kafka_DeleteGroups_result_groups(
      rd_kafka_event_DeleteGroups_result(event.get()), &n);
    ASSERT_EQ(n, 1u);
    ASSERT_EQ(rd_kafka_group_result_error(result[0]), nullptr);
  }
  lone_owner owner{settings};
  owner.begin();
  EXPECT_THAT(owner.positions, ElementsAre(-1, 2, -1, -1));
  auto got = owner.read(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].value, "c");
  EXPECT_EQ(owner.write({"C"}), commit_result::done);
}

TEST_F(PartitionLog, RecordsThatWereDeletedUnreadAreCounted) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b", "c", "d", "e"}, "team");
  {
    lone_owner owner{settings};
    owner.begin();
    ASSERT_EQ(owner.read(2).size(), 2u);
    ASSERT_EQ(owner.write({"A", "B"}), commit_result::done);
  }
  {
    auto client = make_client(settings, client_role::admin);
    partitions_ptr list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), name(topic::leads).c_str(), 0)
      ->offset
      = 4;
    auto* request = rd_kafka_DeleteRecords_new(list.get());
    queue_ptr queue{rd_kafka_queue_new(client.get())};
    rd_kafka_DeleteRecords(client.get(), &request, 1, nullptr, queue.get());
    event_ptr event{rd_kafka_queue_poll(queue.get(), 10'000)};
    rd_kafka_DeleteRecords_destroy(request);
    ASSERT_NE(event, nullptr);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  lone_owner owner{settings};
  owner.begin();
  auto got = owner.read(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].value, "e");
  for (auto end = clock::now() + 10s;
       owner.counts.records_lost == 0 && clock::now() < end;)
    owner.log().poll(100ms, 10);
  EXPECT_EQ(owner.counts.records_lost, 2u);
  EXPECT_EQ(owner.write({"E"}), commit_result::done);
}

TEST_F(PartitionLog, ManyRecordsAreRestoredInOrder) {
  make_topics(1);
  constexpr int batches = 10;
  constexpr int keys = 5'000;
  {
    lone_owner owner{settings};
    owner.begin();
    for (int b = 0; b < batches; ++b) {
      auto t = owner.outputs({});
      for (int k = 0; k < keys; ++k)
        t.records.push_back({.on = topic::state,
                             .partition = 0,
                             .key = std::to_string(k),
                             .value = k % 10 == b ? std::nullopt
                                                  : std::optional{std::string(
                                                    300, char('a' + b))},
                             .headers = {},
                             .timestamp = wall_clock()});
      ASSERT_EQ(owner.log().commit(t), commit_result::done);
    }
  }
  lone_owner owner{settings};
  auto began = clock::now();
  owner.begin();
  std::cout << batches * keys << " records restored in " << ms_since(began)
            << " ms\n";
  EXPECT_EQ(owner.state.size(), keys - keys / 10 + 1u);
  EXPECT_EQ(owner.state.at("4"), std::string(300, 'j'));
  EXPECT_FALSE(owner.state.contains("9"));
}

} // namespace fairlead::kafka::test
