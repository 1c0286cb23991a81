#include "connectors/http/gzip.hpp"
#include "tests/web/service.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::batched;
using test::client;
using test::get;
using test::lead;
using test::post;
using test::request;
using test::service;
using test::structured;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A problem as RFC 9457 has it.
json problem(const test::reply& r) {
  EXPECT_EQ(r.header("Content-Type"), "application/problem+json");
  auto p = json::parse(r.body);
  EXPECT_EQ(p.at("status"), r.status);
  EXPECT_TRUE(p.at("title").is_string());
  EXPECT_TRUE(p.at("type").is_string());
  EXPECT_FALSE(p.at("detail").get<std::string>().empty());
  return p;
}

std::vector<std::string> stored(service& s) {
  return test::values_of(s.log(), topic::leads);
}

TEST(HttpEvents, AreDurableInAllThreeModes) {
  service s;
  auto one = post(s.port(), lead("l-1"));
  EXPECT_EQ(one.status, 202);
  EXPECT_EQ(json::parse(one.body), json({{"accepted", 1}}));
  auto two = post(s.port(), R"({"lead_id":"l-2"})",
                  "Content-Type: application/json\r\n"
                  "ce-specversion: 1.0\r\nce-id: l-2\r\n"
                  "ce-source: /test\r\nCE-Type: lead.received\r\n"
                  "ce-partitionkey: acme\r\n");
  EXPECT_EQ(two.status, 202) << two.body;
  auto three
    = post(s.port(), "[" + lead("l-3") + "," + lead("l-4") + "]", batched);
  EXPECT_EQ(three.status, 202);
  EXPECT_EQ(json::parse(three.body), json({{"accepted", 2}}));
  auto five = post(s.port(), R"({"lead_id":"l-5"})",
                   "ce-specversion: 1.0\r\nce-id: l-5\r\nce-source: /test\r\n"
                   "ce-type: lead.received\r\nce-partitionkey: acme\r\n");
  EXPECT_EQ(five.status, 202) << five.body;
  s.restart();
  auto all = stored(s);
  ASSERT_EQ(all.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(json::parse(all[i]).at("id"), "l-" + std::to_string(i + 1));
}

// The binding escapes once: a percent sign that was escaped is one.
TEST(HttpEvents, AHeaderIsDecodedOnce) {
  service s;
  auto r = post(s.port(), R"({"lead_id":"l-1"})",
                "Content-Type: application/json\r\n"
                "ce-specversion: 1.0\r\nce-id: 100%2525%20%C3%A4\r\n"
                "ce-source: /test\r\nce-type: lead.received\r\n"
                "ce-partitionkey: acme\r\n");
  EXPECT_EQ(r.status, 202) << r.body;
  auto all = stored(s);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(json::parse(all[0]).at("id"), "100%25 ä");
}

TEST(HttpEvents, AFaultIsNamedByPointerAndNothingIsWritten) {
  service s;
  auto bad = R"({"specversion":"1.0","id":"1","source":"/s",)"
             R"("type":"lead.received","partitionkey":"acme","data":{}})";
  auto r
    = post(s.port(), "[" + lead("l-1") + "," + std::string{bad} + "]", batched);
  EXPECT_EQ(r.status, 400);
  auto p = problem(r);
  EXPECT_EQ(p["type"], "urn:fairlead:problem:invalid-event");
  ASSERT_EQ(p["errors"].size(), 1U);
  EXPECT_EQ(p["errors"][0]["index"], 1);
  EXPECT_EQ(p["errors"][0]["pointer"], "/data/lead_id");
  EXPECT_EQ(p["errors"][0]["reason"], "missing_field");
  EXPECT_THAT(stored(s), IsEmpty());
}

TEST(HttpEvents, EachRefusalHasItsStatus) {
  service s;
  auto status = [&](const std::string& body, const std::string& head) {
    auto r = post(s.port(), body, head);
    problem(r);
    return r.status;
  };
  EXPECT_EQ(status("{", structured), 400);
  EXPECT_EQ(status(lead("l"), "Content-Type: text/plain\r\n"), 415);
  EXPECT_EQ(status(lead("l"), ""), 415);
  EXPECT_EQ(status(lead("l"), "Content-Type: multipart/form-data; "
                              "boundary=x\r\n"),
            415);
  EXPECT_EQ(
    status(lead("l"), std::string{structured} + "Content-Encoding: br\r\n"),
    415);
  EXPECT_EQ(
    status(lead("l"), std::string{structured} + "Content-Encoding: gzip\r\n"),
    400);
  EXPECT_EQ(
    status("[" + lead(std::string(2 * 1024 * 1024, 'x')) + "]", batched), 413);
  EXPECT_EQ(status(lead(std::string(300 * 1024, 'x')), structured), 413);
  EXPECT_THAT(stored(s), IsEmpty());
}

TEST(HttpEvents, ABodyComesWithItsLengthOrInChunks) {
  service s;
  auto begin = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
               + std::string{structured};
  {
    client c{s.port()};
    c.say(begin + "\r\n");
    auto r = test::answer_to(c);
    EXPECT_EQ(r.status, 411);
    problem(r);
  }
  auto event = lead("l-1");
  client c{s.port()};
  auto chunk = [](const std::string& bytes) {
    std::ostringstream out;
    out << std::hex << bytes.size() << ";ignored=1\r\n" << bytes << "\r\n";
    return out.str();
  };
  // In one piece, then in pieces, on one connection.
  for (const auto pieces : {1U, 7U}) {
    c.say(begin + "Transfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0; at < event.size(); at += event.size() / pieces + 1)
      c.say(chunk(event.substr(at, event.size() / pieces + 1)));
    c.say("0\r\nTrailer: x\r\n\r\n");
    EXPECT_EQ(test::answer_to(c).status, 202) << pieces;
  }
  EXPECT_THAT(stored(s), ElementsAre(event, event));
  // Chunks count for the bound, too, and nonsense ends the connection.
  c.say(begin + "Transfer-Encoding: chunked\r\n\r\n");
  auto large = chunk(std::string(200'000, ' '));
  for (int i = 0; i < 6; ++i)
    c.say(large);
  EXPECT_EQ(test::answer_to(c).status, 413);
  client bad{s.port()};
  bad.say(begin + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n");
  EXPECT_EQ(test::answer_to(bad).status, 400);
  EXPECT_TRUE(bad.closed(5s));
}

TEST(HttpEvents, ABodyMayBePacked) {
  service s;
  auto packed = [&](const std::string& text, const std::string& type) {
    return post(s.port(), http::gzip(text), type + "Content-Encoding: gzip\r\n")
      .status;
  };
  EXPECT_EQ(packed(lead("l-1"), structured), 202);
  EXPECT_THAT(stored(s), ElementsAre(lead("l-1")));
  EXPECT_EQ(packed("[" + std::string(2'000'000, ' ') + "]", batched), 413);
  // And an answer, if the client likes.
  for (int i = 0; i < 20; ++i)
    post(s.port(), lead("m-" + std::to_string(i)));
  auto r = get(s.port(), "/v1/topics/leads/records",
               "Accept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_EQ(r.header("Content-Encoding"), "gzip");
  auto text = http::gunzip(r.body, 1'000'000);
  ASSERT_TRUE(text.bytes);
  EXPECT_EQ(json::parse(*text.bytes).at("records").size(), 21U);
  EXPECT_EQ(get(s.port(), "/v1/topics/leads/records",
                "Accept-Encoding: gzip;q=0, br\r\n")
              .header("Content-Encoding"),
            "");
  EXPECT_EQ(get(s.port(), "/metrics", "Accept-Encoding: gzip, br\r\n")
              .header("Content-Encoding"),
            "");
}

TEST(HttpEvents, AFullDiskAnswers503AndReadingGoesOn) {
  service s{{}, 40};
  auto event = lead("l");
  event.insert(event.size() - 2,
               R"(,"payload":")" + std::string(10'000, 'x') + '"');
  int last = 202;
  for (int i = 0; i < 100 && last == 202; ++i)
    last = post(s.port(), event).status;
  EXPECT_EQ(last, 503);
  EXPECT_EQ(get(s.port(), "/v1/topics/leads/records").status, 200);
  EXPECT_EQ(get(s.port(), "/livez").status, 200);
}

// A sink that is always full.
struct full_sink final : event_sink {
  verdict append(std::vector<new_record>, std::string& why) override {
    why = "Too many events wait.";
    return verdict::busy;
  }
};

TEST(HttpEvents, AFullQueueAnswers429WithRetryAfter) {
  full_sink sink;
  metrics m;
  http::settings settings;
  settings.port = 0;
  http::server server{settings,
                      {.sink = &sink, .events = &json_decoder(), .counts = &m}};
  auto r = post(server.port(), lead("l-1"));
  EXPECT_EQ(r.status, 429);
  EXPECT_EQ(r.header("Retry-After"), "1");
  problem(r);
  // On Kafka the topics are there, not here.
  EXPECT_EQ(get(server.port(), "/v1/topics/leads/records").status, 404);
  EXPECT_EQ(get(server.port(), "/v1/stream").status, 404);
}

TEST(HttpPaths, PlacesOfOthersAreAdded) {
  full_sink sink;
  metrics m;
  http::settings settings;
  settings.port = 0;
  http::parts parts{.sink = &sink, .events = &json_decoder(), .counts = &m};
  parts.routes.push_back(
    {"GET", "/v1/teams/{team}/who", {"as"}, [](const http::request& q) {
       http::response a;
       a.body = q.place("team") + " " + q.param("as").value_or("-") + " "
                + q.who.name;
       return a;
     }});
  parts.routes.push_back({"GET", "/v1/fails", {}, [](const http::request&) {
                            throw std::runtime_error{"It is broken."};
                            return http::response{};
                          }});
  parts.identify = [](const http::request& q) {
    auto who = q.header("x-who");
    return who.empty() ? std::nullopt
                       : std::optional{http::identity{.name = who}};
  };
  http::server server{settings, std::move(parts)};
  EXPECT_EQ(get(server.port(), "/v1/teams/a%20b/who").status, 401);
  auto r = get(server.port(), "/v1/teams/a%20b/who?as=x", "X-Who: olivia\r\n");
  EXPECT_EQ(r.body, "a b x olivia");
  auto broken = get(server.port(), "/v1/fails", "X-Who: olivia\r\n");
  EXPECT_EQ(broken.status, 503);
  EXPECT_EQ(problem(broken)["detail"], "It is broken.");
}

TEST(HttpHealth, ReadinessFollowsTheServiceAndStartupRemembers) {
  service s;
  s.not_ready("Restoring.");
  EXPECT_EQ(get(s.port(), "/livez").status, 200);
  EXPECT_EQ(get(s.port(), "/readyz").status, 503);
  EXPECT_EQ(get(s.port(), "/startupz").status, 503);
  EXPECT_EQ(post(s.port(), lead("l")).status, 503);
  EXPECT_EQ(problem(get(s.port(), "/readyz"))["detail"], "Restoring.");
  s.not_ready(std::nullopt);
  EXPECT_EQ(get(s.port(), "/readyz").status, 200);
  s.not_ready("Rebalancing.");
  EXPECT_EQ(get(s.port(), "/readyz").status, 503);
  EXPECT_EQ(get(s.port(), "/startupz").status, 200);
  EXPECT_EQ(json::parse(get(s.port(), "/version").body)["fairlead"], "test");
  EXPECT_EQ(request(s.port(), "HEAD", "/livez").status, 200);
}

TEST(HttpHealth, OnKafkaEventsNeedNoPartition) {
  class taking final : public event_sink {
    verdict append(std::vector<new_record>, std::string&) override {
      return verdict::durable;
    }
  } sink;
  metrics m;
  http::settings settings;
  settings.port = 0;
  http::server server{settings,
                      {.sink = &sink,
                       .events = &json_decoder(),
                       .counts = &m,
                       .not_ready = [] { return "Restoring."; },
                       .gates_events = false}};
  EXPECT_EQ(get(server.port(), "/readyz").status, 503);
  EXPECT_EQ(post(server.port(), lead("l-1")).status, 202);
}

TEST(HttpHealth, MetricsCountWhatHappened) {
  service s;
  post(s.port(), lead("l-1"));
  post(s.port(), "{");
  auto r = get(s.port(), "/metrics");
  EXPECT_EQ(r.status, 200);
  EXPECT_THAT(r.body, HasSubstr("\nfairlead_http_events_total 1\n"));
  EXPECT_THAT(r.body, HasSubstr("fairlead_http_events_rejected_total{reason="
                                "\"malformed_json\"} 1\n"));
  EXPECT_THAT(r.body, HasSubstr("fairlead_http_requests_total{route=\"/v1/"
                                "events\",status=\"202\"} 1\n"));
  EXPECT_THAT(r.body, HasSubstr("fairlead_http_request_seconds_count{route=\""
                                "/v1/events\"} 2\n"));
  EXPECT_THAT(r.body, HasSubstr("\nfairlead_http_connections "));
}

TEST(HttpHealth, MetricsCountWhatCannotBeRead) {
  service s;
  client c{s.port()};
  c.say("GET /version HTTP/1.1\r\nHost : x\r\n\r\n");
  EXPECT_EQ(test::answer_to(c).status, 400);
  EXPECT_THAT(get(s.port(), "/metrics").body,
              HasSubstr("fairlead_http_requests_total{route=\"other\","
                        "status=\"400\"} 1\n"));
}

// A range is a wish, and one of 8 KiB has ended a process before.
TEST(HttpHealth, ARangeIsNotLookedAt) {
  service s;
  for (const auto& range :
       {std::string{"x"}, std::string(8'000, '1'), std::string{"0-1,2-3"}}) {
    auto r = get(s.port(), "/version", "Range: bytes=" + range + "\r\n");
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(r.body, R"({"fairlead":"test"})");
  }
}

TEST(HttpPaths, AnAnswerToHeadHasNoBody) {
  service s;
  auto heard = [&](const std::string& head) {
    client c{s.port()};
    c.say("HEAD " + head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(c.closed(10s));
    return c.heard;
  };
  for (const auto* head :
       {"/livez HTTP/1.1", "/metrics HTTP/1.1", "/nothing HTTP/1.1",
        "/v1/events HTTP/1.1", "/v1/stream HTTP/1.1",
        "/v1/topics/leads/records HTTP/1.1", "/v1/topics/no/records HTTP/1.1",
        "/livez HTTP/1.1\r\nno colon"}) {
    auto r = heard(head);
    EXPECT_EQ(r.find("\r\n\r\n"), r.size() - 4) << r;
    EXPECT_THAT(r, HasSubstr("\r\nContent-Length: ")) << r;
  }
}

test::reply post_to(service& s, const std::string& path) {
  return request(s.port(), "POST", path, structured, lead("l"));
}

// A misspelt parameter would else bring everything, or nothing.
TEST(HttpPaths, UnknownParametersAreNamed) {
  service s;
  for (const auto* target :
       {"/v1/stream?topic=assignments", "/v1/stream?after=0&from=beginning",
        "/v1/topics/leads/records?Team=a", "/v1/events?x"}) {
    auto r = request(s.port(),
                     std::string_view{target}.starts_with("/v1/events") ? "POST"
                                                                        : "GET",
                     target, structured, "");
    EXPECT_EQ(r.status, 400) << target;
    EXPECT_THAT(problem(r)["detail"].get<std::string>(),
                HasSubstr("does not know the parameter"));
  }
  EXPECT_EQ(get(s.port(), "/v1/topics/leads/records?team=%4").status, 400);
  EXPECT_EQ(get(s.port(), "/livez?verbose").status, 200);
}

TEST(HttpPaths, UnknownOnesAre404AndWrongMethods405) {
  service s;
  EXPECT_EQ(get(s.port(), "/").status, 404);
  EXPECT_EQ(get(s.port(), "/v1/nothing").status, 404);
  EXPECT_EQ(get(s.port(), "/v1/topics/nothing/records").status, 404);
  EXPECT_EQ(get(s.port(), "/v1/topics/state/records").status, 404);
  EXPECT_EQ(get(s.port(), "/v1/topics//records").status, 404);
  auto r = get(s.port(), "/v1/events");
  EXPECT_EQ(r.status, 405);
  EXPECT_EQ(r.header("Allow"), "POST");
  problem(r);
  EXPECT_EQ(request(s.port(), "DELETE", "/livez").status, 405);
  EXPECT_THAT(problem(get(s.port(), "/"))["detail"].get<std::string>(),
              HasSubstr("POST /v1/events"));
  EXPECT_THAT(problem(post_to(s, "/v1/events/"))["detail"].get<std::string>(),
              HasSubstr("Did you mean /v1/events?"));
  auto options = request(s.port(), "OPTIONS", "/v1/events");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(request(s.port(), "POST", "/v1/stream").status, 405);
}

TEST(HttpToken, IsAskedForUnderV1Only) {
  http::settings settings;
  settings.token = "s3cret";
  service s{settings};
  auto r = post(s.port(), lead("l-1"));
  EXPECT_EQ(r.status, 401);
  EXPECT_THAT(r.header("WWW-Authenticate"), HasSubstr("Bearer"));
  problem(r);
  auto with = [&](const std::string& token) {
    return post(s.port(), lead("l-1"),
                structured + ("Authorization: " + token + "\r\n"))
      .status;
  };
  EXPECT_EQ(with("Bearer s3cre"), 401);
  EXPECT_EQ(with("Bearer s3cret2"), 401);
  EXPECT_EQ(with("Basic s3cret"), 401);
  EXPECT_EQ(with("Bearer "), 401);
  EXPECT_EQ(with("Bearer s3cret"), 202);
  EXPECT_EQ(get(s.port(), "/v1/topics/leads/records").status, 401);
  EXPECT_EQ(get(s.port(), "/v1/stream").status, 401);
  for (const auto* path :
       {"/livez", "/readyz", "/startupz", "/metrics", "/version"})
    EXPECT_EQ(get(s.port(), path).status, 200) << path;
}

TEST(HttpToken, WithoutItABodyIsNotWaitedFor) {
  http::settings settings;
  settings.token = "s3 cret%";
  service s{settings};
  auto announced = [&](const std::string& target, const std::string& headers) {
    auto c = std::make_unique<client>(s.port());
    c->say(target + " HTTP/1.1\r\nHost: x\r\n" + structured + headers
           + "Content-Length: 1000000\r\n\r\n");
    return c;
  };
  for (const auto* headers :
       {"", "Authorization: Bearer s3\r\n", "Expect: 100-continue\r\n"}) {
    auto c = announced("POST /v1/events", headers);
    auto r = test::answer_to(*c);
    EXPECT_EQ(r.status, 401) << headers;
    EXPECT_EQ(r.header("Connection"), "close");
    problem(r);
    EXPECT_TRUE(c->closed(5s));
  }
  EXPECT_EQ(test::answer_to(*announced("GET /livez", "")).status, 200);
  EXPECT_EQ(test::answer_to(*announced("POST /nothing", "")).status, 404);
  auto c = announced("POST /v1/events", "authorization: Bearer s3 cret%\r\n"
                                        "Expect: 100-continue\r\n");
  EXPECT_EQ(test::answer_to(*c).status, 100);
  c->say(std::string(1'000'000, ' '));
  EXPECT_EQ(test::answer_to(*c).status, 413);
}

// A page that a browser shows under a name which leads here could else ask and
// tell in the user's place.
TEST(HttpToken, WithoutItTheHostMustBeThisMachine) {
  auto status = [](service& s, const std::string& target,
                   const std::string& host) {
    client c{s.port()};
    c.say("GET " + target + " HTTP/1.1\r\n" + host + "\r\n");
    auto r = test::answer_to(c);
    if (r.status == 421) {
      EXPECT_THAT(r.head, HasSubstr("421 Misdirected Request\r\n"));
      EXPECT_THAT(problem(r)["detail"].get<std::string>(),
                  testing::AllOf(HasSubstr("127.0.0.1"), HasSubstr("token")));
    }
    return r.status;
  };
  constexpr auto* records = "/v1/topics/leads/records";
  service s;
  for (const auto* host : {"127.0.0.1", "127.1.2.3:80", "localhost",
                           "LocalHost:8080", "[::1]", "[::1]:8080"})
    EXPECT_EQ(status(s, records, "Host: " + std::string{host} + "\r\n"), 200)
      << host;
  for (const auto* host :
       {"Host: evil.example\r\n", "Host: evil.example:8080\r\n",
        "Host: 127.0.0.1.evil.example\r\n", "Host: localhost.evil.example\r\n",
        "Host: 128.0.0.1\r\n", "Host: 0.0.0.0:8080\r\n", "Host: [::2]\r\n",
        "Host: []\r\n", "Host: \r\n", "", "Host: %6cocalhost\r\n",
        "Host: [::1]evil.example\r\n", "Host: localhost:80.evil.example\r\n"}) {
    EXPECT_EQ(status(s, records, host), 421) << host;
    EXPECT_EQ(status(s, "/v1/stream", host), 421) << host;
    EXPECT_EQ(status(s, "/nothing", host), 421) << host;
    for (const auto* probe :
         {"/livez", "/readyz", "/startupz", "/metrics", "/version"})
      EXPECT_EQ(status(s, probe, host), 200) << host << probe;
  }
  http::settings settings;
  settings.token = "s3cret";
  service guarded{settings};
  EXPECT_EQ(status(guarded, records,
                   "Host: evil.example\r\nAuthorization: Bearer s3cret\r\n"),
            200);
}

std::string starting(const std::string& address, const std::string& token,
                     std::uint16_t port = 0) {
  full_sink sink;
  metrics m;
  http::settings settings;
  settings.address = address;
  settings.port = port;
  settings.token = token;
  try {
    http::server server{
      settings, {.sink = &sink, .events = &json_decoder(), .counts = &m}};
    return "started";
  } catch (const std::exception& e) {
    return e.what();
  }
}

TEST(HttpToken, AnAddressThatOthersReachNeedsOne) {
  EXPECT_THAT(starting("0.0.0.0", ""), HasSubstr("give a token file"));
  EXPECT_EQ(starting("0.0.0.0", "s3cret"), "started");
  EXPECT_EQ(starting("127.0.0.1", ""), "started");
  EXPECT_EQ(starting("localhost", ""), "started");
}

TEST(HttpStart, APortThatIsTakenIsNamed) {
  service s;
  EXPECT_THAT(starting("127.0.0.1", "", s.port()),
              HasSubstr("127.0.0.1:" + std::to_string(s.port())));
}

json page(service& s, const std::string& query) {
  auto r = get(s.port(), "/v1/topics/leads/records" + query);
  EXPECT_EQ(r.status, 200) << r.body;
  return json::parse(r.body);
}

std::vector<std::string> ids(const json& p) {
  std::vector<std::string> out;
  for (const auto& r : p.at("records"))
    out.push_back(r.at("event").at("id"));
  return out;
}

std::string after(const json& p) {
  return "after=" + p.at("next").dump();
}

TEST(HttpRecords, CursorsPageAndSurviveARestart) {
  service s;
  for (int i = 0; i < 7; ++i)
    ASSERT_EQ(
      post(s.port(), lead("l-" + std::to_string(i), i % 2 ? "odd" : "even"))
        .status,
      202);
  auto p = page(s, "?limit=3");
  EXPECT_THAT(ids(p), ElementsAre("l-0", "l-1", "l-2"));
  EXPECT_EQ(p["records"][0]["offset"], 0);
  EXPECT_EQ(p["records"][0]["key"], "even");
  EXPECT_EQ(p["records"][0]["timestamp"].get<std::string>().back(), 'Z');
  s.restart();
  p = page(s, "?limit=3&" + after(p));
  EXPECT_THAT(ids(p), ElementsAre("l-3", "l-4", "l-5"));
  p = page(s, "?" + after(p));
  EXPECT_THAT(ids(p), ElementsAre("l-6"));
  p = page(s, "?" + after(p));
  EXPECT_THAT(ids(p), IsEmpty());
  post(s.port(), lead("l-7"));
  EXPECT_THAT(ids(page(s, "?" + after(p))), ElementsAre("l-7"));
  EXPECT_THAT(ids(page(s, "?team=odd")), ElementsAre("l-1", "l-3", "l-5"));
  for (const auto* bad : {"?limit=0", "?limit=1001", "?limit=x", "?wait_s=31",
                          "?wait_s=-1", "?after=x", "?after=-2"})
    EXPECT_EQ(
      get(s.port(), std::string{"/v1/topics/leads/records"} + bad).status, 400)
      << bad;
}

// Silence until the log has grown that far would be the worst answer.
TEST(HttpRecords, ACursorBeyondTheEndIsSaid) {
  service s;
  post(s.port(), lead("l-1"));
  post(s.port(), lead("l-2"));
  for (const auto* beyond : {"2", "999999999", "9223372036854775807"}) {
    auto r
      = get(s.port(), "/v1/topics/leads/records?after=" + std::string{beyond});
    EXPECT_EQ(r.status, 410) << beyond;
    EXPECT_EQ(problem(r)["end"], 1);
  }
  auto r = get(s.port(), "/v1/stream", "Last-Event-ID: 77\r\n");
  EXPECT_EQ(r.status, 410);
  EXPECT_EQ(problem(r)["end"], 2);
  EXPECT_EQ(get(s.port(), "/v1/topics/leads/records?after=1").status, 200);
}

TEST(HttpRecords, AWaitEndsWithTheFirstRecord) {
  service s;
  std::thread late{[&] {
    std::this_thread::sleep_for(50ms);
    post(s.port(), lead("l-1"));
  }};
  auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(ids(page(s, "?wait_s=30")), ElementsAre("l-1"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
  late.join();
}

TEST(HttpRecords, OnlySoManyWait) {
  http::settings settings;
  settings.waits_max = 1;
  service s{settings};
  client waiting{s.port()};
  waiting.say("GET /v1/topics/leads/records?wait_s=30 HTTP/1.1\r\n"
              "Host: localhost\r\n\r\n");
  // A question that came before that one would take the only place itself.
  std::this_thread::sleep_for(1s);
  int last = 200;
  auto until = std::chrono::steady_clock::now() + 10s;
  while (last != 429 && std::chrono::steady_clock::now() < until)
    last = get(s.port(), "/v1/topics/leads/records?wait_s=1").status;
  EXPECT_EQ(last, 429);
  post(s.port(), lead("l-1"));
  EXPECT_EQ(test::answer_to(waiting).status, 200);
}

TEST(HttpRecords, AClientThatLeavesDoesNotWaitOn) {
  http::settings settings;
  settings.waits_max = 1;
  service s{settings};
  {
    client leaving{s.port()};
    leaving.say("GET /v1/topics/leads/records?wait_s=30 HTTP/1.1\r\n"
                "Host: localhost\r\n\r\n");
    EXPECT_FALSE(leaving.hear("\r\n", 500ms)) << leaving.heard;
  }
  auto until = std::chrono::steady_clock::now() + 10s;
  int status = 429;
  while (status == 429 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(50ms);
    status = get(s.port(), "/v1/topics/leads/records?wait_s=1").status;
  }
  EXPECT_EQ(status, 200);
}

TEST(HttpRecords, DeadLettersShowTheirHeadersAndBytes) {
  service s;
  new_record d;
  d.on = topic::dead_letters;
  d.key = std::string{"\xff", 1};
  d.value = std::string{"\xfe\x01\x02\x03", 4};
  d.timestamp = at_ms(4'000'000'000'000);
  d.headers
    = {{"kafka_dlt-original-partition", std::string{"\0\0\0\x07", 4}},
       {"kafka_dlt-original-offset", std::string{"\0\0\0\0\0\0\1\2", 8}},
       {"kafka_dlt-exception-fqcn", "malformed_json"},
       {"nothing", std::nullopt}};
  s.log().commit({.records = {d}, .positions = no_positions});
  auto r = get(s.port(), "/v1/topics/dead-letters/records");
  auto p = json::parse(r.body);
  const auto& got = p["records"][0];
  EXPECT_EQ(got["key_base64"], "/w==");
  EXPECT_EQ(got["value_base64"], "/gECAw==");
  EXPECT_EQ(got["headers"]["kafka_dlt-original-partition"], 7);
  EXPECT_EQ(got["headers"]["kafka_dlt-original-offset"], 258);
  EXPECT_EQ(got["headers"]["kafka_dlt-exception-fqcn"], "malformed_json");
  EXPECT_TRUE(got["headers"]["nothing"].is_null());
}

} // namespace
} // namespace fairlead
