#include "tests/web/service.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
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

void open_stream(client& c, const std::string& query,
                 const std::string& last = {}) {
  c.say("GET /v1/stream" + query + " HTTP/1.1\r\nHost: localhost\r\n"
        + (last.empty() ? "" : "Last-Event-ID: " + last + "\r\n") + "\r\n");
  ASSERT_TRUE(c.hear(": fairlead\n\n")) << c.heard;
}

void write_output(service& s, topic on, const std::string& team,
                  const std::string& id) {
  new_record r;
  r.on = on;
  r.key = team;
  r.value = R"({"specversion":"1.0","id":")" + id + R"(","data":{"type":"no"},)"
            + R"("type":"lead.assigned"})";
  r.timestamp = at_ms(4'000'000'000'000);
  s.log().commit({.records = {r}, .positions = no_positions});
}

struct sent {
  std::string id, type, data;
};

// The events of a stream so far, without the chunks around them.
std::vector<sent> events(const std::string& heard) {
  std::vector<sent> out;
  for (std::size_t at = 0;;) {
    at = heard.find("id: ", at);
    if (at == std::string::npos)
      return out;
    auto end = heard.find("\n\n", at);
    if (end == std::string::npos)
      return out;
    auto field = [&](const std::string& name) {
      auto from = heard.find(name, at) + name.size();
      return heard.substr(from, heard.find('\n', from) - from);
    };
    out.push_back({field("id: "), field("event: "), field("data: ")});
    at = end;
  }
}

TEST(HttpStream, NewOutputsComeAsTheyAreWritten) {
  service s;
  write_output(s, topic::assignments, "acme", "old");
  client c{s.port()};
  open_stream(c, "");
  EXPECT_THAT(c.heard, HasSubstr("Content-Type: text/event-stream"));
  write_output(s, topic::assignments, "acme", "new");
  ASSERT_TRUE(c.hear("\"new\""));
  ASSERT_TRUE(c.hear("}\n\n"));
  auto got = events(c.heard);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].type, "lead.assigned");
  EXPECT_EQ(nlohmann::json::parse(got[0].data)["id"], "new");
}

TEST(HttpStream, ShowsOnlyItsTopicsAndTeam) {
  service s;
  client c{s.port()};
  open_stream(c, "?topics=rings,tasks&team=acme");
  write_output(s, topic::rings, "acme", "e1");
  write_output(s, topic::rings, "other", "e2");
  write_output(s, topic::assignments, "acme", "e3");
  write_output(s, topic::tasks, "acme", "e4");
  ASSERT_TRUE(c.hear("\"e4\""));
  EXPECT_THAT(c.heard, HasSubstr("\"e1\""));
  EXPECT_THAT(c.heard, testing::Not(HasSubstr("\"e2\"")));
  EXPECT_THAT(c.heard, testing::Not(HasSubstr("\"e3\"")));
  EXPECT_EQ(get(s.port(), "/v1/stream?topics=nothing").status, 400);
  EXPECT_EQ(get(s.port(), "/v1/stream?topics=state").status, 400);
  EXPECT_EQ(get(s.port(), "/v1/stream?after=x").status, 400);
}

