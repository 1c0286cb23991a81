#include "connectors/embedded/topic_reader.hpp"
#include "tests/embedded/support.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::string> values(const polled& p) {
  std::vector<std::string> out;
  for (const auto& r : p.records)
    out.push_back(*r.value);
  return out;
}

transaction batch(std::vector<new_record> records, input_positions positions) {
  return {.records = std::move(records), .positions = positions};
}

TEST(EmbeddedLog, AppendedRecordsComeOutInTheOrderTheyWentIn) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  EXPECT_EQ(log.start(std::nullopt), no_positions);
  ASSERT_EQ(append(log, topic::leads, "acme", "1"), verdict::durable);
  ASSERT_EQ(append(log, topic::roster, "acme", "2"), verdict::durable);
  ASSERT_EQ(append(log, topic::leads, "acme", "3"), verdict::durable);
  ASSERT_EQ(append(log, topic::calls, "acme", "4"), verdict::durable);
  auto first = log.poll(1s, 3);
  EXPECT_THAT(values(first), ElementsAre("1", "2", "3"));
  EXPECT_TRUE(first.at_end[static_cast<std::size_t>(topic::leads)]);
  EXPECT_FALSE(first.at_end[static_cast<std::size_t>(topic::calls)]);
  auto second = log.poll(1s, 3);
  EXPECT_THAT(values(second), ElementsAre("4"));
  EXPECT_TRUE(second.at_end[static_cast<std::size_t>(topic::calls)]);
  EXPECT_EQ(second.records[0].offset, 0);
  EXPECT_EQ(first.records[2].offset, 1);
  EXPECT_TRUE(first.records[0].log_append_time);
}

TEST(EmbeddedLog, BytesHeadersAndMissingValuesSurvive) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  log.start(std::nullopt);
  new_record odd;
  odd.on = topic::leads;
  odd.value = std::string{"a\0b\xff", 4};
  odd.headers
    = {{"h", std::string{"\0\x01", 2}}, {"n", std::nullopt}, {"", ""}};
  new_record none;
  none.on = topic::leads;
  none.key = "";
  std::string why;
  ASSERT_EQ(log.append({odd, none}, why), verdict::durable);
  auto got = log.poll(1s, 10).records;
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].key, std::nullopt);
  EXPECT_EQ(got[0].value, odd.value);
  EXPECT_EQ(got[0].headers, odd.headers);
  EXPECT_EQ(got[1].key, "");
  EXPECT_EQ(got[1].value, std::nullopt);
  EXPECT_THAT(got[1].headers, IsEmpty());
}

TEST(EmbeddedLog, ACommitIsThereAfterARestartWithStateAndPositions) {
  temp_folder dir;
  {
    embedded::log log{settings_for(dir.log())};
    log.start(std::nullopt);
    ASSERT_EQ(append(log, topic::leads, "acme", "in"), verdict::durable);
    log.poll(1s, 10);
    auto s1 = record(topic::state, "k1", "v1");
    auto s2 = record(topic::state, "k2", "v2");
    ASSERT_EQ(
      log.commit(batch({record(topic::assignments, "acme", "out"), s1, s2},
                       {-1, 1, -1, -1})),
      commit_result::done);
    s1.value = "v1b";
    s2.value.reset();
    ASSERT_EQ(log.commit(batch({s1, s2}, {-1, 1, -1, -1})),
              commit_result::done);
  }
  embedded::log log{settings_for(dir.log())};
  EXPECT_THAT(state_of(log), ElementsAre(Pair("k1", "v1b")));
  EXPECT_THAT(values_of(log, topic::assignments), ElementsAre("out"));
  EXPECT_EQ(log.start(input_positions{-1, 1, -1, -1}),
            (input_positions{-1, 1, -1, -1}));
  EXPECT_THAT(log.poll(0ms, 10).records, IsEmpty());
  ASSERT_EQ(append(log, topic::leads, "acme", "later"), verdict::durable);
  auto next = log.poll(1s, 10);
  ASSERT_THAT(values(next), ElementsAre("later"));
  EXPECT_EQ(next.records[0].offset, 1);
}

