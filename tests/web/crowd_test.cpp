#include "tests/web/service.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using test::client;
using test::get;
using test::lead;
using test::post;
using test::service;
using testing::HasSubstr;

// Both ends of every connection are in this process.
void want_files(rlim_t n) {
  rlimit l{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &l), 0);
  l.rlim_cur = std::min(std::max(l.rlim_cur, n), l.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &l), 0);
  ASSERT_GE(l.rlim_cur, n);
}

std::int64_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::int64_t all = 0;
  std::int64_t pages = 0;
  in >> all >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

std::vector<std::unique_ptr<client>> crowd(std::uint16_t port, int n,
                                           const std::string& words) {
  std::vector<std::unique_ptr<client>> all;
  for (int i = 0; i < n; ++i) {
    all.push_back(std::make_unique<client>(port));
    all.back()->say(words);
  }
  return all;
}

TEST(HttpCrowd, AThousandWhoNeverSpeakHarmNobody) {
  want_files(4'000);
  service s;
  ASSERT_EQ(post(s.port(), lead("l-0")).status, 202);
  auto before = resident_bytes();
  {
    auto silent = crowd(s.port(), 1'000, "");
    // Even while they are there.
    EXPECT_EQ(post(s.port(), lead("l-1")).status, 202);
    EXPECT_EQ(get(s.port(), "/livez").status, 200);
    EXPECT_LT(resident_bytes() - before, 64 * 1024 * 1024);
    auto m = get(s.port(), "/metrics").body;
    auto at = m.find("\nfairlead_http_connections ");
    ASSERT_NE(at, std::string::npos);
    auto open = std::stoi(m.substr(at + 27));
    EXPECT_GT(open, 200);
    EXPECT_LE(open, 256);
  }
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(get(s.port(), "/livez").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(HttpCrowd, HalfRequestsHoldNoWorkerAndAreEnded) {
  http::settings settings;
  settings.request_timeout = 300ms;
  service s{settings};
  auto heads = crowd(s.port(), 100, "GET /livez HTTP/1.1\r\nHos");
  auto bodies = crowd(s.port(), 100,
                      "POST /v1/events HTTP/1.1\r\n"
                      "Content-Type: application/cloudevents+json\r\n"
                      "Content-Length: 1000\r\n\r\n{");
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(post(s.port(), lead("l-" + std::to_string(i))).status, 202);
  EXPECT_TRUE(heads.front()->closed(10s));
  EXPECT_TRUE(bodies.front()->closed(10s));
}

TEST(HttpCrowd, WhoDoesNotTakeItsAnswerHoldsNoWorker) {
  http::settings settings;
  settings.workers_max = 1;
  settings.waits_max = 0;
  settings.streams_max = 0;
  service s{settings};
  for (int i = 0; i < 12; ++i) {
    new_record r;
    r.on = topic::rings;
    r.key = "acme";
    r.value = "\"" + std::string(900'000, 'x') + "\"";
    r.timestamp = at_ms(4'000'000'000'000);
    s.log().commit({.records = {r}, .positions = no_positions});
  }
  std::string many;
  for (int i = 0; i < 12; ++i)
    many += "GET /v1/topics/rings/records HTTP/1.1\r\nHost: localhost\r\n\r\n";
  auto deaf = crowd(s.port(), 20, many);
  EXPECT_EQ(get(s.port(), "/v1/topics/leads/records").status, 200);
}

std::string large_pages(service& s, int n) {
  for (int i = 0; i < 12; ++i) {
    new_record r;
    r.on = topic::rings;
    r.key = "acme";
    r.value = "\"" + std::string(900'000, 'x') + "\"";
    r.timestamp = at_ms(4'000'000'000'000);
    s.log().commit({.records = {r}, .positions = no_positions});
  }
  std::string many;
  for (int i = 0; i < n; ++i)
    many += "GET /v1/topics/rings/records HTTP/1.1\r\nHost: localhost\r\n\r\n";
  return many;
}

/// Until nothing more comes in: however long their answers are being made.
void wait_until_full(const std::vector<std::unique_ptr<client>>& deaf,
                     std::chrono::milliseconds quiet) {
  std::int64_t before = -1;
  for (auto since = std::chrono::steady_clock::now();
       std::chrono::steady_clock::now() - since < quiet;) {
    std::int64_t all = 0;
    for (const auto& d : deaf)
      all += d->unread();
    if (all != before)
      since = std::chrono::steady_clock::now();
    before = all;
    std::this_thread::sleep_for(20ms);
  }
}

// Goal: those that do not take their answers hold no place for long. Method:
// as many of them as there are places, and others that come a second later.
TEST(HttpCrowd, WhoIsSlowToReadMakesRoomFirst) {
  http::settings settings;
  settings.connections_max = 8;
  service s{settings};
  auto deaf = crowd(s.port(), 8, large_pages(s, 12));
  wait_until_full(deaf, 2s);
  client idle{s.port()};
  idle.say("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(test::answer_to(idle).status, 200);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(post(s.port(), lead("l-" + std::to_string(i))).status, 202);
  // Whoever reads has kept its place.
  idle.say("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(test::answer_to(idle).status, 200);
}

// Goal: an orchestrator gets its answer though every place is at work.
TEST(HttpCrowd, AProbeGetsThroughWhenNobodyMakesRoom) {
  http::settings settings;
  settings.connections_max = 2;
  service s{settings};
  auto waiting = crowd(s.port(), 2,
                       "GET /v1/topics/leads/records?wait_s=30 HTTP/1.1\r\n"
                       "Host: localhost\r\n\r\n");
  std::this_thread::sleep_for(500ms);
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(get(s.port(), "/livez").status, 200);
  auto r = post(s.port(), lead("l-1"));
  EXPECT_EQ(r.status, 503);
  EXPECT_EQ(r.header("Retry-After"), "1");
  EXPECT_THAT(r.body, HasSubstr("Too many connections"));
  // Nor do those help that take the places for probes and are silent.
  auto silent = crowd(s.port(), 60, "");
  EXPECT_EQ(get(s.port(), "/readyz").status, 200);
}

TEST(HttpCrowd, AStopWaitsASecondForWhoDoesNotRead) {
  auto s = std::make_unique<service>();
  auto deaf = crowd(s->port(), 4, large_pages(*s, 12));
  std::this_thread::sleep_for(500ms);
  auto begin = std::chrono::steady_clock::now();
  s.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

// The last byte of a request and the end of the client's side come together.
TEST(HttpConnection, HalfAClosedOneIsAnswered) {
  service s;
  std::string head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
                     "Content-Type: text/plain\r\nContent-Length: ";
  auto n = 16'384 - head.size() - 9;
  client c{s.port()};
  c.say(head + std::to_string(n) + "\r\n\r\n" + std::string(n, 'x'));
  c.finish();
  EXPECT_EQ(test::answer_to(c).status, 415);
}

TEST(HttpConnection, CarriesOneRequestAfterAnother) {
  service s;
  client c{s.port()};
  for (int i = 0; i < 3; ++i) {
    c.say("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(test::answer_to(c).status, 200);
  }
  // Two at once, the first with a body that nobody reads.
  c.say(
    "GET /version HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
    "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(test::answer_to(c).body, HasSubstr("fairlead"));
  EXPECT_THAT(test::answer_to(c).body, HasSubstr("ready"));
  EXPECT_TRUE(c.closed(5s));
}

TEST(HttpConnection, IsClosedWhenTheClientSaysSo) {
  service s;
  for (const auto* how : {"close", "Close", "keep-alive , CLOSE"}) {
    client c{s.port()};
    c.say("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: "
          + std::string{how} + "\r\n\r\n");
    EXPECT_TRUE(c.closed(10s)) << how;
    EXPECT_THAT(c.heard, HasSubstr("\r\nConnection: close\r\n")) << how;
  }
}

TEST(HttpConnection, IsAskedForTheBodyItAnnounced) {
  service s;
  client c{s.port()};
  auto body = lead("l-1");
  c.say(
    "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
    "Content-Type: application/cloudevents+json\r\nContent-Length: "
    + std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(test::answer_to(c).status, 100);
  c.say(body);
  EXPECT_EQ(test::answer_to(c).status, 202);
}

// Goal: no proxy in front sees one request where this service sees two.
// Method: each shape hides a second one behind its body, by one reading of it.
TEST(HttpConnection, WhatCouldHideARequestIsOneRequest) {
  service s;
  const std::string hidden = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
  auto length = std::to_string(hidden.size());
  for (const auto& shape : std::vector<std::string>{
         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
         "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n",
         "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "Content-Length: 0\r\nContent-Length: " + length + "\r\n\r\n",
         "Content-Length: 0, " + length + "\r\n\r\n",
         "Content-Length: +0\r\n\r\n", "Content-Length: 0x0\r\n\r\n",
         "Content-Length:\r\n\t0\r\n\r\n", "Content-Length : 0\r\n\r\n",
         "Content-Length: 18446744073709551616\r\n\r\n",
         "X: y\rContent-Length: 0\r\n\r\n"}) {
    client c{s.port()};
    c.say("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
          + std::string{test::structured} + shape + hidden);
    EXPECT_TRUE(c.closed(5s)) << shape;
    EXPECT_THAT(c.heard, testing::StartsWith("HTTP/1.1 4")) << shape;
    EXPECT_EQ(c.heard.find("HTTP/1.1 ", 1), std::string::npos) << shape;
  }
  // A good one in chunks, and what comes behind it.
  client c{s.port()};
  c.say("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
        + std::string{test::structured}
        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden);
  EXPECT_EQ(test::answer_to(c).status, 400);
  EXPECT_EQ(test::answer_to(c).status, 200);
}

TEST(HttpConnection, NonsenseIsAnsweredAndClosed) {
  service s;
  for (const auto* words :
       {"\r\n\r\n", "HELLO\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n", "\x16\x03\x01 tls?\r\n\r\n",
        " GET /livez HTTP/1.1\r\n\r\n", "GET /livez\r\n\r\n",
        "GET /livez HTTP/1.1 \r\n\r\n"}) {
    client c{s.port()};
    c.say(words);
    auto r = test::answer_to(c);
    EXPECT_GE(r.status, 400) << words;
    EXPECT_LT(r.status, 500) << words;
    EXPECT_TRUE(c.closed(5s)) << words;
  }
  client c{s.port()};
  c.say("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(test::answer_to(c).status, 431);
  EXPECT_TRUE(c.closed(5s));
  EXPECT_EQ(get(s.port(), "/" + std::string(9'000, 'x')).status, 414);
  EXPECT_EQ(get(s.port(), "/livez").status, 200);
}

} // namespace
} // namespace fairlead
