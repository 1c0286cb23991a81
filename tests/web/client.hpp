#pragma once

#include "tests/web/lead_event.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fairlead::test {

/// A socket that says exactly what the test wants said.
class client {
public:
  explicit client(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* address = &to;
    if (fd_ < 0
        || ::connect(fd_, static_cast<const sockaddr*>(address), sizeof to)
             != 0)
      throw std::runtime_error("no connection");
  }
  ~client() { ::close(fd_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  bool say(std::string_view text) const {
    while (!text.empty()) {
      auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Reads until `text` has come, the other side closes, or time is over.
  bool hear(std::string_view text,
            std::chrono::milliseconds time = std::chrono::seconds{20}) {
    auto until = std::chrono::steady_clock::now() + time;
    while (heard.find(text) == std::string::npos)
      if (!more(until))
        return false;
    return true;
  }

  /// Reads until that many bytes have come.
  bool hear_bytes(std::size_t n,
                  std::chrono::milliseconds time = std::chrono::seconds{20}) {
    auto until = std::chrono::steady_clock::now() + time;
    while (heard.size() < n)
      if (!more(until))
        return false;
    return true;
  }

  /// True if the other side closes within the time.
  bool closed(std::chrono::milliseconds time) {
    auto until = std::chrono::steady_clock::now() + time;
    while (more(until)) {
    }
    return std::chrono::steady_clock::now() < until;
  }

  /// Bytes that have come and that nobody has read.
  [[nodiscard]] int unread() const {
    int n = 0;
    return ::ioctl(fd_, FIONREAD, &n) == 0 ? n : -1;
  }

  /// Says that nothing more comes from here.
  void finish() const { ::shutdown(fd_, SHUT_WR); }

  /// The other side then sees a connection that broke, not one that ended.
  void reset_when_closed() const {
    linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

  std::string heard;

private:
  bool more(std::chrono::steady_clock::time_point until) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    pollfd p{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&p, 1, static_cast<int>(left.count())) <= 0)
      return false;
    std::array<char, 65536> part; // filled by recv
    auto n = ::recv(fd_, part.data(), part.size(), 0);
    if (n <= 0)
      return false;
    heard.append(part.data(), static_cast<std::size_t>(n));
    return true;
  }

  int fd_ = -1;
};

struct reply {
  int status = 0;
  std::string head;
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const {
    auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos)
      return {};
    auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

/// The answer that a client hears next.
inline reply answer_to(client& c, bool with_body = true) {
  reply r;
  if (!c.hear("\r\n\r\n"))
    return r;
  auto end = c.heard.find("\r\n\r\n");
  r.head = c.heard.substr(0, end + 2);
  r.status = std::stoi(r.head.substr(9, 3));
  c.heard.erase(0, end + 4);
  auto length = r.header("Content-Length");
  auto n = length.empty() || !with_body ? 0U : std::stoul(length);
  c.hear_bytes(n);
  r.body = c.heard.substr(0, n);
  c.heard.erase(0, r.body.size());
  return r;
}

/// One request on a connection of its own.
inline reply request(std::uint16_t port, const std::string& method,
                     const std::string& target, const std::string& headers = {},
                     const std::string& body = {}) {
  client c{port};
  auto text
    = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
  if (method == "POST")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  c.say(text + "\r\n" + body);
  return answer_to(c, method != "HEAD");
}

inline reply get(std::uint16_t port, const std::string& target,
                 const std::string& headers = {}) {
  return request(port, "GET", target, headers);
}

constexpr const char* structured
  = "Content-Type: application/cloudevents+json\r\n";
constexpr const char* batched
  = "Content-Type: application/cloudevents-batch+json\r\n";

inline reply post(std::uint16_t port, const std::string& body,
                  const std::string& headers = structured) {
  return request(port, "POST", "/v1/events", headers, body);
}

} // namespace fairlead::test
