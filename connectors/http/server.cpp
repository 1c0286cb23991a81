#include "connectors/http/server.hpp"

#include "connectors/http/access.hpp"
#include "connectors/http/ingress.hpp"
#include "connectors/http/pages.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/transport.hpp"

#include <httplib.h>
#include <strings.h>

#include <atomic>
#include <bitset>
#include <cctype>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

using namespace http;

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

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t n = 0;
  const auto [end, ec]
    = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return n;
}

// A bound on how many do something at once; released with the last copy.
class place_taken {
public:
  static std::shared_ptr<place_taken>
  take(const std::shared_ptr<std::atomic<std::size_t>>& taken,
       std::size_t max) {
    if (taken->fetch_add(1) < max)
      return std::make_shared<place_taken>(taken);
    taken->fetch_sub(1);
    return nullptr;
  }
  explicit place_taken(std::shared_ptr<std::atomic<std::size_t>> taken)
    : taken_(std::move(taken)) {}
  ~place_taken() { taken_->fetch_sub(1); }
  place_taken(const place_taken&) = delete;
  place_taken& operator=(const place_taken&) = delete;

private:
  std::shared_ptr<std::atomic<std::size_t>> taken_;
};

// Topics that others may read; the rest is the engine's own.
std::optional<topic> public_topic(const std::string& name) {
  const auto t = topic_named(name);
  if (!t || *t == topic::rekey || *t == topic::journal || *t == topic::state)
    return std::nullopt;
  return t;
}

constexpr const char* records_prefix = "/v1/topics/";
constexpr const char* records_suffix = "/records";

// The topic in `/v1/topics/{topic}/records`; nothing for another path.
std::optional<std::string> topic_in(const std::string& path) {
  const std::string_view p{path};
  const std::string_view from{records_prefix};
  const std::string_view to{records_suffix};
  if (!p.starts_with(from) || !p.ends_with(to)
      || p.size() <= from.size() + to.size())
    return std::nullopt;
  const auto name = p.substr(from.size(), p.size() - from.size() - to.size());
  return std::string{name};
}

// The name of a path in the metrics: few, whatever clients ask for.
std::string route_of(const std::string& path) {
  for (const auto* known : {"/v1/events", "/v1/stream", "/livez", "/readyz",
                            "/startupz", "/metrics", "/version"})
    if (path == known)
      return known;
  return topic_in(path) ? "/v1/topics/{topic}/records" : "other";
}

} // namespace

struct http_server::impl {
  impl(http_settings s, http_parts p)
    : settings(std::move(s)),
      parts(std::move(p)),
      access(settings.address, settings.token_file),
      streams(std::make_shared<std::atomic<std::size_t>>(0)),
      waits(std::make_shared<std::atomic<std::size_t>>(0)) {
    accepted = &parts.counts->count(
      "fairlead_http_events_total",
      "Events that were accepted over HTTP and are durable.");
  }

  // -- routing ---------------------------------------------------------------

