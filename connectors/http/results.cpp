#include "connectors/http/results.hpp"

#include "connectors/http/pages.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/transport.hpp"
#include "messages/records.hpp"

#include <httplib.h>

#include <algorithm>
#include <bitset>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace fairlead::http {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t page_records_default = 100;
constexpr std::size_t page_records_max = 1'000;
constexpr std::size_t page_bytes_max = 1024 * 1024;
constexpr std::int64_t wait_max_s = 30;
// How long a wait or a stream sleeps before it looks whether the service is
// stopping or its client has gone.
constexpr milliseconds slice{250};

constexpr const char* no_history
  = "This service keeps its topics in Kafka; read them there.";

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t n = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return n;
}

// One of a bounded number of requests that wait or stream at once; released
// with the last copy.
class slot {
public:
  static std::shared_ptr<slot>
  take(const std::shared_ptr<std::atomic<std::size_t>>& taken,
       std::size_t max) {
    if (taken->fetch_add(1) < max)
      return std::make_shared<slot>(taken);
    taken->fetch_sub(1);
    return nullptr;
  }
  explicit slot(std::shared_ptr<std::atomic<std::size_t>> taken)
    : taken_{std::move(taken)} {}
  ~slot() { taken_->fetch_sub(1); }
  slot(const slot&) = delete;
  slot& operator=(const slot&) = delete;

private:
  std::shared_ptr<std::atomic<std::size_t>> taken_;
};

// Topics that others may read; the rest are the engine's own.
std::optional<topic> public_topic(const std::string& name) {
  auto t = topic_named(name);
  if (!t || *t == topic::rekey || *t == topic::journal || *t == topic::state)
    return std::nullopt;
  return t;
}

} // namespace

results::results(history* past, results_bounds bounds)
  : past_{past},
    bounds_{bounds},
    streams_{std::make_shared<std::atomic<std::size_t>>(0)},
    waits_{std::make_shared<std::atomic<std::size_t>>(0)} {
}

void results::page(const std::string& topic_name, const httplib::Request& q,
                   httplib::Response& a) {
  if (!past_)
    return fail(a, 404, no_history);
  auto on = public_topic(topic_name);
  if (!on)
    return fail(a, 404, "There is no topic " + topic_name + ".");
  std::optional<std::int64_t> after = -1;
  std::optional<std::int64_t> limit = page_records_default;
  std::optional<std::int64_t> wait_s = 0;
  if (q.has_param("after"))
    after = number_in(q.get_param_value("after"));
  if (q.has_param("limit"))
    limit = number_in(q.get_param_value("limit"));
  if (q.has_param("wait_s"))
    wait_s = number_in(q.get_param_value("wait_s"));
  if (!after || *after < -1)
    return fail(a, 400,
                "`after` must be the `next` of another page, or "
                "an offset.");
  if (!limit || *limit < 1
      || *limit > static_cast<std::int64_t>(page_records_max))
    return fail(a, 400, "`limit` must be a number from 1 to 1000.");
  if (!wait_s || *wait_s < 0 || *wait_s > wait_max_s)
    return fail(a, 400, "`wait_s` must be a number from 0 to 30.");
  std::shared_ptr<slot> waiting;
  if (*wait_s > 0) {
    waiting = slot::take(waits_, bounds_.waits_max);
    if (!waiting)
      return fail(a, 429,
                  "Too many requests are waiting already; come back later, or "
                  "ask without wait_s.");
  }
  auto team = q.get_param_value("team");
  page_bounds bounds{.records_max = static_cast<std::size_t>(*limit),
                     .bytes_max = page_bytes_max,
                     .wait = milliseconds{0}};
  auto until = clock::now() + std::chrono::seconds{*wait_s};
  history_page page{{}, *after};
  for (;;) {
    page = past_->read(*on, team, page.next, bounds);
    auto left = std::chrono::ceil<milliseconds>(until - clock::now());
    if (!page.records.empty() || left.count() <= 0 || !transport::awaited())
      break;
    bounds.wait = std::min(left, slice);
  }
  std::string out = R"({"records":[)";
  for (std::size_t i = 0; i < page.records.size(); ++i) {
    if (i)
      out += ',';
    append_record(out, page.records[i].record);
  }
  out += R"(],"next":)" + std::to_string(page.next) + "}";
  answer(a, 200, out, json_type);
}

void results::stream(const httplib::Request& q, httplib::Response& a) {
  if (!past_)
    return fail(a, 404, no_history);
  std::bitset<topic_count> topics;
  std::string names = q.get_param_value("topics");
  if (names.empty()) {
    for (std::size_t i = 0; i < topic_count; ++i)
      if (auto t = static_cast<topic>(i);
          !is_input(t) && public_topic(std::string{name_of(t)}))
        topics.set(i);
  }
  while (!names.empty()) {
    auto end = std::min(names.find(','), names.size());
    auto name = names.substr(0, end);
    names.erase(0, end + 1);
    auto t = public_topic(name);
    if (!t)
      return fail(a, 400, "There is no topic " + name + ".");
    topics.set(static_cast<std::size_t>(*t));
  }
  // Where to begin: after what the client has seen, else with what comes.
  std::optional<std::int64_t> after = past_->last_place();
  auto resume = q.has_header("Last-Event-ID")
                  ? q.get_header_value("Last-Event-ID")
                  : q.get_param_value("after");
  if (!resume.empty())
    after = number_in(resume);
  if (!after || *after < 0)
    return fail(a, 400,
                "Last-Event-ID (or `after`) must be the id of an event "
                "of this stream, or 0 for the beginning.");
  auto streaming = slot::take(streams_, bounds_.streams_max);
  if (!streaming)
    return fail(a, 429,
                "Too many streams are open ("
                  + std::to_string(bounds_.streams_max) + ").");
  transport::stream();
  a.set_header("Cache-Control", "no-store");
  a.status = 200;
  struct state {
    std::bitset<topic_count> topics;
    std::string team;
    std::int64_t after;
    std::shared_ptr<slot> waiting;
    clock::time_point spoke;
    bool begun;
  };
  auto s
    = std::make_shared<state>(state{topics, q.get_param_value("team"), *after,
                                    std::move(streaming), clock::now(), false});
  a.set_chunked_content_provider(
    "text/event-stream", [this, s](std::size_t, httplib::DataSink& sink) {
      std::string out;
      // The first line tells the client that it is connected.
      if (!std::exchange(s->begun, true))
        out = ": fairlead\n\n";
      page_bounds bounds{.records_max = page_records_default,
                         .bytes_max = page_bytes_max,
                         .wait = out.empty() ? slice : milliseconds{0}};
      history_page page;
      try {
        page = past_->follow(s->topics, s->team, s->after, bounds);
      } catch (const std::runtime_error&) {
        return false; // the log is broken: the service is about to stop
      }
      s->after = page.next;
      for (const auto& r : page.records)
        append_server_sent(out, r);
      auto now = clock::now();
      if (out.empty() && now - s->spoke >= bounds_.heartbeat)
        out = ": still here\n\n";
      if (out.empty())
        return sink.is_writable();
      s->spoke = now;
      return sink.write(out.data(), out.size());
    });
}

} // namespace fairlead::http
