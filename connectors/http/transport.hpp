#pragma once

#include "connectors/http/framing.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace httplib {
struct Request;
struct Response;
} // namespace httplib

namespace fairlead::http {

/// Where to listen, and the bounds.
struct transport_settings {
  std::string address;
  std::uint16_t port = 0;
  frame_bounds bounds;
  std::size_t connections_max = 256;
  std::size_t threads_max = 96;
  std::chrono::milliseconds request_timeout{10'000};
  std::chrono::milliseconds idle_timeout{30'000};
  std::chrono::milliseconds write_timeout{10'000};
};

/// What the transport asks of its user. Called from worker threads, except for
/// `may_send`.
struct transport_calls {
  /// May a client with this `Authorization` send a body? If not, the body is
  /// not waited for, `head` answers without it, and the connection is closed.
  /// Empty: any client may. Called from the I/O thread.
  std::function<bool(std::string_view authorization)> may_send{};
  /// True: the response is complete. False: a POST whose body is wanted; it
  /// comes to `body`.
  std::function<bool(const httplib::Request&, httplib::Response&)> head;
  std::function<void(const httplib::Request&, httplib::Response&)> body;
  /// Fills in the text of an error that the parser found.
  std::function<void(int status, const std::string& why, std::string& type,
                     std::string& text)>
    error;
  /// After each response.
  std::function<void(const httplib::Request&, const httplib::Response&)> done;
};

/// Connections for cpp-httplib, whose own server gives each of them a thread
/// for as long as it likes to be silent. Here one thread accepts and reads; a
/// request is handed to a worker when all of it is there, and what a client is
/// slow to take is sent by that one thread, too. When `connections_max` are
/// open, the one that has been silent for longest makes room, first those that
/// never said anything. httplib parses and answers.
class transport {
public:
  /// Binds and starts. Throws std::runtime_error with one sentence.
  transport(transport_settings settings, transport_calls calls);
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  /// Inside `head`: the response is a stream that this worker writes itself.
  static void stream();
  /// Inside `done`: when the last byte of the request arrived.
  [[nodiscard]] static std::chrono::steady_clock::time_point arrived();
  /// Inside `head` and `body`: false once nobody waits for the answer, since
  /// the client is gone or the destructor runs. A handler that takes long must
  /// look.
  [[nodiscard]] static bool awaited();
  /// Inside `head` and `body`: close the connection after the response.
  static void close();

  /// What has happened so far.
  struct counts {
    std::size_t open = 0;
    std::uint64_t accepted = 0;
    std::uint64_t evicted = 0; /// made room for others
    std::uint64_t refused = 0; /// found no room
    std::uint64_t timed_out = 0;
  };
  [[nodiscard]] counts seen() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::http