  // True if the response is complete.
  bool head(const httplib::Request& q, httplib::Response& a) {
    begun() = clock::now();
    const auto& path = q.path;
    const bool reads = q.method == "GET" || q.method == "HEAD";
    const auto only = [&](bool right, const char* allow) {
      if (right)
        return true;
      a.set_header("Allow", allow);
      fail(a, 405,
           q.method + " is not for " + path + "; use " + std::string{allow}
             + ".");
      return false;
    };
    if (path == "/livez") {
      if (only(reads, "GET, HEAD"))
        answer(a, 200, R"({"status":"alive"})", json_type);
      return true;
    }
    if (path == "/readyz" || path == "/startupz") {
      if (only(reads, "GET, HEAD"))
        health(path == "/startupz", a);
      return true;
    }
    if (path == "/metrics") {
      if (only(reads, "GET, HEAD"))
        write_metrics(a);
      return true;
    }
    if (path == "/version") {
      if (only(reads, "GET, HEAD"))
        answer(a, 200, parts.version_json, json_type);
      return true;
    }
    if (path.compare(0, 4, "/v1/") != 0) {
      fail(a, 404, "There is nothing at " + path + ".");
      return true;
    }
    if (!access.allows(q.get_header_value("Authorization"))) {
      a.set_header("WWW-Authenticate", "Bearer realm=\"fairlead\"");
      fail(a, 401, "Send the token of this service: Authorization: Bearer …");
      return true;
    }
    if (path == "/v1/events")
      return only(q.method == "POST", "POST") ? !wants_body(q, a) : true;
    if (path == "/v1/stream") {
      if (only(q.method == "GET", "GET"))
        stream(q, a);
      return true;
    }
    if (const auto name = topic_in(path)) {
      if (only(reads, "GET, HEAD"))
        records(*name, q, a);
      return true;
    }
    fail(a, 404, "There is nothing at " + path + ".");
    return true;
  }

  // -- health ----------------------------------------------------------------

  void health(bool startup, httplib::Response& a) {
    const auto why
      = parts.not_ready ? parts.not_ready() : std::optional<std::string>{};
    if (!why)
      started = true;
    if (!why || (startup && started)) {
      answer(a, 200, R"({"status":"ready"})", json_type);
      return;
    }
    fail(a, 503, *why);
  }

  void write_metrics(httplib::Response& a) {
    if (parts.before_metrics)
      parts.before_metrics();
    auto& m = *parts.counts;
    if (const auto* l = link.load()) {
      const auto seen = l->seen();
      m.level("fairlead_http_connections", "Open connections.")
        .set(static_cast<double>(seen.open));
      m.count("fairlead_http_connections_accepted_total",
              "Connections that were accepted.")
        .raise_to(static_cast<double>(seen.accepted));
      const auto closed = [&m](const char* reason, std::uint64_t n) {
        m.count("fairlead_http_connections_closed_total",
                "Connections that the server closed for its own good.",
                {{"reason", reason}})
          .raise_to(static_cast<double>(n));
      };
      closed("evicted", seen.evicted);
      closed("refused", seen.refused);
      closed("timed_out", seen.timed_out);
    }
    m.level("fairlead_http_streams", "Open event streams.")
      .set(static_cast<double>(*streams));
    answer(a, 200, m.text(), "text/plain; version=0.0.4; charset=utf-8");
  }

  // -- events in --------------------------------------------------------------

  // False: refused before the body is looked at.
  bool wants_body(const httplib::Request& q, httplib::Response& a) const {
    if (!q.has_header("Content-Length")) {
      fail(a, 411, "Send the body with a Content-Length.");
      return false;
    }
    const auto encoding = q.get_header_value("Content-Encoding");
    if (!encoding.empty() && encoding != "identity") {
      fail(a, 415, "Send the body without Content-Encoding.");
      return false;
    }
    const auto type = q.get_header_value("Content-Type");
    if (type.compare(0, 10, "multipart/") == 0
        || type.compare(0, 33, "application/x-www-form-urlencoded") == 0) {
      fail(a, 415, "Send CloudEvents as JSON.");
      return false;
    }
    return true;
  }

