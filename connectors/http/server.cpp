#include "connectors/http/server.hpp"

#include "connectors/http/access.hpp"
#include "connectors/http/gzip.hpp"
#include "connectors/http/ingress.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/results.hpp"
#include "connectors/http/router.hpp"
#include "connectors/http/transport.hpp"
#include "connectors/log.hpp"
#include "connectors/process.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::http {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t packed_bytes_min = 1024; // less is not worth it

// Of what comes of events.
constexpr int effect_wait_max_s = 3;
constexpr std::size_t effects_max = 100;

bool takes_gzip(const request& q) {
  auto all = lower(q.header("accept-encoding"));
  auto at = all.find("gzip");
  if (at == std::string::npos)
    return false;
  auto rest = all.substr(at + 4, all.find(',', at) - at - 4);
  return rest.find("q=0") == std::string::npos
         || rest.find_first_of("123456789", rest.find("q=0") + 3)
              != std::string::npos;
}

/// Open besides the clients: the log's files, or connections to brokers.
constexpr std::size_t other_files_max = 256;

/// With no more streams than files can be open for them. Where the system
/// allows few, a quarter of all: connections give way to each other, streams
/// don't.
settings with_files(settings s) {
  auto others = other_files_max + s.connections_max;
  auto allowed = allow_open_files(others + s.streams_max);
  auto left = std::max(allowed > others ? allowed - others : 0, allowed / 4);
  if (left < s.streams_max) {
    log_warning("only " + std::to_string(allowed)
                + " files may be open at once, so there is room for "
                + std::to_string(left) + " event streams in the place of "
                + std::to_string(s.streams_max)
                + "; raise the hard limit (LimitNOFILE= of a unit, "
                  "--ulimit nofile= of a container)");
    s.streams_max = left;
  }
  return s;
}

response with_allow(response a, const std::string& allow) {
  a.headers.emplace_back("Allow", allow);
  return a;
}

} // namespace

struct server::impl {
  impl(http::settings s, http::parts p)
    : settings{with_files(std::move(s))},
      parts{std::move(p)},
      access{settings.address, settings.token},
      out{parts.past, settings.waits_max, [this] { changed(); }},
      paths{routes()} {
    accepted = &parts.counts->counter(
      "fairlead_http_events_total",
      "Events that were accepted over HTTP and are durable.");
  }

  std::vector<route> routes() {
    auto all = std::move(parts.routes);
    auto probe = [&all](const char* path, handler h) {
      all.push_back({"GET", path, {}, std::move(h), guard::probe});
    };
    probe("/livez",
          [](const request&) { return answer(200, R"({"status":"alive"})"); });
    probe("/readyz", [this](const request&) { return health(false); });
    probe("/startupz", [this](const request&) { return health(true); });
    probe("/metrics", [this](const request&) { return measured(); });
    probe("/version",
          [this](const request&) { return answer(200, parts.version_json); });
    all.push_back({"POST", "/v1/events", {"wait_s"}, [this](const request& q) {
                     return events(q);
                   }});
    all.push_back({"GET",
                   "/v1/stream",
                   {"topics", "team", "after"},
                   [this](const request& q) { return out.stream(q); }});
    all.push_back({"GET",
                   "/v1/topics/{topic}/records",
                   {"team", "after", "limit", "wait_s"},
                   [this](const request& q) { return out.page(q); }});
    return all;
  }

  void changed() {
    if (auto* l = link.load())
      l->changed();
  }

  // -- who may ask what -------------------------------------------------------

