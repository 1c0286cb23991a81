#include "connectors/http/results.hpp"

#include "connectors/http/pages.hpp"
#include "connectors/http/problem.hpp"
#include "messages/records.hpp"

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

constexpr std::int64_t page_records_default = 100;
constexpr std::size_t page_records_max = 1'000;
constexpr std::size_t page_bytes_max = 1024 * 1024;
constexpr std::int64_t wait_max_s = 30;
// How long a wait sleeps before it looks whether the service is stopping or
// its client has gone.
constexpr milliseconds slice{250};

// A piece of a stream, and how many empty looks into the log it may take.
constexpr page_bounds piece_bounds{.records_max
                                   = std::size_t{page_records_default},
                                   .bytes_max = 64 * 1024,
                                   .wait = milliseconds{0}};
constexpr int looks_max = 8;

constexpr const char* no_history
  = "This service keeps its topics in Kafka; read them there.";

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t n = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return n;
}

// One of a bounded number of requests that wait at once; released with the
// last copy.
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

std::bitset<topic_count> public_topics() {
  std::bitset<topic_count> out;
  for (std::size_t i = 0; i < topic_count; ++i)
    out.set(
      i, public_topic(std::string{name_of(static_cast<topic>(i))}).has_value());
  return out;
}

// A cursor of another log, or of one that was begun anew: silence until it has
// grown that far would be the worst answer.
response beyond(std::int64_t after, std::int64_t end) {
  auto text = problem_text(
    410,
    "There is nothing up to " + std::to_string(after) + "; the last is "
      + std::to_string(end)
      + ". Was the log begun anew? Go on after that, or from the beginning.",
    {}, end);
  return answer(410, std::move(text), problem_type);
}

// From the tail if the client is there, else from the log.
class topic_stream final : public stream_source {
public:
  topic_stream(history& past, std::shared_ptr<tail> end,
               std::bitset<topic_count> topics, std::string team,
               std::int64_t after)
    : past_{past},
      tail_{std::move(end)},
      topics_{topics},
      team_{std::move(team)},
      after_{after} {
    tail_->enter();
  }
  ~topic_stream() override { tail_->leave(); }
  topic_stream(const topic_stream&) = delete;
  topic_stream& operator=(const topic_stream&) = delete;

  piece next() override {
    piece p;
    if (tail_->read(topics_, team_, after_, p.bytes, p.more))
      return p;
    p.more = true;
    for (int i = 0; i < looks_max && p.bytes.empty(); ++i) {
      auto page = past_.follow(topics_, team_, after_, piece_bounds);
      for (const auto& r : page.records)
        append_server_sent(p.bytes, r);
      // At the end the tail goes on, as soon as it has begun.
      p.more = page.next != after_;
      after_ = page.next;
      if (!p.more)
        break;
    }
    return p;
  }

  [[nodiscard]] std::string position() const override {
    return std::to_string(after_);
  }

private:
  history& past_;
  std::shared_ptr<tail> tail_;
  const std::bitset<topic_count> topics_;
  const std::string team_;
  std::int64_t after_;
};

} // namespace

results::results(history* past, std::size_t waits_max,
                 std::function<void()> changed)
  : past_{past},
    waits_max_{waits_max},
    waits_{std::make_shared<std::atomic<std::size_t>>(0)} {
  if (past)
    tail_ = std::make_shared<tail>(*past, public_topics(), std::move(changed));
}

void results::stop() {
  if (tail_)
    tail_->stop();
}

std::shared_ptr<void> results::take_wait() {
  return slot::take(waits_, waits_max_);
}

response results::page(const request& q) {
  if (!past_)
    return fail(404, no_history);
  auto on = public_topic(q.place("topic"));
  if (!on)
    return fail(404, "There is no topic " + q.place("topic") + ".");
  auto number = [&q](const char* name, std::int64_t otherwise) {
    auto text = q.param(name);
    return text ? number_in(*text) : otherwise;
  };
  auto after = number("after", -1);
  auto limit = number("limit", page_records_default);
  auto wait_s = number("wait_s", 0);
  if (!after || *after < -1)
    return fail(400, "`after` must be the `next` of another page, or "
                     "an offset.");
  if (!limit || *limit < 1
      || *limit > static_cast<std::int64_t>(page_records_max))
    return fail(400, "`limit` must be a number from 1 to 1000.");
  if (!wait_s || *wait_s < 0 || *wait_s > wait_max_s)
    return fail(400, "`wait_s` must be a number from 0 to 30.");
  if (auto end = past_->end_of(*on); *after >= end)
    return beyond(*after, end - 1);
  std::shared_ptr<slot> waiting;
  if (*wait_s > 0) {
    waiting = slot::take(waits_, waits_max_);
    if (!waiting)
      return fail(429, too_many_waits);
  }
  auto team = q.param("team").value_or("");
  page_bounds bounds{.records_max = static_cast<std::size_t>(*limit),
                     .bytes_max = page_bytes_max,
                     .wait = milliseconds{0}};
  auto until = clock::now() + std::chrono::seconds{*wait_s};
  history_page page{{}, *after};
  for (;;) {
    page = past_->read(*on, team, page.next, bounds);
    auto left = std::chrono::ceil<milliseconds>(until - clock::now());
    if (!page.records.empty() || left.count() <= 0 || !q.awaited())
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
  return answer(200, std::move(out));
}

response results::stream(const request& q) {
  if (!past_)
    return fail(404, no_history);
  std::bitset<topic_count> topics;
  auto names = q.param("topics").value_or("");
  if (names.empty()) {
    topics = public_topics();
    for (std::size_t i = 0; i < topic_count; ++i)
      if (is_input(static_cast<topic>(i)))
        topics.reset(i);
  }
  while (!names.empty()) {
    auto end = std::min(names.find(','), names.size());
    auto name = names.substr(0, end);
    names.erase(0, end + 1);
    auto t = public_topic(name);
    if (!t)
      return fail(400, "There is no topic " + name + ".");
    topics.set(static_cast<std::size_t>(*t));
  }
  // Where to begin: after what the client has seen, else with what comes.
  auto last = past_->last_place();
  std::optional<std::int64_t> after = last;
  auto resume = q.header("last-event-id");
  if (resume.empty())
    resume = q.param("after").value_or("");
  if (!resume.empty())
    after = number_in(resume);
  if (!after || *after < 0)
    return fail(400, "Last-Event-ID (or `after`) must be the id of an event "
                     "of this stream, or 0 for the beginning.");
  if (*after > last)
    return beyond(*after, last);
  response a;
  a.type = "text/event-stream";
  a.headers.emplace_back("Cache-Control", "no-store");
  a.stream = std::make_unique<topic_stream>(
    *past_, tail_, topics, q.param("team").value_or(""), *after);
  return a;
}

} // namespace fairlead::http
