#include "connectors/kafka/topics.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fairlead::kafka {
namespace {

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

} // namespace
} // namespace fairlead::kafka
