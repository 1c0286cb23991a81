#include "tests/kafka/support.hpp"

#include <gmock/gmock.h>

#include <array>
#include <stdexcept>

namespace fairlead::kafka::test {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KafkaTopicsTest : public KafkaTest {
protected:
  // A topic that somebody made by hand.
  void make(topic t, std::int32_t partitions,
            const std::vector<topic_setting>& config) {
    auto client = make_client(settings, client_role::admin);
    std::array<char, 256> why{};
    auto* made = rd_kafka_NewTopic_new(name(t).c_str(), partitions, 1,
                                       why.data(), why.size());
    for (const auto& c : config)
      rd_kafka_NewTopic_set_config(made, c.name.c_str(), c.value.c_str());
    queue_ptr queue{rd_kafka_queue_new(client.get())};
    rd_kafka_CreateTopics(client.get(), &made, 1, nullptr, queue.get());
    event_ptr event{rd_kafka_queue_poll(queue.get(), 10'000)};
    rd_kafka_NewTopic_destroy(made);
    ASSERT_NE(event, nullptr);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
};

TEST_F(KafkaTopicsTest, WhatCreateMakesCheckAccepts) {
  auto before = check_topics(settings);
  ASSERT_EQ(before.problems.size(), 1u);
  EXPECT_THAT(before.problems[0], HasSubstr("fairlead topics create"));
  EXPECT_EQ(before.partitions, 0);

  topics_plan plan{.partitions = 3};
  EXPECT_EQ(create_topics(settings, plan).created.size(), topic_count);
  auto report = check_topics(settings);
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_EQ(report.partitions, 3);

  auto again = create_topics(settings, plan);
  EXPECT_THAT(again.created, IsEmpty());
  EXPECT_EQ(again.existing.size(), topic_count);
}

TEST_F(KafkaTopicsTest, WhatIsWrongIsNamed) {
  make(topic::state, 3, {{"cleanup.policy", "delete"}});
  make(topic::leads, 4, {{"message.timestamp.type", "LogAppendTime"}});
  make(topic::calls, 3, {});
  make(topic::decisions, 3, {{"cleanup.policy", "compact"}});
  ASSERT_EQ(create_topics(settings, {.partitions = 3}).created.size(),
            topic_count - 4);
  auto report = check_topics(settings);
  EXPECT_EQ(report.partitions, 0);
  EXPECT_THAT(
    report.problems,
    ElementsAre(
      HasSubstr(name(topic::leads) + " has 4 partitions"),
      HasSubstr(name(topic::decisions) + " has cleanup.policy=compact"),
      HasSubstr(name(topic::state) + " has cleanup.policy=delete")));
  EXPECT_THAT(report.warnings,
              ElementsAre(HasSubstr(name(topic::calls)
                                    + " has message.timestamp.type="
                                      "CreateTime")));
}

TEST_F(KafkaTopicsTest, ABrokerThatIsNotThereIsToldInTime) {
  settings.brokers = "127.0.0.1:1";
  settings.connect_timeout = 2s;
  auto began = clock::now();
  std::string told;
  try {
    static_cast<void>(check_topics(settings));
  } catch (const not_reachable& e) {
    told = e.what();
  }
  EXPECT_THAT(told, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(told, HasSubstr("refused"));
  EXPECT_LT(ms_since(began), 5'000);
}

TEST_F(KafkaTopicsTest, WhatTheBrokerRefusesIsTold) {
  try {
    create_topics(settings, {.partitions = 1, .replication_factor = 5});
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("could not be created"));
  }
}

} // namespace fairlead::kafka::test