  void body(const httplib::Request& q, httplib::Response& a) {
    if (parts.not_ready)
      if (const auto why = parts.not_ready())
        return fail(a, 503, *why);
    incoming in;
    in.content_type = q.get_header_value("Content-Type");
    in.traceparent = q.get_header_value("traceparent");
    in.body = q.body;
    for (const auto& [name, value] : q.headers)
      if (name.size() > 3 && ::strncasecmp(name.c_str(), "ce-", 3) == 0) {
        auto attribute = name.substr(3);
        for (auto& c : attribute)
          c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        in.attributes.emplace_back(std::move(attribute), value);
      }
    auto out = ingest(in, *parts.events);
    if (out.status != 202) {
      for (const auto& e : out.errors)
        parts.counts
          ->count("fairlead_http_events_rejected_total",
                  "Faults of events that were refused, by reason.",
                  {{"reason", e.reason}})
          .add();
      answer(a, out.status, problem_text(out.status, out.detail, out.errors),
             problem_type);
      return;
    }
    const auto n = out.records.size();
    std::string why;
    switch (parts.sink->append(std::move(out.records), why)) {
      case event_sink::verdict::durable:
        accepted->add(static_cast<double>(n));
        answer(a, 202, R"({"accepted":)" + std::to_string(n) + "}", json_type);
        return;
      case event_sink::verdict::busy:
        return fail(a, 429, why);
      case event_sink::verdict::failed:
        return fail(a, 503, why);
    }
  }

  // -- results out ------------------------------------------------------------

  static constexpr const char* no_history
    = "This service keeps its topics in Kafka; read them there.";

