#include "connectors/http/ingress.hpp"
#include "tests/web/lead_event.hpp"

#include <gmock/gmock.h>

namespace fairlead::http {
namespace {

using test::lead;
using testing::HasSubstr;
using testing::IsEmpty;

ingested structured(const std::string& body) {
  return ingest({.content_type = "application/cloudevents+json; charset=UTF-8",
                 .attributes = {},
                 .traceparent = {},
                 .body = body},
                json_decoder());
}

ingested batch(const std::string& body) {
  return ingest({.content_type = "application/cloudevents-batch+json",
                 .attributes = {},
                 .traceparent = {},
                 .body = body},
                json_decoder());
}

incoming binary(const std::string& data) {
  return {.content_type = "application/json",
          .attributes = {{"specversion", "1.0"},
                         {"id", "i-1"},
                         {"source", "/a%20b"},
                         {"type", "lead.received"},
                         {"partitionkey", "acme"}},
          .traceparent = {},
          .body = data};
}

TEST(HttpIngress, AStructuredEventIsKeptByteForByte) {
  std::string text = " " + lead("l-1") + "\n";
  auto got = structured(text);
  ASSERT_EQ(got.status, 202) << got.detail;
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.records[0].value, text);
  EXPECT_EQ(got.records[0].key, "acme");
  EXPECT_EQ(got.records[0].on, topic::leads);
  EXPECT_EQ(got.records[0].headers[0].first, "content-type");
}

TEST(HttpIngress, EachTypeGoesToItsUsualTopic) {
  auto on = [](const std::string& type, const std::string& data) {
    auto got = structured(
      R"({"specversion":"1.0","id":"1","source":"/s","partitionkey":"acme","type":")"
      + type + R"(","data":)" + data + "}");
    EXPECT_EQ(got.status, 202) << got.detail;
    return got.records.at(0).on;
  };
  EXPECT_EQ(on("agent.configured", R"({"agent_id":"a"})"), topic::roster);
  EXPECT_EQ(on("lead.received", R"({"lead_id":"l"})"), topic::leads);
  EXPECT_EQ(on("caller.hung_up", R"({"call_id":"c"})"), topic::calls);
}

TEST(HttpIngress, BinaryModeBecomesAStructuredEvent) {
  std::string data = R"({"lead_id":"l-1", "payload": 1.0})";
  auto got = ingest(binary(data), json_decoder());
  ASSERT_EQ(got.status, 202) << got.detail;
  EXPECT_EQ(*got.records[0].value,
            R"({"specversion":"1.0","id":"i-1","source":"/a b",)"
            R"("type":"lead.received","partitionkey":"acme",)"
            R"("datacontenttype":"application/json","data":)"
              + data + "}");
  EXPECT_EQ(got.records[0].key, "acme");
}

TEST(HttpIngress, ABinaryBodyCannotBreakOutOfItsEvent) {
  EXPECT_EQ(
    ingest(binary(R"({"lead_id":"l"},"partitionkey":"other")"), json_decoder())
      .status,
    400);
  auto in = binary(R"({"lead_id":"l"})");
  in.attributes.emplace_back("data", "x");
  in.attributes.emplace_back("id", "second");
  in.attributes.emplace_back("quote", "\"},\"id\":\"evil");
  auto got = ingest(in, json_decoder());
  ASSERT_EQ(got.status, 202);
  EXPECT_THAT(*got.records[0].value, HasSubstr(R"("id":"i-1")"));
  EXPECT_THAT(*got.records[0].value, testing::Not(HasSubstr("second")));
  in.attributes.emplace_back("odd", "%ff");
  EXPECT_EQ(ingest(in, json_decoder()).status, 400);
}

TEST(HttpIngress, ABatchIsCutWithoutTouchingItsEvents) {
  auto odd = R"({ "specversion":"1.0","id":"]\"},{","source":"/s",)"
             R"("type":"lead.received","partitionkey":"acme",)"
             R"("data":{"lead_id":"l","tags":["[","a,b"]} })";
  auto got = batch("[ " + std::string{odd} + " ,\n" + lead("l-2", "two") + "]");
  ASSERT_EQ(got.status, 202) << got.detail;
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].value, odd);
  EXPECT_EQ(got.records[1].value, lead("l-2", "two"));
  EXPECT_EQ(got.records[1].key, "two");
  auto none = batch(" [ ] ");
  EXPECT_EQ(none.status, 202);
  EXPECT_THAT(none.records, IsEmpty());
}

TEST(HttpIngress, ABatchThatIsNotJsonIsToldAsAWhole) {
  for (const auto* body : {"[{]", R"([{"a":tru}])", "[{},]", "[{}", R"(["])"}) {
    auto got = batch(body);
    EXPECT_EQ(got.status, 400) << body;
    EXPECT_EQ(got.detail, "The body is not JSON.") << body;
    ASSERT_EQ(got.errors.size(), 1U) << body;
    EXPECT_EQ(got.errors[0].index, std::nullopt);
    EXPECT_EQ(got.errors[0].reason, "malformed_json");
  }
}