// Goal: a stream that breaks at any moment has neither gap nor repetition
// after it resumes, also over a restart. Method: one writer, twelve
// connections that each end after a few events.
TEST(HttpStream, ResumesWithoutGapOrRepetition) {
  service s;
  constexpr int total = 300;
  std::string last = "0";
  std::vector<std::string> ids;
  int written = 0;
  for (int round = 0; ids.size() < total; ++round) {
    ASSERT_LT(round, 200);
    std::thread writer{[&] {
      for (int i = 0; i < 25 && written < total; ++i, ++written)
        write_output(s, i % 2 ? topic::rings : topic::assignments, "acme",
                     std::to_string(written));
    }};
    {
      client c{s.port()};
      open_stream(c, "", last);
      auto want
        = std::min<std::size_t>(static_cast<std::size_t>(1 + round * 7 % 31),
                                static_cast<std::size_t>(total) - ids.size());
      std::vector<sent> got;
      auto until = std::chrono::steady_clock::now() + 2s;
      while (got.size() < want && std::chrono::steady_clock::now() < until) {
        c.hear("never", 5ms);
        got = events(c.heard);
      }
      for (const auto& e : got) {
        ids.push_back(nlohmann::json::parse(e.data)["id"]);
        last = e.id;
      }
    }
    writer.join();
    if (round == 5)
      s.restart();
  }
  ASSERT_EQ(ids.size(), static_cast<std::size_t>(total));
  for (int i = 0; i < total; ++i)
    EXPECT_EQ(ids[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(HttpStream, ASilentOneHasAHeartbeat) {
  http::settings settings;
  settings.heartbeat = 300ms;
  service s{settings};
  client c{s.port()};
  open_stream(c, "");
  EXPECT_TRUE(c.hear(": still here\n\n", 10s));
}

TEST(HttpStream, OnlySoManyAreOpenAndALeavingClientMakesRoom) {
  http::settings settings;
  settings.streams_max = 2;
  service s{settings};
  auto one = std::make_unique<client>(s.port());
  client two{s.port()};
  open_stream(*one, "");
  open_stream(two, "");
  auto r = get(s.port(), "/v1/stream");
  EXPECT_EQ(r.status, 429);
  EXPECT_EQ(r.header("Retry-After"), "1");
  // Streams hold no worker: everything else goes on.
  EXPECT_EQ(post(s.port(), lead("l-1")).status, 202);
  one.reset();
  auto until = std::chrono::steady_clock::now() + 10s;
  bool opened = false;
  while (!opened && std::chrono::steady_clock::now() < until) {
    client three{s.port()};
    three.say("GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    opened = three.hear(": fairlead\n\n", 200ms);
  }
  EXPECT_TRUE(opened);
}

// Goal: no stream takes the last file of the process.
// Method: a hard limit for far fewer files than the settings ask for.
void stream_where_files_are_few() {
  rlimit files{.rlim_cur = 64, .rlim_max = 200};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  service s;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(files.rlim_cur, 200U) << "the soft limit rises by itself";
  std::vector<std::unique_ptr<client>> readers;
  for (int i = 0; i < 50; ++i) {
    readers.push_back(std::make_unique<client>(s.port()));
    open_stream(*readers.back(), "");
  }
  EXPECT_EQ(get(s.port(), "/v1/stream").status, 429);
  EXPECT_EQ(post(s.port(), lead("l-1")).status, 202);
}

// In a process of its own: a hard limit can't be raised again.
TEST(HttpStream, ThereAreNoMoreThanFilesCanBeOpenFor) {
  EXPECT_EXIT(
    {
      stream_where_files_are_few();
      ::_exit(testing::Test::HasFailure() ? 1 : 0);
    },
    testing::ExitedWithCode(0), "");
}

TEST(HttpStream, AClientThatNeverReadsIsLetGo) {
  http::settings settings;
  settings.write_timeout = 200ms;
  settings.streams_max = 1;
  service s{settings};
  client deaf{s.port()};
  deaf.say("GET /v1/stream?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  new_record r;
  r.on = topic::rings;
  r.key = "acme";
  r.value = "\"" + std::string(20'000, 'x') + "\"";
  r.timestamp = at_ms(4'000'000'000'000);
  s.log().commit({.records = std::vector(1'000, r), .positions = no_positions});
  auto until = std::chrono::steady_clock::now() + 20s;
  bool opened = false;
  while (!opened && std::chrono::steady_clock::now() < until) {
    client next{s.port()};
    next.say("GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    opened = next.hear(": fairlead\n\n", 200ms);
  }
  EXPECT_TRUE(opened);
}

int threads() {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == "Threads:" && in >> word)
      return std::stoi(word);
  return 0;
}

TEST(HttpStream, AThousandReadersCostNoThreadAndAllHear) {
  rlimit files{}; // both ends of every connection are in this process
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4'000);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  service s;
  post(s.port(), lead("l-1"));
  auto before = threads();
  std::vector<std::unique_ptr<client>> readers;
  for (int i = 0; i < 1'000; ++i) {
    readers.push_back(std::make_unique<client>(s.port()));
    open_stream(*readers.back(), i % 2 ? "" : "?team=other");
  }
  // Those that ask the sources, the one that reads the log, the probes'.
  EXPECT_LE(threads(), before + 8);
  EXPECT_EQ(get(s.port(), "/v1/stream").status, 429);
  write_output(s, topic::rings, "acme", "e1");
  write_output(s, topic::rings, "other", "e2");
  for (std::size_t i = 0; i < readers.size(); ++i) {
    ASSERT_TRUE(readers[i]->hear("\"e2\"", 10s)) << i;
    EXPECT_EQ(readers[i]->heard.find("\"e1\"") != std::string::npos,
              i % 2 == 1);
  }
  EXPECT_EQ(post(s.port(), lead("l-2")).status, 202);
}

// Goal: whoever reads too slowly learns where to go on, and misses nothing.
// Method: a reader that stops until it is said to lag, then takes the rest.
TEST(HttpStream, ALaggingOneIsToldWhereToGoOn) {
  constexpr std::size_t total = 600;
  http::settings settings;
  settings.write_timeout = 1s;
  service s{settings};
  client slow{s.port()};
  open_stream(slow, "?topics=rings");
  std::vector<new_record> many;
  for (std::size_t i = 0; i < total; ++i) {
    new_record r;
    r.on = topic::rings;
    r.key = "acme";
    r.value = "\"" + std::string(20'000, 'x') + "\"";
    r.timestamp = at_ms(4'000'000'000'000);
    many.push_back(r);
  }
  s.log().commit({.records = many, .positions = no_positions});
  auto until = std::chrono::steady_clock::now() + 20s;
  while (get(s.port(), "/metrics").body.find("{reason=\"lagged\"} 1\n")
           == std::string::npos
         && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(50ms);
  ASSERT_TRUE(slow.hear("event: reset\n"));
  ASSERT_TRUE(slow.hear("\r\n0\r\n\r\n"));
  EXPECT_TRUE(slow.closed(5s));
  auto got = events(slow.heard);
  ASSERT_GT(got.size(), 2U);
  ASSERT_LT(got.size(), total);
  // The reset comes after the events and has the id of the last of them.
  auto told = slow.heard.substr(slow.heard.find("event: reset\n"));
  EXPECT_THAT(told, HasSubstr("id: " + got[got.size() - 2].id + "\n"));
  client next{s.port()};
  open_stream(next, "?topics=rings", got.back().id);
  auto left = total - (got.size() - 1);
  for (int i = 0; i < 2'000 && events(next.heard).size() < left; ++i)
    next.hear("never", 10ms);
  auto rest = events(next.heard);
  ASSERT_EQ(rest.size(), left);
  EXPECT_EQ(std::stoll(rest.front().id), std::stoll(got.back().id) + 1);
}

TEST(HttpStream, TheServerStopsQuicklyWithOpenStreams) {
  auto s = std::make_unique<service>();
  client c{s->port()};
  open_stream(c, "");
  auto begin = std::chrono::steady_clock::now();
  s.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_TRUE(c.closed(5s));
}

TEST(HttpStream, TheServerStopsQuicklyWithOneThatNobodyReads) {
  http::settings settings;
  settings.write_timeout = 30s;
  auto s = std::make_unique<service>(settings);
  client c{s->port()};
  open_stream(c, "");
  new_record r;
  r.on = topic::rings;
  r.key = "acme";
  r.value = "\"" + std::string(200'000, 'x') + "\"";
  r.timestamp = at_ms(4'000'000'000'000);
  for (int i = 0; i < 100; ++i)
    s->log().commit({.records = {r}, .positions = no_positions});
  // Until the socket is full and the stream waits for it.
  std::this_thread::sleep_for(1s);
  auto begin = std::chrono::steady_clock::now();
  s.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

} // namespace
} // namespace fairlead
