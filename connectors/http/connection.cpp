#include "connectors/http/connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fairlead::http {
namespace {

// How long a stream waits for its socket before it looks whether the service
// is stopping.
constexpr std::chrono::milliseconds poll_slice{250};

} // namespace

connection::connection(std::uint64_t id_, int fd_,
                       std::chrono::milliseconds write_wait,
                       const std::atomic<bool>& stopping)
  : id{id_}, fd{fd_}, write_wait_{write_wait}, stopping_{stopping} {
}

connection::~connection() {
  ::close(fd);
}

bool connection::is_readable() const {
  return read_ < request;
}

bool connection::is_writable() const {
  char c = 0;
  auto n = ::recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

std::size_t connection::read(char* to, std::size_t size) {
  auto n = std::min(size, request - read_);
  std::memcpy(to, in.data() + read_, n);
  read_ += n;
  return n;
}

bool connection::write(const char* from, std::size_t size) {
  out.append(from, size);
  if (streaming && !flush_waiting())
    gone = true;
  return !gone;
}

bool connection::flush() {
  while (sent_ < out.size()) {
    auto n = ::send(fd, out.data() + sent_, out.size() - sent_,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EINTR)
        continue;
      return errno == EAGAIN;
    }
    sent_ += static_cast<std::size_t>(n);
  }
  out.clear();
  sent_ = 0;
  return true;
}

bool connection::flush_waiting() {
  auto until = clock::now() + write_wait_;
  for (;;) {
    auto before = sent_;
    if (!flush())
      return false;
    if (flushed())
      return true;
    auto at = clock::now();
    if (sent_ != before)
      until = at + write_wait_;
    if (stopping_ || at >= until)
      return false;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - at);
    pollfd p{fd, POLLOUT, 0};
    ::poll(&p, 1, static_cast<int>(std::min(left, poll_slice).count()));
  }
}

void connection::next_request() {
  in.erase(0, request);
  if (in.empty())
    in.shrink_to_fit();
  request = 0;
  read_ = 0;
  continued = false;
}

} // namespace fairlead::http