  admitted admit(request& q) {
    auto t = target_of(q.path);
    q.path = std::move(t.path);
    q.query = std::move(t.query);
    auto host = t.authority.empty() ? q.header("host") : t.authority;
    auto m = paths.find(q.method, q.path);
    q.places = std::move(m.places);
    auto refuse = [&m](response a) {
      return admitted{.refusal = std::move(a), .to = m.is};
    };
    bool known = !m.allow.empty();
    if (known && m.of == guard::probe)
      return m.is ? admitted{.to = m.is} : refuse(other_method(q, m));
    if (!access.serves(host))
      return refuse(fail(
        421, "Without a token this service answers only requests whose Host "
             "names its own machine: use 127.0.0.1, or start it with a token "
             "file (--http-token-file)."));
    if (!access.trusts(q.header("origin"), q.header("sec-fetch-site")))
      return refuse(
        fail(403, "A page of another site may not ask here; let the site's own "
                  "server send what its forms collect."));
    if (q.method == "OPTIONS" && (known || q.path == "*"))
      return refuse(other_method(q, m));
    if (!known && !q.path.starts_with("/v1/"))
      return refuse(nothing_there(q, m));
    if (m.of != guard::page) {
      auto who = parts.identify ? parts.identify(q) : holder_of_token(q);
      if (!who) {
        auto a = fail(401, "Send the token of this service: Authorization: "
                           "Bearer …");
        a.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"fairlead\"");
        return refuse(std::move(a));
      }
      q.who = std::move(*who);
    }
    if (!known)
      return refuse(nothing_there(q, m));
    if (!m.is)
      return refuse(other_method(q, m));
    if (!t.valid)
      return refuse(fail(400,
                         "A percent sign in the query is not followed by two "
                         "hexadecimal digits."));
    if (auto what = router::unknown(*m.is, q.query); !what.empty())
      return refuse(fail(400, what));
    if (q.method != "GET" && q.method != "HEAD")
      if (auto a = unreadable_body(q))
        return refuse(std::move(*a));
    return {.to = m.is};
  }

  std::optional<identity> holder_of_token(const request& q) const {
    if (!access.allows(q.header("authorization")))
      return std::nullopt;
    return identity{};
  }

  static response other_method(const request& q, const router::match& m) {
    auto allow = q.path == "*" ? "GET, HEAD, POST" : m.allow;
    if (q.method == "OPTIONS") {
      auto a = answer(204, {});
      return with_allow(std::move(a), allow + ", OPTIONS");
    }
    return with_allow(
      fail(405, q.path + " does not take " + q.method + "; use " + allow + "."),
      allow);
  }

  response nothing_there(const request& q, const router::match& m) const {
    auto text = "There is nothing at " + q.path + ".";
    if (!m.nearby.empty())
      return fail(404, text + " Did you mean " + m.nearby + "?");
    if (q.path == "/" || q.path == "/v1")
      return fail(404, text + " There are: " + paths.listed() + ".");
    return fail(404, text);
  }

  // Refused before the body is looked at.
  static std::optional<response> unreadable_body(const request& q) {
    if (q.header("content-length").empty()
        && q.header("transfer-encoding").empty())
      return fail(411, "Send a body, with a Content-Length or in chunks.");
    auto encoding = lower(q.header("content-encoding"));
    if (!encoding.empty() && encoding != "identity" && encoding != "gzip") {
      auto a = fail(415, "Send the body without Content-Encoding, or as gzip.");
      a.headers.emplace_back("Accept-Encoding", "gzip");
      return a;
    }
    return std::nullopt;
  }

  // -- answers ----------------------------------------------------------------

  response answer_to(const route& to, request& q) {
    try {
      if (lower(q.header("content-encoding")) == "gzip" && !q.body.empty()) {
        auto body = gunzip(q.body, settings.body_bytes_max);
        if (body.too_large)
          return fail(413, "The body, unpacked, is larger than 1 MiB.");
        if (!body.bytes)
          return fail(400, "The body is not in gzip's format, or cut off.");
        q.body = std::move(*body.bytes);
      }
      auto a = to.answer(q);
      if (to.of != guard::probe && a.body.size() >= packed_bytes_min
          && takes_gzip(q)) {
        a.body = gzip(a.body);
        a.headers.emplace_back("Content-Encoding", "gzip");
        a.headers.emplace_back("Vary", "Accept-Encoding");
      }
      return a;
    } catch (const std::exception& e) {
      return fail(503, e.what());
    } catch (...) {
      return fail(503, "The request failed."); // not one of ours
    }
  }

  response health(bool startup) {
    auto why
      = parts.not_ready ? parts.not_ready() : std::optional<std::string>{};
    if (!why)
      started = true;
    if (!why || (startup && started))
      return answer(200, R"({"status":"ready"})");
    return fail(503, *why);
  }

  response measured() {
    if (parts.before_metrics)
      parts.before_metrics();
    auto& m = *parts.counts;
    if (const auto* l = link.load()) {
      auto seen = l->seen();
      m.gauge("fairlead_http_connections", "Open connections without streams.")
        .set(static_cast<double>(seen.open));
      m.gauge("fairlead_http_streams", "Open event streams.")
        .set(static_cast<double>(seen.streams));
      m.counter("fairlead_http_connections_accepted_total",
                "Connections that were accepted.")
        .raise_to(static_cast<double>(seen.accepted));
      auto closed = [&m](const char* reason, std::uint64_t n) {
        m.counter("fairlead_http_connections_closed_total",
                  "Connections that the server closed to protect itself.",
                  {{"reason", reason}})
          .raise_to(static_cast<double>(n));
      };
      closed("evicted", seen.evicted);
      closed("refused", seen.refused);
      closed("timed_out", seen.timed_out);
      closed("lagged", seen.lagged);
    }
    return answer(200, m.text(), "text/plain; version=0.0.4; charset=utf-8");
  }

  /// The seconds that a sender waits for what comes of its events.
  static std::optional<int> wait_of(const request& q) {
    auto text = q.param("wait_s").value_or("0");
    if (text.size() != 1 || text[0] < '0' || text[0] > '0' + effect_wait_max_s)
      return std::nullopt;
    return text[0] - '0';
  }

  response events(const request& q) {
    if (parts.gates_events && parts.not_ready)
      if (auto why = parts.not_ready())
        return fail(503, *why);
    auto wait_s = wait_of(q);
    if (!wait_s)
      return fail(400, "`wait_s` must be a number from 0 to 3.");
    std::shared_ptr<void> waiting;
    if (*wait_s > 0) {
      if (!parts.effects)
        return fail(400,
                    "What comes of events is known to the board (`fairlead "
                    "board`) and to an embedded service; send them there, "
                    "or without `wait_s`.");
      waiting = out.take_wait();
      if (!waiting)
        return fail(429, too_many_waits);
    }
    incoming in;
    in.content_type = q.header("content-type");
    in.traceparent = q.header("traceparent");
    in.body = q.body;
    for (const auto& [name, value] : q.headers)
      if (name.size() > 3 && name.starts_with("ce-"))
        in.attributes.emplace_back(name.substr(3), value);
    auto read = ingest(in, *parts.events);
    if (read.status != 202) {
      for (const auto& e : read.errors)
        parts.counts
          ->counter("fairlead_http_events_rejected_total",
                    "Faults of refused events, by reason.",
                    {{"reason", e.reason}})
          .add();
      return answer(read.status,
                    problem_text(read.status, read.detail, read.errors),
                    problem_type);
    }
    if (parts.refusal)
      for (const auto& r : read.records)
        if (auto refused = parts.refusal(q.who, r))
          return fail(403, *refused);
    auto n = read.records.size();
    if (*wait_s > 0 && n > effects_max)
      return fail(400, "With `wait_s` a request has at most "
                         + std::to_string(effects_max)
                         + " events; send the rest in another one, or without "
                           "it.");
    auto sent = *wait_s > 0 ? read.records : std::vector<new_record>{};
    std::string why;
    switch (parts.sink->append(std::move(read.records), why)) {
      case event_sink::verdict::durable:
        accepted->add(static_cast<double>(n));
        if (*wait_s == 0)
          return answer(202, R"({"accepted":)" + std::to_string(n) + "}");
        return with_effects(q, sent, std::chrono::seconds{*wait_s});
      case event_sink::verdict::busy:
        return fail(429, why);
      case event_sink::verdict::failed:
        break;
    }
    return fail(503, why);
  }

  response with_effects(const request& q, const std::vector<new_record>& sent,
                        std::chrono::seconds wait) {
    auto found = parts.effects(q, sent, wait);
    auto a = answer(found.all_done ? 200 : 202,
                    R"({"accepted":)" + std::to_string(sent.size())
                      + R"(,"events":)" + found.events + "}");
    a.headers.emplace_back("Cache-Control", "no-store");
    return a;
  }

  void done(const request& q, const route* to, int status) {
    // One of a few names, whatever clients ask for.
    auto route = to ? to->pattern : "other";
    auto& m = *parts.counts;
    m.counter("fairlead_http_requests_total", "Answered requests.",
              {{"route", route}, {"status", std::to_string(status)}})
      .add();
    if (q.arrived != clock::time_point{})
      m.histogram("fairlead_http_request_seconds",
                  "From the last byte of a request to its answer.",
                  latency_bounds(), {{"route", route}})
        .observe(
          std::chrono::duration<double>(clock::now() - q.arrived).count());
  }

  const http::settings settings;
  http::parts parts;
  const access_control access;
  counter* accepted = nullptr;
  results out;
  const router paths;
  std::atomic<bool> started{false};
  std::unique_ptr<transport> listener;
  std::atomic<transport*> link{nullptr}; // for the workers
};

