// What needs no broker: settings, verdicts, positions, the watchdog.

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/dead_letters.hpp"
#include "connectors/kafka/positions.hpp"
#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/topic_reader.hpp"
#include "connectors/kafka/topics.hpp"
#include "connectors/kafka/verdict.hpp"
#include "connectors/kafka/watchdog.hpp"
#include "messages/wire/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace fairlead::kafka::test {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

namespace {

std::string complaint_about(const settings& s) {
  std::string all;
  for (const auto& f : faults_of(s))
    all += f + '\n';
  return all;
}

settings with(const std::string& name, const std::string& value) {
  settings s;
  s.brokers = "localhost:9092";
  s.properties[name] = value;
  return s;
}

} // namespace

TEST(KafkaSettings, PropertiesThatWouldBreakExactlyOnceAreRefused) {
  for (const auto* name :
       {"transactional.id", "enable.auto.commit", "isolation.level",
        "enable.idempotence", "acks", "partition.assignment.strategy",
        "bootstrap.servers", "group.id", "auto.offset.reset"})
    EXPECT_THAT(complaint_about(with(name, "x")), HasSubstr(name));
}

TEST(KafkaSettings, LibrdkafkaJudgesTheRest) {
  EXPECT_EQ(complaint_about(with("security.protocol", "ssl")), "");
  // Kerberos is the default, and needs a key.
  EXPECT_THAT(complaint_about(with("security.protocol", "sasl_ssl")),
              HasSubstr("kerberos"));
  EXPECT_EQ(complaint_about(with("linger.ms", "5")), "");
  EXPECT_EQ(complaint_about(with("fetch.min.bytes", "1")), "");
  EXPECT_THAT(complaint_about(with("linger.mss", "5")),
              HasSubstr("linger.mss"));
  EXPECT_THAT(complaint_about(with("security.protocol", "carrier pigeon")),
              HasSubstr("security.protocol"));
}

TEST(KafkaSettings, WhatCantWorkIsNamed) {
  EXPECT_THAT(complaint_about({}), HasSubstr("no Kafka broker"));
  auto s = with("linger.ms", "5");
  s.heartbeat_interval = s.session_timeout;
  EXPECT_THAT(complaint_about(s), HasSubstr("heartbeat_interval"));
  s = with("linger.ms", "5");
  s.watchdog_limit = 1s;
  EXPECT_THAT(complaint_about(s), HasSubstr("watchdog_limit"));
}

TEST(KafkaSettings, EveryFaultIsNamedAtOnce) {
  auto s = with("acks", "1");
  s.properties["isolation.level"] = "read_uncommitted";
  s.properties["linger.mss"] = "5";
  // Only the handle knows: a transaction may not end before its records do.
  s.properties["transaction.timeout.ms"] = "1000";
  s.properties["ssl.ca.location"] = "/nowhere/ca.pem";
  s.properties["security.protocol"] = "ssl";
  auto all = faults_of(s);
  EXPECT_EQ(all.size(), 5U) << complaint_about(s);
  for (const auto* part : {"acks", "isolation.level", "linger.mss",
                           "transaction.timeout.ms", "ssl.ca.location"})
    EXPECT_THAT(complaint_about(s), HasSubstr(part));
}

// A cluster in this process that can be taken away.
class TopicReaderOfAMock : public testing::Test {
protected:
  void SetUp() override {
    auto* conf = rd_kafka_conf_new();
    producer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0));
    cluster_.reset(rd_kafka_mock_cluster_new(producer_.get(), 1));
    rd_kafka_mock_topic_create(cluster_.get(), "fairlead.journal", 1, 1);
    settings.brokers = rd_kafka_mock_cluster_bootstraps(cluster_.get());
    settings.connect_timeout = 1s;
    // One record at a time, so that the rest is still to be fetched.
    settings.properties = {{"queued.min.messages", "1"},
                           {"fetch.message.max.bytes", "1000"},
                           {"queued.max.messages.kbytes", "1"}};
    writer_ = make_client(settings, client_role::sink);
    topic_ptr on{
      rd_kafka_topic_new(writer_.get(), "fairlead.journal", nullptr)};
    new_record r;
    r.value = std::string(1000, 'x');
    for (int i = 0; i < records; ++i) {
      ASSERT_EQ(
        produce(writer_.get(), on.get(), 0, r, value_memory::copied, nullptr),
        nullptr);
      // Each in a batch of its own.
      ASSERT_EQ(rd_kafka_flush(writer_.get(), 10'000),
                RD_KAFKA_RESP_ERR_NO_ERROR);
    }
  }
  void take_away() { rd_kafka_mock_broker_set_down(cluster_.get(), 1); }

  static constexpr int records = 10;
  kafka::settings settings;

