// What a topic reader says of a broker that is taken away. It is librdkafka's
// mock cluster in this process, so these need no other one.

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/topic_reader.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <memory>
#include <string>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;

// A cluster in this process that can be taken away.
class LostBroker : public testing::Test {
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

TEST_F(LostBroker, SaysThatKafkaIsGoneWhenItIsBehind) {
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

TEST_F(LostBroker, WaitsForMoreWhenItHasReadEverything) {
  topic_reader reader{settings, {.topics = {topic::journal}}};
  for (int n = 0; n < records;)
    n += reader.next(10s) ? 1 : 0;
  EXPECT_TRUE(reader.caught_up());
  take_away();
  for (int i = 0; i < 15; ++i)
    EXPECT_FALSE(reader.next(100ms).has_value());
}

} // namespace
} // namespace fairlead::kafka
