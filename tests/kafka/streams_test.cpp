#include "connectors/kafka/event_sink.hpp"
#include "connectors/kafka/topic_reader.hpp"
#include "messages/partitioner.hpp"
#include "tests/kafka/support.hpp"

#include <gmock/gmock.h>

#include <future>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fairlead::kafka::test {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;

namespace {

new_record event(topic on, std::optional<std::string> key, std::string value) {
  return {.on = on,
          .partition = 0,
          .key = std::move(key),
          .value = std::move(value),
          .headers = {{"content-type", "application/cloudevents+json"}},
          .timestamp = {}};
}

std::vector<std::string> read_all(topic_reader& reader) {
  std::vector<std::string> out;
  for (auto end = clock::now() + 10s;
       !reader.caught_up() && clock::now() < end;)
    if (auto r = reader.next(200ms))
      out.push_back(r->value.value_or("(null)"));
  return out;
}

} // namespace

using EventSink = KafkaTest;
using TopicReader = KafkaTest;

TEST_F(EventSink, WritesWhereJavaWould) {
  make_topics(5);
  event_sink sink{settings};
  std::string why;
  std::vector<new_record> records;
  records.reserve(40);
  for (int i = 0; i < 40; ++i)
    records.push_back(event(topic::leads, "team-" + std::to_string(i), "{}"));
  ASSERT_EQ(sink.append(records, why), event_sink::verdict::durable) << why;
  auto got = foreign().read(name(topic::leads), 5);
  ASSERT_EQ(got.size(), 40u);
  std::set<std::int32_t> used;
  for (const auto& s : got) {
    used.insert(s.partition);
    EXPECT_EQ(s.partition, partition_of(*s.key, 5));
    EXPECT_THAT(s.headers, ElementsAre(Pair("content-type",
                                            "application/cloudevents+json")));
  }
  EXPECT_EQ(used.size(), 5u);
  ASSERT_EQ(sink.append({event(topic::roster, std::nullopt, "x")}, why),
            event_sink::verdict::durable);
  EXPECT_EQ(foreign().values(name(topic::roster), 5).size(), 1u);
}

TEST_F(EventSink, SaysBusyWhenTooMuchIsOnItsWay) {
  make_topics(1);
  event_sink sink{settings, {.records_max = 3, .bytes_max = 100}};
  std::string why;
  std::vector<new_record> four(4, event(topic::leads, "t", "{}"));
  EXPECT_EQ(sink.append(four, why), event_sink::verdict::busy);
  EXPECT_THAT(why, HasSubstr("too many"));
  EXPECT_EQ(sink.append({event(topic::leads, "t", std::string(200, 'x'))}, why),
            event_sink::verdict::busy);
  // What was refused is given back.
  for (int i = 0; i < 20; ++i)
    ASSERT_EQ(sink.append({event(topic::leads, "t", "{}")}, why),
              event_sink::verdict::durable)
      << why;
  EXPECT_EQ(values(topic::leads).size(), 20u);
}

TEST_F(EventSink, ManyCallersAtOnce) {
  make_topics(2);
  event_sink sink{settings};
  std::vector<std::future<int>> callers;
  callers.reserve(8);
  for (int c = 0; c < 8; ++c)
    callers.push_back(std::async(std::launch::async, [&sink] {
      int durable = 0;
      std::string why;
      for (int i = 0; i < 25; ++i)
        durable += sink.append({event(topic::calls, "t", "{}")}, why)
                       == event_sink::verdict::durable
                     ? 1
                     : 0;
      return durable;
    }));
  int durable = 0;
  for (auto& c : callers)
    durable += c.get();
  EXPECT_EQ(durable, 200);
  EXPECT_EQ(values(topic::calls).size(), 200u);
}

TEST_F(EventSink, AFailureIsASentence) {
  settings.brokers = "127.0.0.1:1";
  settings.transaction_timeout = 1s;
  event_sink sink{settings};
  std::string why;
  EXPECT_EQ(sink.append({event(topic::leads, "t", "{}")}, why),
            event_sink::verdict::failed);
  EXPECT_FALSE(why.empty());
  EXPECT_EQ(sink.append({event(topic::state, "t", "{}")}, why),
            event_sink::verdict::failed);
  EXPECT_THAT(why, HasSubstr("input topics"));
}