private:
  client_ptr producer_;
  std::unique_ptr<rd_kafka_mock_cluster_t,
                  destroy_with<rd_kafka_mock_cluster_destroy>>
    cluster_;
  client_ptr writer_;
};

TEST_F(TopicReaderOfAMock, SaysThatKafkaIsGoneWhenItIsBehind) {
  topic_reader reader{settings, {.topics = {topic::journal}}};
  ASSERT_TRUE(reader.next(10s));
  take_away();
  int more = 0;
  auto began = std::chrono::steady_clock::now();
  auto read_on = [&] {
    while (std::chrono::steady_clock::now() - began < 20s)
      more += reader.next(100ms) ? 1 : 0;
  };
  EXPECT_THROW(read_on(), not_reachable);
  EXPECT_LT(more, records - 1);
  EXPECT_FALSE(reader.caught_up());
}

TEST_F(TopicReaderOfAMock, WaitsForMoreWhenItHasReadEverything) {
  topic_reader reader{settings, {.topics = {topic::journal}}};
  for (int n = 0; n < records;)
    n += reader.next(10s) ? 1 : 0;
  EXPECT_TRUE(reader.caught_up());
  take_away();
  for (int i = 0; i < 15; ++i)
    EXPECT_FALSE(reader.next(100ms).has_value());
}

TEST(KafkaVerdict, CodesBeatFlags) {
  struct row {
    rd_kafka_resp_err_t code;
    error_flags flags;
    verdict expected;
  };
  std::array table{
    row{RD_KAFKA_RESP_ERR__FENCED,
        {.retriable = false, .fatal = true},
        verdict::fenced},
    row{
      RD_KAFKA_RESP_ERR_PRODUCER_FENCED, {.retriable = true}, verdict::fenced},
    row{RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, {}, verdict::fenced},
    row{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, {}, verdict::stale},
    row{
      RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, {.retriable = true}, verdict::stale},
    row{RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, {.fatal = true}, verdict::stale},
    row{RD_KAFKA_RESP_ERR__TIMED_OUT, {.retriable = true}, verdict::again},
    row{RD_KAFKA_RESP_ERR__TIMED_OUT,
        {.retriable = true, .fatal = true},
        verdict::fatal},
    row{RD_KAFKA_RESP_ERR__TIMED_OUT, {}, verdict::abort},
    row{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, {}, verdict::abort},
    row{RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        {.fatal = true},
        verdict::fatal}};
  for (const auto& r : table)
    EXPECT_EQ(judge(r.code, r.flags), r.expected) << rd_kafka_err2name(r.code);
}

namespace {

std::array<input_extent, input_topic_count>
extents(input_extent leads, input_extent others = {0, 0, -1}) {
  return {others, leads, others, others};
}

} // namespace

TEST(KafkaStart, ANewGroupBeginsAtTheBeginning) {
  auto v = compare_positions(std::nullopt, extents({0, 100, -1}), 3);
  EXPECT_FALSE(v.fault);
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.positions, no_positions);
}

TEST(KafkaStart, StateAndOffsetsThatAgreeGoOn) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, extents({0, 100, 42}), 3);
  EXPECT_FALSE(v.fault);
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.positions, meta);
}

TEST(KafkaStart, ExpiredOffsetsAreTakenFromTheState) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, extents({0, 100, -1}), 3);
  EXPECT_FALSE(v.fault);
  ASSERT_EQ(v.warnings.size(), 1u);
  EXPECT_THAT(v.warnings[0], HasSubstr("leads/3"));
  EXPECT_EQ(v.positions, meta);
}

TEST(KafkaStart, ContradictionsStopThePartition) {
  // The state is gone.
  EXPECT_THAT(*compare_positions(std::nullopt, extents({0, 100, 42}), 3).fault,
              HasSubstr("restore the state topic"));
  input_positions meta{-1, 42, -1, -1};
  // Somebody moved the offsets, one way or the other.
  EXPECT_THAT(*compare_positions(meta, extents({0, 100, 7}), 3).fault,
              HasSubstr("42"));
  EXPECT_TRUE(compare_positions(meta, extents({0, 100, 50}), 3).fault);
  // The topic is another one.
  EXPECT_THAT(*compare_positions(meta, extents({0, 10, 42}), 3).fault,
              HasSubstr("ends at 10"));
  // One topic's offset without its position.
  EXPECT_TRUE(
    compare_positions(meta, extents({0, 100, 42}, {0, 5, 5}), 3).fault);
}

TEST(KafkaStart, RecordsThatWereDeletedUnreadAreTold) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, extents({50, 100, 42}), 3);
  EXPECT_FALSE(v.fault);
  ASSERT_EQ(v.warnings.size(), 1u);
  EXPECT_THAT(v.warnings[0], HasSubstr("from offset 42 to 49"));
}

