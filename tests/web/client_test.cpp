#include "connectors/http/client/client.hpp"
#include "tests/web/service.hpp"

#include <gmock/gmock.h>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using test::lead;
using test::post;
using test::service;

http::instance place_of(const service& s) {
  return {.url = "http://127.0.0.1:" + std::to_string(s.port()),
          .token = {},
          .team = {}};
}

// An event that the contract accepts, and nobody would write like this.
std::string odd_event(std::size_t levels = 60) {
  auto deep = std::string(levels, '[') + std::string(levels, ']');
  return R"({ "id":"i-1","specversion" : "1.0", "source":"/test",)"
         R"("type":"lead.received","partitionkey":"acme","zeta":1,"alpha":"\u00e4",)"
         R"("data":{"lead_id":"l-1","payload":[1.0,1E2,)"
         + deep + "]} }";
}

TEST(HttpClient, PagesHaveEventsAsTheyWereWritten) {
  service s;
  ASSERT_EQ(post(s.port(), odd_event()).status, 202);
  ASSERT_EQ(post(s.port(), lead("l-2", "other")).status, 202);
  auto pages = http::open_pages(place_of(s), {topic::leads});
  auto one = pages->next(10s);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->on, topic::leads);
  EXPECT_EQ(one->offset, 0);
  EXPECT_EQ(one->key, "acme");
  EXPECT_TRUE(one->value == odd_event());
  auto two = pages->next(10s);
  ASSERT_TRUE(two);
  EXPECT_EQ(two->offset, 1);
  EXPECT_EQ(two->key, "other");
  EXPECT_EQ(two->value, lead("l-2", "other"));
  EXPECT_FALSE(pages->next(0s));
  EXPECT_TRUE(pages->caught_up());
}

TEST(HttpClient, AStreamHasEventsAsTheyWereWritten) {
  service s;
  new_record r;
  r.on = topic::rings;
  r.key = "acme";
  // From before there was a bound.
  auto deep = odd_event(100'000);
  r.value = deep;
  r.timestamp = at_ms(4'000'000'000'000);
  s.log().commit({.records = {r}, .positions = no_positions});
  auto stream
    = http::open_stream(place_of(s), {topic::rings}, read_start::beginning);
  auto got = stream->next(10s);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->key, "acme");
  EXPECT_TRUE(got->value == deep);
}

TEST(HttpClient, DeadLettersKeepTheirHeaders) {
  service s;
  new_record d;
  d.on = topic::dead_letters;
  d.key = "acme";
  d.value = "no JSON";
  d.timestamp = at_ms(4'000'000'000'000);
  d.headers
    = {{"kafka_dlt-original-partition", std::string{"\0\0\0\x07", 4}},
       {"kafka_dlt-original-offset", std::string{"\0\0\0\0\0\0\1\2", 8}},
       {"kafka_dlt-exception-fqcn", "malformed_json"}};
  s.log().commit({.records = {d}, .positions = no_positions});
  auto pages = http::open_pages(place_of(s), {topic::dead_letters});
  auto stream = http::open_stream(place_of(s), {topic::dead_letters},
                                  read_start::beginning);
  for (const auto& got : {pages->next(10s), stream->next(10s)}) {
    ASSERT_TRUE(got);
    EXPECT_EQ(got->on, topic::dead_letters);
    EXPECT_EQ(got->timestamp, d.timestamp);
    EXPECT_EQ(got->key, d.key);
    EXPECT_EQ(got->value, d.value);
    EXPECT_EQ(got->headers, d.headers);
  }
}

TEST(HttpClient, ARefusalIsTheServersSentence) {
  service s;
  auto sink = http::open_sink(place_of(s));
  new_record good;
  good.value = lead("l-1");
  new_record bad;
  bad.value = R"({"specversion":"1.0"})";
  std::string why;
  EXPECT_EQ(sink->append({good, bad}, why), event_sink::verdict::failed);
  EXPECT_THAT(why, testing::StartsWith("event 1: "));
  EXPECT_EQ(sink->append({good}, why), event_sink::verdict::durable);
  try {
    (void)http::open_pages(place_of(s), {topic::state});
    FAIL() << "was not refused";
  } catch (const http::refused& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("state"));
  }
}

} // namespace
} // namespace fairlead
