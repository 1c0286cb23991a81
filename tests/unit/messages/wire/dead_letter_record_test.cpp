// R46: the record of a dead letter, with the headers that Spring Kafka writes.

#include "messages/wire/dead_letter_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>

namespace fairlead::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string bytes(std::initializer_list<int> values) {
  std::string s;
  for (int v : values)
    s += static_cast<char>(v);
  return s;
}

raw_record record() {
  return {.on = topic::calls,
          .partition = 11,
          .offset = 0x0102030405,
          .timestamp = at_ms(1'772'463'600'000),
          .log_append_time = true,
          .key = "acme",
          .value = "not json",
          .headers = {{"mine", "x"}, {"none", std::nullopt}}};
}

TEST(DeadLetterRecord, R46ADeadLetterCarriesTheOriginalAndSpringsHeaders) {
  auto d = dead_letter_record(
    record(),
    {dead_letter_reason::malformed_json, {{"", "the value is not JSON"}}},
    "fairlead");
  EXPECT_EQ(d.on, topic::dead_letters);
  EXPECT_EQ(d.partition, 11);
  EXPECT_EQ(d.key, "acme");
  EXPECT_EQ(d.value, "not json");
  EXPECT_EQ(d.timestamp, at_ms(1'772'463'600'000));
  EXPECT_THAT(
    d.headers,
    ElementsAre(
      Pair("mine", "x"), Pair("none", std::nullopt),
      Pair("kafka_dlt-original-topic", "calls"),
      Pair("kafka_dlt-original-partition", bytes({0, 0, 0, 11})),
      Pair("kafka_dlt-original-offset", bytes({0, 0, 0, 1, 2, 3, 4, 5})),
      Pair("kafka_dlt-original-timestamp",
           bytes({0x00, 0x00, 0x01, 0x9c, 0xaf, 0x10, 0x31, 0x80})),
      Pair("kafka_dlt-original-timestamp-type", "LogAppendTime"),
      Pair("kafka_dlt-original-consumer-group", "fairlead"),
      Pair("kafka_dlt-exception-fqcn", "malformed_json"),
      Pair("kafka_dlt-exception-message", "the value is not JSON")));
}

TEST(DeadLetterRecord, R46NullsStayNullAndWithoutAGroupThereIsNoHeader) {
  auto r = record();
  r.key.reset();
  r.value.reset();
  r.headers.clear();
  r.log_append_time = false;
  auto d = dead_letter_record(
    r, {dead_letter_reason::not_a_cloud_event, {{"", "m"}}}, "");
  EXPECT_EQ(d.key, std::nullopt);
  EXPECT_EQ(d.value, std::nullopt);
  ASSERT_EQ(d.headers.size(), 7U);
  EXPECT_THAT(d.headers[4],
              Pair("kafka_dlt-original-timestamp-type", "CreateTime"));
  EXPECT_THAT(d.headers[5],
              Pair("kafka_dlt-exception-fqcn", "not_a_cloud_event"));
}

std::size_t written(const new_record& d) {
  raw_record r;
  r.key = d.key;
  r.value = d.value;
  r.headers = d.headers;
  return bytes_of(r);
}

std::optional<std::string> header_of(const new_record& d,
                                     std::string_view name) {
  for (const auto& [key, value] : d.headers)
    if (key == name)
      return value;
  return std::nullopt;
}

// A topic takes 1 MiB with the key; the dead letter has more headers.
TEST(DeadLetterRecord, R46ADeadLetterThatWouldNotFitIsCutAndSaysSo) {
  dead_letter why{dead_letter_reason::too_large, {{"", "m"}}};
  auto r = record();
  r.value = std::string(1024 * 1024 - 50, 'v');
  auto d = dead_letter_record(r, why, "fairlead");
  EXPECT_LE(written(d), written_bytes_max);
  EXPECT_GT(written(d), written_bytes_max - 200);
  EXPECT_EQ(d.value, r.value->substr(0, d.value->size()));
  EXPECT_EQ(d.key, "acme");
  EXPECT_EQ(header_of(d, "mine"), "x");
  EXPECT_EQ(header_of(d, truncated_header), "value=1048526");
  EXPECT_EQ(header_of(d, "kafka_dlt-exception-fqcn"), "too_large");
}

