#pragma once

#include "connectors/history.hpp"
#include "connectors/http/exchange.hpp"
#include "connectors/metrics.hpp"
#include "connectors/streams.hpp"
#include "messages/wire/decode.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::http {

/// Where to listen, who may ask, and the bounds.
struct settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080; /// 0: any free one, see server::port()
  /// The bearer token that `/v1` asks for; empty: none. Needed for every
  /// address except loopback.
  std::string token{};

  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t connections_max = 256;
  /// Open event streams; fewer, with a warning, if the system does not allow
  /// so many open files.
  std::size_t streams_max = 1'000;
  std::size_t waits_max = 32;   /// requests with `wait_s`, a thread each
  std::size_t workers_max = 32; /// threads for all other requests
  std::chrono::milliseconds request_timeout{10'000}; /// to arrive whole
  std::chrono::milliseconds idle_timeout{30'000};    /// between requests
  /// For an answer to leave, besides a second for each 64 KiB of it.
  std::chrono::milliseconds write_timeout{10'000};
  std::chrono::milliseconds heartbeat{10'000}; /// of a silent stream
};

/// What came of events: a JSON array with an object for each, and whether that
/// is known of all of them.
struct effects {
  std::string events;
  bool all_done = false;
};
/// Waits for it, so long at most, and no longer than `request.awaited`.
using effect_waiter = std::function<effects(
  const request&, const std::vector<new_record>&, std::chrono::seconds wait)>;

/// What the server works with. Everything outlives it.
struct parts {
  event_sink* sink = nullptr;
  const decoder* events = nullptr;
  history* past = nullptr; /// none on Kafka: no topics, no streams
  metrics* counts = nullptr;
  /// Why the service is not ready; nothing if it is. Any thread.
  std::function<std::optional<std::string>()> not_ready{};
  bool gates_events = true; /// no events are taken while it is not ready
  std::string version_json = "{}";
  /// Called before `/metrics` is written, to bring gauges up to date.
  std::function<void()> before_metrics{};
  /// Further paths (exchange.hpp).
  std::vector<route> routes{};
  /// Who sent a request; nothing: nobody that may ask. Called from the I/O
  /// thread, so it must not wait. None: whoever has the token.
  std::function<std::optional<identity>(const request&)> identify{};
  /// Why somebody may not send an event; nothing: they may. None: everybody
  /// that `identify` knows may send everything.
  std::function<std::optional<std::string>(const identity&, const new_record&)>
    refusal{};
  /// What comes of events (`wait_s`). None: it is not known here.
  effect_waiter effects{};
};

/// Events in, results out, health: README.md.
/// Threads: one that accepts, reads and writes, and workers; a request gets a
/// worker only when it has arrived whole, so a slow client costs a socket and
/// nothing else, and a stream costs no more.
class server {
public:
  /// Binds and starts. Throws std::runtime_error with one sentence.
  server(settings s, parts p);
  /// Ends the streams, waits for the other requests, and closes.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// The sources of `parts.routes` may have something new. Any thread, often.
  void changed();

  [[nodiscard]] std::uint16_t port() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::http