TEST(EmbeddedLog, WhatWasNotCommittedIsReadAgain) {
  temp_folder dir;
  {
    embedded::log log{settings_for(dir.log())};
    log.start(std::nullopt);
    append(log, topic::leads, "acme", "in");
    EXPECT_THAT(values(log.poll(1s, 10)), ElementsAre("in"));
  }
  embedded::log log{settings_for(dir.log())};
  log.start(std::nullopt);
  EXPECT_THAT(values(log.poll(1s, 10)), ElementsAre("in"));
}

TEST(EmbeddedLog, StateThatContradictsThePositionsIsRefused) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  log.commit(batch({}, {1, 2, 3, -1}));
  EXPECT_THROW(log.start(std::nullopt), std::runtime_error);
  EXPECT_THROW(log.start(input_positions{1, 2, 4, -1}), std::runtime_error);
  EXPECT_NO_THROW(log.start(input_positions{1, 2, 3, -1}));
}

TEST(EmbeddedLog, TheTimeOfTheLogNeverGoesBack) {
  temp_folder dir;
  moved_clock clock;
  auto s = settings_for(dir.log());
  s.clock = clock.reading();
  {
    embedded::log log{s};
    append(log, topic::leads, "acme", "1");
    clock.ms -= 60'000;
    append(log, topic::leads, "acme", "2");
  }
  embedded::log log{s};
  append(log, topic::leads, "acme", "3");
  log.start(std::nullopt);
  auto got = log.poll(1s, 10).records;
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(ms_of(got[0].timestamp), 1'700'000'000'000);
  EXPECT_EQ(got[1].timestamp, got[0].timestamp);
  EXPECT_EQ(got[2].timestamp, got[0].timestamp);
}

TEST(EmbeddedLog, WakeEndsAPollAlsoBeforeItBegan) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  log.start(std::nullopt);
  auto begin = std::chrono::steady_clock::now();
  log.wake();
  EXPECT_THAT(log.poll(30s, 10).records, IsEmpty());
  std::thread other{[&] {
    std::this_thread::sleep_for(20ms);
    log.wake();
  }};
  EXPECT_THAT(log.poll(30s, 10).records, IsEmpty());
  other.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

// The clock stands in the writer's way: what comes meanwhile has to wait.
class held_writer {
public:
  std::latch entered{1};
  std::latch go{1};

  embedded::settings in(const std::string& folder) {
    auto s = settings_for(folder);
    s.retention_interval = 1h;
    s.clock = [this] {
      if (hold.exchange(false)) {
        entered.count_down();
        go.wait();
      }
      return at_ms(1'700'000'000'000);
    };
    return s;
  }

  // The next append is held. Retention asks for the time, too, in its first
  // look and then not for an hour: it must have had that.
  void hold_the_next(const embedded::log& log) {
    while (log.counts().file_bytes == 0)
      std::this_thread::sleep_for(1ms);
    hold = true;
  }

private:
  std::atomic<bool> hold{false};
};

TEST(EmbeddedLog, AppendsThatWaitTogetherShareATransaction) {
  temp_folder dir;
  held_writer held;
  embedded::log log{held.in(dir.log())};
  append(log, topic::leads, "acme", "first");
  auto before = log.counts().transactions;
  held.hold_the_next(log);
  std::vector<std::thread> clients;
  clients.emplace_back([&] { append(log, topic::leads, "acme", "held"); });
  held.entered.wait();
  for (int i = 0; i < 20; ++i)
    clients.emplace_back([&] { append(log, topic::leads, "acme", "x"); });
  while (log.counts().queued < 20)
    std::this_thread::sleep_for(1ms);
  held.go.count_down();
  for (auto& c : clients)
    c.join();
  EXPECT_EQ(log.counts().transactions, before + 2);
  EXPECT_EQ(log.end_of(topic::leads), 22);
}

