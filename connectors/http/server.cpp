#include "connectors/http/server.hpp"

#include "connectors/http/access.hpp"
#include "connectors/http/ingress.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/results.hpp"
#include "connectors/http/transport.hpp"

#include <httplib.h>
#include <strings.h>

#include <atomic>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::http {
namespace {

using clock = std::chrono::steady_clock;

constexpr const char* records_prefix = "/v1/topics/";
constexpr const char* records_suffix = "/records";

// The topic in `/v1/topics/{topic}/records`; nothing for another path.
std::optional<std::string> topic_in(const std::string& path) {
  std::string_view p{path};
  std::string_view from{records_prefix};
  std::string_view to{records_suffix};
  if (!p.starts_with(from) || !p.ends_with(to)
      || p.size() <= from.size() + to.size())
    return std::nullopt;
  auto name = p.substr(from.size(), p.size() - from.size() - to.size());
  return std::string{name};
}

// The name of a path in the metrics: one of a few, whatever clients ask for.
std::string route_of(const std::string& path) {
  for (const auto* known : {"/v1/events", "/v1/stream", "/livez", "/readyz",
                            "/startupz", "/metrics", "/version"})
    if (path == known)
      return known;
  return topic_in(path) ? "/v1/topics/{topic}/records" : "other";
}

// httplib has decoded the percent escapes of a header, and `ingest` decodes
// those of the binding once more: what is left is escaped for it.
std::string as_it_came(const std::string& header) {
  std::string out;
  for (const char c : header)
    if (c == '%')
      out += "%25";
    else
      out += c;
  return out;
}

} // namespace

struct server::impl {
  impl(http::settings s, http::parts p)
    : settings{std::move(s)},
      parts{std::move(p)},
      access{settings.address, settings.token},
      out{parts.past,
          {.streams_max = settings.streams_max,
           .waits_max = settings.waits_max,
           .heartbeat = settings.heartbeat}} {
    accepted = &parts.counts->counter(
      "fairlead_http_events_total",
      "Events that were accepted over HTTP and are durable.");
  }

  // -- routing ---------------------------------------------------------------

  // True if the response is complete.
  bool head(const httplib::Request& q, httplib::Response& a) {
    const auto& path = q.path;
    bool reads = q.method == "GET" || q.method == "HEAD";
    auto only = [&](bool right, const char* allow) {
      if (right)
        return true;
      a.set_header("Allow", allow);
      fail(a, 405,
           path + " does not take " + q.method + "; use " + std::string{allow}
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
    if (!access.serves(q.get_header_value("Host"))) {
      fail(a, 421,
           "Without a token this service answers only requests whose Host "
           "names its own machine: use 127.0.0.1, or start it with a token "
           "file (--http-token-file).");
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
        out.stream(q, a);
      return true;
    }
    if (auto name = topic_in(path)) {
      if (only(reads, "GET, HEAD"))
        out.page(*name, q, a);
      return true;
    }
    fail(a, 404, "There is nothing at " + path + ".");
    return true;
  }

  // -- health ----------------------------------------------------------------

  void health(bool startup, httplib::Response& a) {
    auto why
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
      auto seen = l->seen();
      m.gauge("fairlead_http_connections", "Open connections.")
        .set(static_cast<double>(seen.open));
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
    }
    m.gauge("fairlead_http_streams", "Open event streams.")
      .set(static_cast<double>(out.open_streams()));
    answer(a, 200, m.text(), "text/plain; version=0.0.4; charset=utf-8");
  }

  // -- events in --------------------------------------------------------------

  // False: refused before the body is looked at.
  bool wants_body(const httplib::Request& q, httplib::Response& a) const {
    if (!q.has_header("Content-Length")) {
      fail(a, 411, "Send the body with a Content-Length.");
      return false;
    }
    auto encoding = q.get_header_value("Content-Encoding");
    if (!encoding.empty() && encoding != "identity") {
      fail(a, 415, "Send the body without Content-Encoding.");
      return false;
    }
    auto type = q.get_header_value("Content-Type");
    if (type.compare(0, 10, "multipart/") == 0
        || type.compare(0, 33, "application/x-www-form-urlencoded") == 0) {
      fail(a, 415, "Send CloudEvents as JSON.");
      return false;
    }
    return true;
  }

  void body(const httplib::Request& q, httplib::Response& a) {
    if (parts.gates_events && parts.not_ready)
      if (auto why = parts.not_ready())
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
        in.attributes.emplace_back(std::move(attribute), as_it_came(value));
      }
    auto read = ingest(in, *parts.events);
    if (read.status != 202) {
      for (const auto& e : read.errors)
        parts.counts
          ->counter("fairlead_http_events_rejected_total",
                    "Faults of refused events, by reason.",
                    {{"reason", e.reason}})
          .add();
      answer(a, read.status,
             problem_text(read.status, read.detail, read.errors), problem_type);
      return;
    }
    auto n = read.records.size();
    std::string why;
    switch (parts.sink->append(std::move(read.records), why)) {
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

  // -- after a response -------------------------------------------------------

  void done(const httplib::Request& q, const httplib::Response& a) {
    auto route = route_of(q.path);
    auto& m = *parts.counts;
    m.counter("fairlead_http_requests_total", "Answered requests.",
              {{"route", route}, {"status", std::to_string(a.status)}})
      .add();
    // A stream lasts for as long as its client likes.
    if (route != "/v1/stream")
      m.histogram("fairlead_http_request_seconds",
                  "From the last byte of a request to its answer.",
                  latency_bounds(), {{"route", route}})
        .observe(
          std::chrono::duration<double>(clock::now() - transport::arrived())
            .count());
  }

  const http::settings settings;
  const http::parts parts;
  const access_control access;
  counter* accepted = nullptr;
  results out;
  std::atomic<bool> started{false};
  std::unique_ptr<transport> listener;
  std::atomic<const transport*> link{nullptr}; // for the workers
};

server::server(settings s, parts p)
  : impl_{std::make_unique<impl>(std::move(s), std::move(p))} {
  auto* self = impl_.get();
  const auto& had = self->settings;
  self->listener = std::make_unique<transport>(
    transport_settings{.address = had.address,
                       .port = had.port,
                       .bounds = {.header_bytes_max = had.header_bytes_max,
                                  .body_bytes_max = had.body_bytes_max},
                       .connections_max = had.connections_max,
                       .threads_max
                       = had.streams_max + had.waits_max + had.workers_max,
                       .request_timeout = had.request_timeout,
                       .idle_timeout = had.idle_timeout,
                       .write_timeout = had.write_timeout},
    transport_calls{
      .may_send =
        [self](std::string_view authorization) {
          // As httplib hands it to `head`.
          return self->access.allows(
            httplib::detail::decode_url(std::string{authorization}, false));
        },
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

server::~server() {
  impl_->listener.reset();
}

std::uint16_t server::port() const {
  return impl_->listener->port();
}

} // namespace fairlead::http
