#pragma once

#include "connectors/http/exchange.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead::http {

/// Where to listen, and the bounds.
struct transport_settings {
  std::string address;
  std::uint16_t port = 0;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t connections_max = 256; /// besides streams
  std::size_t probes_max = 16;       /// more, for a probe's request only
  std::size_t streams_max = 1'000;
  std::size_t threads_max = 64;
  std::chrono::milliseconds request_timeout{10'000};
  std::chrono::milliseconds idle_timeout{30'000};
  /// An answer has this, and a second for each 64 KiB of it.
  std::chrono::milliseconds write_timeout{10'000};
  std::chrono::milliseconds heartbeat{10'000};
};

/// What becomes of a request whose head has come.
struct admitted {
  std::optional<response> refusal{}; /// at once; its body is not waited for
  const route* to = nullptr;         /// else: this answers
};

/// What the transport asks of its user.
struct transport_calls {
  /// Looks at the head and fills in `places` and `who`. Called from the I/O
  /// thread: must not wait.
  std::function<admitted(request&)> admit;
  /// Called from a worker. Does not throw.
  std::function<response(const route&, request&)> answer;
  /// An answer for what could not be read or found no room. I/O thread.
  std::function<response(int status, const std::string& why)> fault;
  /// After each answer is made; `to` is null if nothing was reached. Any
  /// thread.
  std::function<void(const request&, const route* to, int status)> done;
};

/// Connections on Asio, requests and answers in Beast's words. One thread
/// accepts, reads and writes; a request is handed to a worker when all of it is
/// there. What is decided here is who gets a place: when `connections_max` are
/// taken, a client that is slow to take its answer makes room, then one that
/// has been silent for longest, first those that never said anything; and if
/// nobody does, a probe is answered all the same.
class transport {
public:
  /// Binds and starts. Throws std::runtime_error with one sentence.
  transport(transport_settings settings, transport_calls calls);
  /// What is being sent has a second; what is being answered, the time it
  /// needs.
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  /// There may be something new for streams. Any thread, and as often as one
  /// likes: they are asked once for all calls that came meanwhile.
  void changed();

  /// What has happened so far.
  struct counts {
    std::size_t open = 0; /// without streams
    std::size_t streams = 0;
    std::uint64_t accepted = 0;
    std::uint64_t evicted = 0; /// made room for others
    std::uint64_t refused = 0; /// found no room
    std::uint64_t timed_out = 0;
    std::uint64_t lagged = 0; /// streams whose client did not take them
  };
  [[nodiscard]] counts seen() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::http