TEST(HttpIngress, AnEventIsAsGoodInABatchAsAlone) {
  // A number that no double holds, but a number.
  auto odd
    = lead("l-1").substr(0, lead("l-1").size() - 2) + R"(,"price":1e400}})";
  EXPECT_EQ(structured(odd).status, 202);
  EXPECT_EQ(batch("[" + odd + "]").status, 202);
}

TEST(HttpIngress, OneBadEventRefusesTheBatchAndIsNamed) {
  auto got
    = batch("[" + lead("l-1") + R"(,{"specversion":"1.0","id":"2",)"
            + R"("source":"/s","type":"lead.received","partitionkey":"acme",)"
            + R"("data":{}},7])");
  EXPECT_EQ(got.status, 400);
  EXPECT_THAT(got.records, IsEmpty());
  ASSERT_EQ(got.errors.size(), 2U);
  EXPECT_EQ(got.errors[0].index, 1U);
  EXPECT_EQ(got.errors[0].reason, "missing_field");
  EXPECT_EQ(got.errors[0].pointer, "/data/lead_id");
  EXPECT_EQ(got.errors[1].index, 2U);
  EXPECT_EQ(got.errors[1].reason, "not_a_cloud_event");
}

TEST(HttpIngress, WhatNobodyIsToldOfIsNotRead) {
  struct counting final : decoder {
    std::variant<input_event, dead_letter>
    decode(const raw_record& r) const override {
      ++count;
      return json_decoder().decode(r);
    }
    mutable int count = 0;
  };
  counting events;
  std::string body = "[{}";
  for (int i = 0; i < 10'000; ++i)
    body += ",{}";
  auto got = ingest({.content_type = "application/cloudevents-batch+json",
                     .attributes = {},
                     .traceparent = {},
                     .body = body + "]"},
                    events);
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.errors.size(), 100U);
  EXPECT_EQ(events.count, 100);
}

TEST(HttpIngress, BadDocumentsAreRefusedWithTheirFaults) {
  auto got = structured(
    R"({"specversion":"1.0","id":"1","source":"/s","partitionkey":"acme",)"
    R"("type":"agent.configured","data":{"agent_id":"a","daily_cap":"x"}})");
  EXPECT_EQ(got.status, 400);
  ASSERT_GE(got.errors.size(), 1U);
  EXPECT_EQ(got.errors[0].reason, "invalid_document");
  EXPECT_EQ(got.errors[0].pointer, "/data/daily_cap");
}

TEST(HttpIngress, EveryFaultOfATeamDocumentHasItsPointer) {
  auto got = structured(
    R"({"specversion":"1.0","id":"1","source":"/s","partitionkey":"acme",)"
    R"("type":"team.configured","data":{"team_id":"acme",)"
    R"("account_owner":"olivia","time_zone":"Mars/Base",)"
    R"("pools":[{"id":"p","members":[{"agent_id":"a","weight":0}]}]}})");
  EXPECT_EQ(got.status, 400);
  std::vector<std::string> pointers;
  for (const auto& e : got.errors)
    pointers.push_back(e.pointer);
  EXPECT_THAT(pointers, testing::UnorderedElementsAre(
                          "/data/time_zone", "/data/pools/0/members/0/weight"));
}

TEST(HttpIngress, OtherMediaAreRefused) {
  auto with = [](const std::string& type, const std::string& body) {
    return ingest({.content_type = type,
                   .attributes = {},
                   .traceparent = {},
                   .body = body},
                  json_decoder())
      .status;
  };
  EXPECT_EQ(with("text/plain", lead("l")), 415);
  EXPECT_EQ(with("", lead("l")), 415);
  EXPECT_EQ(with("application/cloudevents+xml", lead("l")), 415);
  EXPECT_EQ(with("application/cloudevents+json; charset=utf-16", lead("l")),
            415);
  EXPECT_EQ(with("application/json", lead("l")), 400);
  EXPECT_EQ(with("application/cloudevents-batch+json", "{}"), 400);
  EXPECT_EQ(with("application/cloudevents-batch+json", "[1,"), 400);
  EXPECT_EQ(with("application/cloudevents-batch+json", ""), 400);
  EXPECT_EQ(with("application/cloudevents+json", "{"), 400);
}

TEST(HttpIngress, AnEventBeyond256KiBIsTooLarge) {
  auto big = lead("l-1").substr(0, lead("l-1").size() - 2) + R"(,"x":")"
             + std::string(256 * 1024, 'x') + "\"}}";
  EXPECT_EQ(structured(big).status, 413);
  EXPECT_EQ(batch("[" + big + "]").status, 413);
  EXPECT_EQ(
    ingest(binary("\"" + std::string(256 * 1024, 'x') + "\""), json_decoder())
      .status,
    413);
}

TEST(HttpIngress, TheTraceOfTheRequestGoesIntoTheRecord) {
  auto got = ingest(
    {.content_type = "application/cloudevents+json",
     .attributes = {},
     .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
     .body = lead("l")},
    json_decoder());
  ASSERT_EQ(got.records.at(0).headers.size(), 2U);
  EXPECT_EQ(
    got.records[0].headers[1],
    (header{"traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}));
}

} // namespace
} // namespace fairlead::http
