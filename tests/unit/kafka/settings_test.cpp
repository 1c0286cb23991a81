#include "connectors/kafka/client.hpp"
#include "connectors/kafka/settings.hpp"

#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <string>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

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

// From librdkafka 2.5 on (KIP-714) the end of each handle would wait for a
// second, and a stop or a takeover for several of them.
TEST(KafkaSettings, NoHandleWaitsToTellTheBrokerAboutItself) {
  for (auto role :
       {client_role::member, client_role::restorer, client_role::reader,
        client_role::transactional, client_role::sink, client_role::admin}) {
    auto conf = make_conf(with("linger.ms", "5"), role);
    std::array<char, 16> value{};
    auto size = value.size();
    if (rd_kafka_conf_get(conf.get(), "enable.metrics.push", value.data(),
                          &size)
        == RD_KAFKA_CONF_OK)
      EXPECT_STREQ(value.data(), "false");
    else
      EXPECT_LT(rd_kafka_version(), 0x02050000);
  }
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

} // namespace
} // namespace fairlead::kafka