TEST_F(TopicReader, ReadsFromTheBeginningUntilCaughtUp) {
  make_topics(2);
  topic_reader none{settings, {.topics = {topic::rings}}};
  EXPECT_TRUE(none.caught_up());
  foreign().publish(name(topic::leads), 0, {"a", "b"}, "t");
  foreign().publish(name(topic::leads), 1, {"c"}, "t");
  foreign().publish(name(topic::roster), 1, {"d"}, "t");
  topic_reader reader{settings, {.topics = {topic::leads, topic::roster}}};
  EXPECT_FALSE(reader.caught_up());
  auto got = read_all(reader);
  std::sort(got.begin(), got.end());
  EXPECT_THAT(got, ElementsAre("a", "b", "c", "d"));
  // And follows.
  foreign().publish(name(topic::leads), 1, {"e"}, "t");
  std::optional<raw_record> next;
  EXPECT_TRUE(
    eventually([&] { return (next = reader.next(100ms)).has_value(); }));
  EXPECT_EQ(next->value, "e");
  EXPECT_EQ(next->on, topic::leads);

  topic_reader one{settings, {.topics = {topic::leads}, .partition = 0}};
  EXPECT_THAT(read_all(one), ElementsAre("a", "b"));
}

TEST_F(TopicReader, ReadsSeveralTopicsInTheOrderOfTheirTime) {
  make_topics(1);
  for (int i = 0; i < 8; ++i) {
    foreign().publish(name(i % 2 == 0 ? topic::leads : topic::roster), 0,
                      {std::to_string(i)}, "t");
    std::this_thread::sleep_for(5ms); // the broker's clock has milliseconds
  }
  topic_reader reader{
    settings,
    {.topics = {topic::roster, topic::leads, topic::calls}, .by_time = true}};
  EXPECT_THAT(read_all(reader),
              ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
  foreign().publish(name(topic::calls), 0, {"later"}, "t");
  std::optional<raw_record> next;
  EXPECT_TRUE(
    eventually([&] { return (next = reader.next(100ms)).has_value(); }));
  EXPECT_EQ(next->value, "later");
}

TEST_F(TopicReader, GoesOnWhereItWas) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"a", "b", "c"}, "t");
  auto from = [&](std::int64_t first, std::int64_t next) {
    topic_reader::options what;
    what.topics = {topic::leads};
    what.at[{topic::leads, 0}] = {.from = first, .next = next};
    topic_reader reader{settings, what};
    return read_all(reader);
  };
  EXPECT_THAT(from(1, 2), ElementsAre("b", "c"));
  EXPECT_THAT(from(3, 3), IsEmpty());
  EXPECT_THAT([&] { (void)from(3, 4); },
              ThrowsMessage<std::runtime_error>(
                HasSubstr("was read up to 4 before: it has been deleted")));
}

TEST_F(TopicReader, ReadsFromTheEnd) {
  make_topics(1);
  foreign().publish(name(topic::leads), 0, {"old"}, "t");
  topic_reader reader{settings,
                      {.topics = {topic::leads}, .from = read_start::end}};
  EXPECT_TRUE(reader.caught_up());
  foreign().publish(name(topic::leads), 0, {"new"}, "t");
  std::optional<raw_record> next;
  EXPECT_TRUE(
    eventually([&] { return (next = reader.next(100ms)).has_value(); }));
  EXPECT_EQ(next->value, "new");
}

TEST_F(TopicReader, SeesNoAbortedRecordAndIsNotHeldUpByOne) {
  make_topics(1);
  foreign().publish(name(topic::decisions), 0, {"a"}, "t");
  {
    auto client = foreign().open_transaction(
      settings.topic_prefix + "-x", name(topic::decisions), 0, {"aborted"});
    error_ptr e{rd_kafka_abort_transaction(client.get(), 10'000)};
    ASSERT_EQ(e, nullptr);
  }
  auto open = foreign().open_transaction(settings.topic_prefix + "-y",
                                         name(topic::decisions), 0, {"open"});
  topic_reader reader{settings, {.topics = {topic::decisions}}};
  EXPECT_THAT(read_all(reader), ElementsAre("a"));
  EXPECT_TRUE(reader.caught_up());
}

TEST_F(TopicReader, AMissingTopicIsNamed) {
  try {
    topic_reader reader{settings, {.topics = {topic::tasks}}};
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr(name(topic::tasks)));
  }
}

} // namespace fairlead::kafka::test