server::server(settings s, parts p)
  : impl_{std::make_unique<impl>(std::move(s), std::move(p))} {
  auto* self = impl_.get();
  const auto& had = self->settings;
  self->listener = std::make_unique<transport>(
    transport_settings{.address = had.address,
                       .port = had.port,
                       .header_bytes_max = had.header_bytes_max,
                       .body_bytes_max = had.body_bytes_max,
                       .connections_max = had.connections_max,
                       .streams_max = had.streams_max,
                       .threads_max = had.waits_max + had.workers_max,
                       .request_timeout = had.request_timeout,
                       .idle_timeout = had.idle_timeout,
                       .write_timeout = had.write_timeout,
                       .heartbeat = had.heartbeat},
    transport_calls{
      .admit = [self](request& q) { return self->admit(q); },
      .answer
      = [self](const route& to, request& q) { return self->answer_to(to, q); },
      .fault
      = [](int status, const std::string& why) { return fail(status, why); },
      .done = [self](const request& q, const route* to,
                     int status) { self->done(q, to, status); }});
  self->link = self->listener.get();
}

server::~server() {
  impl_->out.stop();
  impl_->link = nullptr;
  impl_->listener.reset();
}

void server::changed() {
  impl_->changed();
}

std::uint16_t server::port() const {
  return impl_->listener->port();
}

} // namespace fairlead::http