TEST(EmbeddedLog, AFullQueueSaysBusyAndKeepsNothing) {
  temp_folder dir;
  held_writer held;
  auto s = held.in(dir.log());
  s.queued_records_max = 2;
  embedded::log log{s};
  append(log, topic::leads, "acme", "first");
  held.hold_the_next(log);
  std::vector<std::thread> clients;
  clients.emplace_back([&] { append(log, topic::leads, "acme", "held"); });
  held.entered.wait();
  clients.emplace_back([&] {
    std::string why;
    log.append({record(topic::leads, "a", "q"), record(topic::leads, "a", "q")},
               why);
  });
  while (log.counts().queued < 2)
    std::this_thread::sleep_for(1ms);
  std::string why;
  EXPECT_EQ(log.append({record(topic::leads, "a", "late")}, why),
            verdict::busy);
  EXPECT_THAT(why, testing::HasSubstr("try again"));
  held.go.count_down();
  for (auto& c : clients)
    c.join();
  EXPECT_THAT(values_of(log, topic::leads),
              ElementsAre("first", "held", "q", "q"));
}

TEST(EmbeddedRetention, OldRecordsGoButNeverUnreadInputsOrState) {
  temp_folder dir;
  moved_clock clock;
  auto s = settings_for(dir.log());
  s.clock = clock.reading();
  s.retention_days = 30;
  s.retention_interval = 10ms;
  s.retention_step_max = 7;
  embedded::log log{s};
  auto then = at_ms(clock.ms);
  for (int i = 0; i < 40; ++i)
    append(log, topic::leads, "acme", "in" + std::to_string(i));
  std::vector<new_record> out;
  for (int i = 0; i < 40; ++i) {
    out.push_back(record(topic::assignments, "acme", "out"));
    out.back().timestamp = then;
  }
  out.push_back(record(topic::state, "k", "v"));
  log.commit(batch(std::move(out), {-1, 30, -1, -1}));
  clock.ms += 31LL * 86'400'000;
  while (log.counts().expired < 70)
    std::this_thread::sleep_for(5ms);
  std::this_thread::sleep_for(100ms); // time for it to go too far
  EXPECT_EQ(log.counts().expired, 70U);
  EXPECT_THAT(values_of(log, topic::assignments), IsEmpty());
  auto left = values_of(log, topic::leads);
  ASSERT_EQ(left.size(), 10U);
  EXPECT_EQ(left.front(), "in30");
  EXPECT_THAT(state_of(log), ElementsAre(Pair("k", "v")));
  // Offsets go on where they were.
  EXPECT_EQ(log.end_of(topic::assignments), 40);
  append(log, topic::leads, "acme", "new");
  EXPECT_EQ(log.end_of(topic::leads), 41);
}

TEST(EmbeddedRetention, AfterALongTimeTheClockIsLookedAtTwice) {
  temp_folder dir;
  moved_clock clock;
  auto s = settings_for(dir.log());
  s.clock = clock.reading();
  s.retention_days = 30;
  s.retention_interval = 5ms;
  s.retention_wait = 1s;
  auto written = [&clock](embedded::log& log) {
    std::vector<new_record> out{record(topic::assignments, "acme", "out")};
    out.back().timestamp = at_ms(clock.ms);
    log.commit(batch(std::move(out), no_positions));
  };
  {
    embedded::log log{s};
    written(log);
  }
  clock.ms += 40LL * 86'400'000;
  {
    // The machine's clock is wrong, and is set right in time.
    embedded::log log{s};
    std::this_thread::sleep_for(100ms);
    clock.ms -= 40LL * 86'400'000;
    std::this_thread::sleep_for(1s);
    EXPECT_EQ(log.counts().expired, 0U);
  }
  clock.ms += 40LL * 86'400'000;
  embedded::log log{s};
  auto began = std::chrono::steady_clock::now();
  while (log.counts().expired < 1)
    std::this_thread::sleep_for(5ms);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 900ms);
}