TEST(KafkaReadEnd, AnEmptyTopicIsAtItsEndAtOnce) {
  read_end e;
  e.start(0, 0);
  EXPECT_TRUE(e.reached(-1, false));
}

TEST(KafkaReadEnd, TheEndAtTheStartMustBeReached) {
  read_end e;
  e.start(5, 7);
  EXPECT_FALSE(e.reached(-1, true));
  e.record(5);
  EXPECT_FALSE(e.reached(7, true));
  e.record(6);
  EXPECT_TRUE(e.reached(7, false));
}

TEST(KafkaReadEnd, ATransactionMarkerNeedsAnEndEvent) {
  read_end e;
  e.start(0, 0);
  e.record(0);
  EXPECT_FALSE(e.reached(2, true)); // the marker stands at 1
  e.end_event(2);
  EXPECT_TRUE(e.reached(2, false));
}

TEST(KafkaReadEnd, BehindAnOpenTransactionAnEndEventCounts) {
  read_end e;
  e.start(0, 0);
  e.end_event(0);
  EXPECT_TRUE(e.reached(4, true));   // a stranger's, still open
  EXPECT_FALSE(e.reached(4, false)); // something may be in the queue
  e.record(0);
  EXPECT_FALSE(e.reached(4, true));
}

TEST(KafkaReadEnd, NewRecordsEndTheEnd) {
  read_end e;
  e.start(3, 3);
  EXPECT_TRUE(e.reached(3, true));
  EXPECT_FALSE(e.reached(4, true));
  e.position(4);
  EXPECT_TRUE(e.reached(4, true));
}

TEST(KafkaTopics, SettingsAreThoseOfTheContract) {
  auto value = [](topic t, const std::string& name) {
    for (const auto& s : settings_of(t, {.retention_days = 2}))
      if (s.name == name)
        return s.value;
    return std::string{};
  };
  for (auto t : {topic::roster, topic::leads, topic::calls})
    EXPECT_EQ(value(t, "message.timestamp.type"), "LogAppendTime");
  for (auto t : {topic::rekey, topic::assignments, topic::state})
    EXPECT_EQ(value(t, "message.timestamp.type"), "CreateTime");
  EXPECT_EQ(value(topic::leads, "retention.ms"), "172800000");
  EXPECT_EQ(value(topic::leads, "cleanup.policy"), "delete");
  EXPECT_EQ(value(topic::state, "cleanup.policy"), "compact");
  EXPECT_EQ(value(topic::state, "retention.ms"), "");
  EXPECT_EQ(value(topic::decisions, "max.message.bytes"), "1048576");
}

// The engine's (R47) and the one that the sink uses agree.
TEST(KafkaPartitioner, OursIsLibrdkafkas) {
  std::uint32_t x = 7;
  for (int i = 0; i < 2'000; ++i) {
    std::string key(static_cast<std::size_t>(i % 40), '\0');
    for (auto& c : key)
      c = static_cast<char>((x = x * 1'664'525 + 1'013'904'223) >> 24);
    for (std::int32_t n : {1, 7, 12, 100})
      ASSERT_EQ(partition_of(key, n),
                rd_kafka_msg_partitioner_murmur2(
                  nullptr, key.data(), key.size(), n, nullptr, nullptr));
  }
}

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
  EXPECT_THAT(bites[0], HasSubstr("one that hangs hangs in "
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

TEST(KafkaDeadLetters, TheOriginalTopicHasItsNameOnKafka) {
  kafka::settings settings;
  settings.topic_prefix = "office";
  raw_record original;
  // Somebody publishes a dead letter of another service once more.
  original.headers = {{"kafka_dlt-original-topic", "leads"}};
  auto plain = dead_letter_record(
    original, {dead_letter_reason::malformed_json, "m"}, "g");
  auto written = to_kafka(settings, plain);
  EXPECT_EQ(written.headers[0], original.headers[0]);
  EXPECT_EQ(written.headers[1],
            (header{"kafka_dlt-original-topic", "office.leads"}));

  raw_record read;
  read.headers = written.headers;
  EXPECT_EQ(from_kafka(settings, read).headers, plain.headers);
  // Written by somebody else, whatever that means.
  for (const auto* name : {"leads", "office.orders", "other.leads"}) {
    read.headers = {{"kafka_dlt-original-topic", name}};
    EXPECT_EQ(from_kafka(settings, read).headers, read.headers);
  }
  read.headers = {{"kafka_dlt-original-topic", std::nullopt}};
  EXPECT_EQ(from_kafka(settings, read).headers, read.headers);
}

} // namespace fairlead::kafka::test