  void records(const std::string& name, const httplib::Request& q,
               httplib::Response& a) {
    if (!parts.past)
      return fail(a, 404, no_history);
    const auto on = public_topic(name);
    if (!on)
      return fail(a, 404, "There is no topic " + name + ".");
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
                  "`after` is the `next` of another page, or an "
                  "offset.");
    if (!limit || *limit < 1
        || *limit > static_cast<std::int64_t>(page_records_max))
      return fail(a, 400, "`limit` is a number from 1 to 1000.");
    if (!wait_s || *wait_s < 0 || *wait_s > wait_max_s)
      return fail(a, 400, "`wait_s` is a number from 0 to 30.");
    std::shared_ptr<place_taken> place;
    if (*wait_s > 0) {
      place = place_taken::take(waits, settings.waits_max);
      if (!place)
        return fail(a, 429,
                    "Too many requests wait already; come back "
                    "later, or ask without wait_s.");
    }
    const auto team = q.get_param_value("team");
    page_bounds bounds{.records_max = static_cast<std::size_t>(*limit),
                       .bytes_max = page_bytes_max,
                       .wait = milliseconds{0}};
    const auto until = clock::now() + std::chrono::seconds{*wait_s};
    history_page page{{}, *after};
    for (;;) {
      page = parts.past->read(*on, team, page.next, bounds);
      const auto left = std::chrono::ceil<milliseconds>(until - clock::now());
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

  void stream(const httplib::Request& q, httplib::Response& a) {
    if (!parts.past)
      return fail(a, 404, no_history);
    std::bitset<topic_count> topics;
    std::string names = q.get_param_value("topics");
    if (names.empty()) {
      for (std::size_t i = 0; i < topic_count; ++i)
        if (const auto t = static_cast<topic>(i);
            !is_input(t) && public_topic(std::string{name_of(t)}))
          topics.set(i);
    }
    while (!names.empty()) {
      const auto end = std::min(names.find(','), names.size());
      const auto name = names.substr(0, end);
      names.erase(0, end + 1);
      const auto t = public_topic(name);
      if (!t)
        return fail(a, 400, "There is no topic " + name + ".");
      topics.set(static_cast<std::size_t>(*t));
    }
    // Where to begin: after what the client has seen, else with what comes.
    std::optional<std::int64_t> after = parts.past->last_place();
    const auto resume = q.has_header("Last-Event-ID")
                          ? q.get_header_value("Last-Event-ID")
                          : q.get_param_value("after");
    if (!resume.empty())
      after = number_in(resume);
    if (!after || *after < 0)
      return fail(a, 400,
                  "Last-Event-ID (or `after`) is the id of an event "
                  "of this stream, or 0 for the beginning.");
    auto place = place_taken::take(streams, settings.streams_max);
    if (!place)
      return fail(a, 429,
                  "Too many streams are open ("
                    + std::to_string(settings.streams_max) + ").");
    transport::stream();
    a.set_header("Cache-Control", "no-store");
    a.status = 200;
    struct state {
      std::bitset<topic_count> topics;
      std::string team;
      std::int64_t after;
      std::shared_ptr<place_taken> place;
      clock::time_point spoke;
      bool begun;
    };
    auto s
      = std::make_shared<state>(state{topics, q.get_param_value("team"), *after,
                                      std::move(place), clock::now(), false});
    a.set_chunked_content_provider(
      "text/event-stream", [this, s](std::size_t, httplib::DataSink& sink) {
        std::string out;
        // The first line tells the client that it is connected.
        if (!std::exchange(s->begun, true))
          out = ": fairlead\n\n";
        const page_bounds bounds{.records_max = page_records_default,
                                 .bytes_max = page_bytes_max,
                                 .wait = out.empty() ? slice : milliseconds{0}};
        history_page page;
        try {
          page = parts.past->follow(s->topics, s->team, s->after, bounds);
        } catch (const std::runtime_error&) {
          return false; // the log is broken: the service is about to stop
        }
        s->after = page.next;
        for (const auto& r : page.records)
          append_server_sent(out, r);
        const auto now = clock::now();
        if (out.empty() && now - s->spoke >= settings.heartbeat)
          out = ": still here\n\n";
        if (out.empty())
          return sink.is_writable();
        s->spoke = now;
        return sink.write(out.data(), out.size());
      });
  }

  // -- after a response -------------------------------------------------------

  // One request at a time is on a worker's thread.
  static clock::time_point& begun() {
    thread_local clock::time_point at;
    return at;
  }

  void done(const httplib::Request& q, const httplib::Response& a) {
    const auto route = route_of(q.path);
    auto& m = *parts.counts;
    m.count("fairlead_http_requests_total", "Answered requests.",
            {{"route", route}, {"status", std::to_string(a.status)}})
      .add();
    // A stream is as long as its client likes.
    if (route != "/v1/stream")
      m.spread("fairlead_http_request_seconds",
               "From the last byte of a request to its answer.",
               latency_bounds(), {{"route", route}})
        .observe(std::chrono::duration<double>(clock::now() - begun()).count());
  }

  const http_settings settings;
  const http_parts parts;
  const access_control access;
  counter* accepted = nullptr;
  std::shared_ptr<std::atomic<std::size_t>> streams, waits;
  std::atomic<bool> started{false};
  std::unique_ptr<transport> listener;
  std::atomic<const transport*> link{nullptr}; // for the workers
};

http_server::http_server(http_settings settings, http_parts parts)
  : impl_(std::make_unique<impl>(std::move(settings), std::move(parts))) {
  auto* self = impl_.get();
  const auto& s = self->settings;
  self->listener = std::make_unique<transport>(
    transport_settings{.address = s.address,
                       .port = s.port,
                       .bounds = {.header_bytes_max = s.header_bytes_max,
                                  .body_bytes_max = s.body_bytes_max},
                       .connections_max = s.connections_max,
                       .threads_max
                       = s.streams_max + s.waits_max + s.workers_max,
                       .request_timeout = s.request_timeout,
                       .idle_timeout = s.idle_timeout,
                       .write_timeout = s.write_timeout},
    transport_calls{
      .head = [self](const httplib::Request& q,
                     httplib::Response& a) { return self->head(q, a); },
      .body = [self](const httplib::Request& q,
                     httplib::Response& a) { self->body(q, a); },
      .error =
        [](int status, const std::string& why, std::string& type,
           std::string& text) {
          type = problem_type;
          text = problem_text(status, why);
        },
      .done = [self](const httplib::Request& q,
                     const httplib::Response& a) { self->done(q, a); }});
  self->link = self->listener.get();
}

http_server::~http_server() {
  impl_->listener.reset();
}

std::uint16_t http_server::port() const {
  return impl_->listener->port();
}

} // namespace fairlead