TEST(DeadLetterRecord, R46NothingIsCutThatFits) {
  dead_letter why{dead_letter_reason::too_large, {{"", "m"}}};
  auto r = record();
  r.value = std::string(1'000'000, 'v');
  r.headers = {{"large", std::string(40'000, 'h')}};
  auto d = dead_letter_record(r, why, "fairlead");
  EXPECT_EQ(d.value, r.value);
  EXPECT_EQ(d.headers.front(), r.headers.front());
  EXPECT_EQ(header_of(d, truncated_header), std::nullopt);
}

TEST(DeadLetterRecord, R46LargeHeadersAndKeysAreLeftOutWhole) {
  dead_letter why{dead_letter_reason::too_large, {{"", "m"}}};
  auto r = record();
  r.value = std::string(1, 'v');
  r.headers = {{"ce_type", "lead.closed"},
               {"large", std::string(600'000, 'h')},
               {"also", std::string(600'000, 'h')},
               {"last", std::nullopt}};
  auto d = dead_letter_record(r, why, "fairlead");
  EXPECT_LE(written(d), written_bytes_max);
  EXPECT_EQ(d.value, "v");
  EXPECT_EQ(header_of(d, "large"), r.headers[1].second);
  EXPECT_EQ(header_of(d, "also"), std::nullopt);
  EXPECT_EQ(d.headers[2].first, "last");
  EXPECT_EQ(header_of(d, truncated_header), "headers=4");

  // Compressed batches can bring any size.
  r.key = std::string(2'000'000, 'k');
  r.value = std::string(9'000'000, 'v');
  d = dead_letter_record(r, why, "fairlead");
  EXPECT_LE(written(d), written_bytes_max);
  EXPECT_EQ(d.key, std::nullopt);
  EXPECT_EQ(header_of(d, "ce_type"), "lead.closed");
  EXPECT_GT(d.value->size(), 500'000U);
  EXPECT_EQ(header_of(d, truncated_header),
            "key=2000000, headers=4, value=9000000");
}

TEST(DeadLetterRecord,
     R46AMessageWithAllFaultsOfADocumentIsCutBetweenCharacters) {
  std::string message = "x";
  while (message.size() < 2'000'000)
    message += "\u00e9"; // two bytes
  auto d = dead_letter_record(
    record(), {dead_letter_reason::invalid_document, {{"", message}}}, "");
  EXPECT_LE(written(d), 17'000U);
  auto told = *header_of(d, "kafka_dlt-exception-message");
  EXPECT_EQ(told.substr(told.size() - 6), "\u00e9 ...");
}

TEST(DeadLetterRecord, R46AllFaultsAreOneSentence) {
  auto d = dead_letter_record(
    record(),
    {dead_letter_reason::missing_field,
     {{"/data/lead_id", "is missing"}, {"/data/outreach_id", "is missing"}}},
    "");
  EXPECT_EQ(header_of(d, "kafka_dlt-exception-message"),
            "/data/lead_id is missing; /data/outreach_id is missing");
}

TEST(DeadLetterRecord, R47OfAForwardedRecordNamesWhereThatWasFirst) {
  auto r = record();
  r.on = topic::rekey;
  r.headers = {{forwarded_header, to_string({topic::leads, 3, 42})}};
  auto d
    = dead_letter_record(r, {dead_letter_reason::too_old, {{"", "m"}}}, "");
  EXPECT_EQ(d.partition, 11); // it stays in the partition where it was read
  EXPECT_EQ(header_of(d, "kafka_dlt-original-topic"), "leads");
  EXPECT_EQ(header_of(d, "kafka_dlt-original-partition"), bytes({0, 0, 0, 3}));
  EXPECT_EQ(header_of(d, "kafka_dlt-original-offset"),
            bytes({0, 0, 0, 0, 0, 0, 0, 42}));
}

} // namespace
} // namespace fairlead::test