TEST(EmbeddedRetention, TheFileStaysBounded) {
  temp_folder dir;
  moved_clock clock;
  auto s = settings_for(dir.log());
  s.clock = clock.reading();
  s.retention_days = 3;
  s.retention_interval = 5ms;
  embedded::log log{s};
  std::int64_t wide = 0;
  // Thirty days of 1 MB each; then only one small record a day.
  for (int day = 0; day < 40; ++day) {
    transaction t;
    t.positions = no_positions;
    for (int i = 0; i < (day < 30 ? 1000 : 1); ++i) {
      t.records.push_back(
        record(topic::decisions, "acme", std::string(1000, 'x')));
      t.records.back().timestamp = at_ms(clock.ms);
    }
    log.commit(t);
    clock.ms += 86'400'000;
    // At the start of day n the days up to n - 4 have to be gone.
    auto gone
      = static_cast<std::uint64_t>(day < 3 ? 0 : 1000 * std::min(day - 2, 30));
    while (log.counts().expired < gone)
      std::this_thread::sleep_for(2ms);
    wide = std::max(wide, log.counts().file_bytes);
  }
  EXPECT_LT(wide, 8 * 1024 * 1024);
  auto until = std::chrono::steady_clock::now() + 20s;
  while (log.counts().file_bytes > 2 * 1024 * 1024
         && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(5ms);
  EXPECT_LT(log.counts().file_bytes, 2 * 1024 * 1024);
}

TEST(EmbeddedReader, FollowsSeveralTopicsInTheOrderOfTheLog) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  append(log, topic::leads, "acme", "1");
  append(log, topic::calls, "acme", "2");
  append(log, topic::roster, "acme", "no");
  append(log, topic::leads, "acme", "3");
  embedded::topic_reader reader{
    dir.log(), {topic::leads, topic::calls}, read_start::beginning};
  embedded::topic_reader tail{dir.log(), {topic::leads}, read_start::end};
  EXPECT_TRUE(tail.caught_up());
  EXPECT_FALSE(reader.caught_up());
  for (const auto* want : {"1", "2", "3"}) {
    auto r = reader.next(1s);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->value, want);
  }
  EXPECT_TRUE(reader.caught_up());
  EXPECT_EQ(reader.next(1ms), std::nullopt);
  std::thread late{[&] {
    std::this_thread::sleep_for(30ms);
    append(log, topic::leads, "acme", "4");
  }};
  for (auto* r : {&reader, &tail})
    EXPECT_EQ(r->next(10s)->value, "4");
  late.join();
}

TEST(EmbeddedHistory, CursorsAreOffsetsAndSkipOtherTeams) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  for (int i = 0; i < 10; ++i)
    append(log, topic::leads, i % 2 ? "odd" : "even", std::to_string(i));
  page_bounds two{.records_max = 2, .bytes_max = 1 << 20, .wait = {}};
  auto page = log.read(topic::leads, "odd", -1, two);
  ASSERT_EQ(page.records.size(), 2U);
  EXPECT_EQ(page.records[0].record.value, "1");
  EXPECT_EQ(page.records[1].record.value, "3");
  page = log.read(topic::leads, "odd", page.next, two);
  EXPECT_EQ(page.records[0].record.value, "5");
  page = log.read(topic::leads, "nobody", -1, two);
  EXPECT_THAT(page.records, IsEmpty());
  EXPECT_EQ(page.next, 9);
  // A page ends by its bytes, too, but never brings nothing.
  page_bounds tiny{.records_max = 100, .bytes_max = 1, .wait = {}};
  EXPECT_EQ(log.read(topic::leads, "", -1, tiny).records.size(), 1U);
}

TEST(EmbeddedHistory, AWaitEndsWithTheFirstRecordOfTheTeam) {
  temp_folder dir;
  embedded::log log{settings_for(dir.log())};
  std::thread late{[&] {
    append(log, topic::leads, "other", "x");
    std::this_thread::sleep_for(30ms);
    append(log, topic::leads, "acme", "y");
  }};
  auto page = log.read(topic::leads, "acme", -1,
                       {.records_max = 9, .bytes_max = 1 << 20, .wait = 30s});
  late.join();
  ASSERT_EQ(page.records.size(), 1U);
  EXPECT_EQ(page.records[0].record.value, "y");
  EXPECT_EQ(page.records[0].place, log.last_place());
}

} // namespace
} // namespace fairlead::test
