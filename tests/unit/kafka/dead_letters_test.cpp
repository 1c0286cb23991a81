#include "connectors/kafka/dead_letters.hpp"
#include "messages/wire/dead_letter_record.hpp"

#include <gtest/gtest.h>

namespace fairlead::kafka {
namespace {

TEST(KafkaDeadLetters, TheOriginalTopicHasItsNameOnKafka) {
  kafka::settings settings;
  settings.topic_prefix = "office";
  raw_record original;
  // Somebody publishes a dead letter of another service once more.
  original.headers = {{"kafka_dlt-original-topic", "leads"}};
  auto plain = dead_letter_record(
    original, {dead_letter_reason::malformed_json, {{"", "m"}}}, "g");
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

} // namespace
} // namespace fairlead::kafka
