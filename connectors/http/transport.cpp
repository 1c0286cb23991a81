#include "connectors/http/transport.hpp"

#include "connectors/http/connection.hpp"
#include "connectors/http/httplib_server.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/workers.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead::http {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::uint64_t listen_id = 0;
constexpr std::uint64_t wake_id = 1;
constexpr std::size_t probe_threads = 2;
constexpr int accepts_in_a_row = 64;
constexpr std::size_t read_bytes = 16 * 1024;

// Closing a socket with unread bytes resets it, and the client may never see
// the answer: for a moment, what still comes is read and dropped.
constexpr std::chrono::milliseconds linger_time{1'000};

// The connection whose request this worker answers. httplib 0.11 hands its
// handlers a Request and a Response and nothing of the stream that they came
// over, and neither has room for a pointer of ours.
thread_local connection* current = nullptr;

bool is_probe(const std::string& request) {
  for (const auto* path :
       {"/livez", "/readyz", "/startupz", "/metrics", "/version"})
    for (const auto* method : {"GET ", "HEAD "})
      if (auto start = std::string(method) + path;
          request.compare(0, start.size(), start) == 0)
        return true;
  return false;
}

} // namespace

struct transport::impl {
  impl(transport_settings s, transport_calls c)
    : settings{std::move(s)},
      calls{std::move(c)},
      http{settings, calls},
      pool{settings.threads_max},
      probes{probe_threads} {}

  // Undone in reverse by ~transport.
  void start() {
    bound = http.bind();
    listen_fd = http.listening();
    // httplib listens with a backlog of 5: a burst of clients would wait for
    // their second SYN.
    ::listen(listen_fd, 512);
    int flags = ::fcntl(listen_fd, F_GETFL);
    ::fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK);
    epoll_fd = ::epoll_create1(EPOLL_CLOEXEC);
    wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (epoll_fd < 0 || wake_fd < 0)
      throw std::runtime_error(std::string("No more files can be opened: ")
                               + std::strerror(errno) + ".");
    watch(listen_fd, listen_id, EPOLLIN);
    watch(wake_fd, wake_id, EPOLLIN);
    io = std::thread{[this] { run(); }};
  }

  void watch(int fd, std::uint64_t id, std::uint32_t events) const {
    epoll_event e{};
    e.events = events;
    e.data.u64 = id;
    ::epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
  }

  void arm(const connection& c, std::uint32_t events) const {
    epoll_event e{};
    e.events = events | EPOLLONESHOT;
    e.data.u64 = c.id;
    ::epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c.fd, &e);
  }

  void wake() const {
    std::uint64_t one = 1;
    // Full means that it is awake already.
    [[maybe_unused]] auto n = ::write(wake_fd, &one, sizeof one);
  }

  // -- the I/O thread ---------------------------------------------------------

  void run() {
    std::array<epoll_event, 128> events{};
    auto swept = clock::now();
    while (!(stopping && connections.empty())) {
      auto n = ::epoll_wait(epoll_fd, events.data(),
                            static_cast<int>(events.size()), 100);
      bool incoming = false;
      for (int i = 0; i < n; ++i) {
        auto id = events[static_cast<std::size_t>(i)].data.u64;
        if (id == listen_id)
          incoming = true;
        else if (id == wake_id)
          take_back();
        else if (auto at = connections.find(id); at != connections.end())
          ready(*at->second);
      }
      // Those that are there already come first.
      if (incoming && !stopping)
        accept_some();
      if (auto now = clock::now();
          now - swept >= std::chrono::milliseconds{100} || stopping) {
        swept = now;
        sweep(now);
      }
    }
  }

  void accept_some() {
    for (int i = 0; i < accepts_in_a_row; ++i) {
      int fd
        = ::accept4(listen_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS
            || errno == ENOMEM) {
          make_room();
          std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        return;
      }
      ++accepted;
      if (connections.size() >= settings.connections_max && !make_room()) {
        ++refused;
        std::string no = "HTTP/1.1 503 Service Unavailable\r\n"
                         "Retry-After: 1\r\nContent-Length: 0\r\n"
                         "Connection: close\r\n\r\n";
        [[maybe_unused]] auto n
          = ::send(fd, no.data(), no.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        ::close(fd);
        continue;
      }
      int yes = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      auto c = std::make_unique<connection>(++last_id, fd,
                                            settings.write_timeout, stopping);
      c->deadline = c->since + settings.request_timeout;
      // One shot: a reset is always reported, and while a worker has the
      // request nobody would take that report.
      watch(fd, c->id, EPOLLONESHOT);
      auto& ref = *c;
      connections.emplace(c->id, std::move(c));
      open = connections.size();
      // Most clients have spoken by now, and must not be evicted as silent.
      ready(ref);
    }
  }

  // True if a silent connection was closed to make room for another.
  bool make_room() {
    const connection* worst = nullptr;
    auto rank = [](const connection& c) {
      return c.in.empty() ? (c.spoke ? 1 : 2) : 0;
    };
    for (const auto& [id, c] : connections)
      if ((c->phase == connection_phase::reading
           || c->phase == connection_phase::lingering)
          && (!worst || rank(*c) > rank(*worst)
              || (rank(*c) == rank(*worst) && c->since < worst->since)))
        worst = c.get();
    if (!worst)
      return false;
    ++evicted;
    drop(worst->id);
    return true;
  }

  void drop(std::uint64_t id) {
    connections.erase(id); // closing the socket takes it out of epoll
    open = connections.size();
  }

  // The socket of a connection can be read, or written if it waits for that.
  void ready(connection& c) {
    if (c.phase == connection_phase::flushing) {
      if (!c.flush())
        return drop(c.id);
      if (c.flushed())
        return answered(c);
      // The client has taken some, or the socket would not be ready. A stop
      // does not wait for the rest.
      if (!stopping)
        c.deadline = clock::now() + settings.write_timeout;
      return arm(c, EPOLLOUT);
    }
    if (c.phase == connection_phase::lingering)
      return linger(c);
    if (c.phase != connection_phase::reading)
      return;
    std::array<char, read_bytes> chunk; // filled by recv
    for (;;) {
      auto n = ::recv(c.fd, chunk.data(), chunk.size(), MSG_DONTWAIT);
      if (n == 0)
        return drop(c.id);
      if (n < 0) {
        if (errno == EINTR)
          continue;
        if (errno != EAGAIN)
          return drop(c.id);
        break;
      }
      if (c.in.empty())
        c.deadline = clock::now() + settings.request_timeout;
      c.in.append(chunk.data(), static_cast<std::size_t>(n));
      if (c.in.size()
          > settings.bounds.header_bytes_max + settings.bounds.body_bytes_max)
        break; // enough to judge; the rest waits in the socket
      if (static_cast<std::size_t>(n) < chunk.size())
        break;
    }
    look(c);
  }

  // Is there a request in what has come?
  void look(connection& c) {
    if (c.in.empty())
      return arm(c, EPOLLIN);
    auto f = frame_of(c.in, settings.bounds);
    // The body of a client without a token would only take memory.
    if (f.state == frame::kind::incomplete && f.head > 0 && calls.may_send
        && !calls.may_send(f.authorization)) {
      f.state = frame::kind::complete;
      f.size = f.head;
      f.closes = true;
    }
    switch (f.state) {
      case frame::kind::refused:
        return refuse(c, f.status, f.why);
      case frame::kind::incomplete:
        if (f.expects_at > 0 && !c.continued) {
          c.continued = true;
          c.out += "HTTP/1.1 100 Continue\r\n\r\n";
          if (!c.flush())
            return drop(c.id);
        }
        return arm(c, EPOLLIN);
      case frame::kind::complete:
        // httplib would ask for the body, which is here already.
        if (f.expects_at > 0)
          c.in[f.expects_at] = 'X';
        // httplib finds it only on its own and in lower case.
        c.close_after = f.closes;
        c.request = f.size;
        c.arrived = clock::now();
        c.phase = connection_phase::working;
        auto& to = is_probe(c.in) ? probes : pool;
        to.add([this, &c] { work(c); });
        return;
    }
  }

  void refuse(connection& c, int status, const char* why) {
    std::string type;
    std::string text;
    calls.error(status, why, type, text);
    c.out += "HTTP/1.1 " + std::to_string(status) + " " + title_of(status)
             + "\r\nContent-Type: " + type + "\r\nContent-Length: "
             + std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n";
    if (!c.in.starts_with("HEAD "))
      c.out += text;
    c.close_after = true;
    c.in.clear();
    if (!c.flush())
      return drop(c.id);
    if (c.flushed())
      return answered(c);
    c.phase = connection_phase::flushing;
    c.deadline = clock::now() + settings.write_timeout;
    arm(c, EPOLLOUT);
  }

  // All of the response has been sent.
  void answered(connection& c) {
    if (stopping)
      return drop(c.id);
    if (c.close_after) {
      ::shutdown(c.fd, SHUT_WR);
      c.phase = connection_phase::lingering;
      c.deadline = clock::now() + linger_time;
      c.in.clear();
      c.in.shrink_to_fit();
      return linger(c);
    }
    c.spoke = true;
    c.phase = connection_phase::reading;
    c.since = clock::now();
    c.deadline
      = c.since
        + (c.in.empty() ? settings.idle_timeout : settings.request_timeout);
    look(c);
  }

  void linger(connection& c) {
    std::array<char, read_bytes> chunk; // filled by recv
    for (int i = 0; i < 64; ++i) {
      auto n = ::recv(c.fd, chunk.data(), chunk.size(), MSG_DONTWAIT);
      if (n > 0 || (n < 0 && errno == EINTR))
        continue;
      if (n == 0 || errno != EAGAIN)
        return drop(c.id);
      break;
    }
    arm(c, EPOLLIN);
  }

  void sweep(clock::time_point now) {
    std::vector<std::uint64_t> late;
    for (const auto& [id, c] : connections) {
      if (c->phase == connection_phase::working)
        continue;
      if (c->deadline <= now
          || (stopping && c->phase == connection_phase::reading)) {
        late.push_back(id);
        if (c->phase == connection_phase::reading && !c->in.empty())
          ++timed_out;
      }
    }
    for (auto id : late)
      drop(id);
  }

  // What the workers are done with.
  void take_back() {
    std::uint64_t n = 0;
    [[maybe_unused]] auto r = ::read(wake_fd, &n, sizeof n);
    std::vector<connection*> back;
    {
      std::lock_guard lock{mutex};
      back.swap(returned);
    }
    for (auto* c : back) {
      c->next_request();
      c->phase = connection_phase::flushing;
      if (c->gone) {
        drop(c->id);
      } else if (c->flushed()) {
        answered(*c);
      } else {
        c->deadline = clock::now() + settings.write_timeout;
        arm(*c, EPOLLOUT);
      }
    }
  }

  // -- a worker ---------------------------------------------------------------

  void work(connection& c) {
    current = &c;
    bool keep = http.answer(c);
    current = nullptr;
    c.close_after = c.close_after || c.streaming || !keep;
    c.gone = c.gone || !c.flush();
    {
      std::lock_guard lock{mutex};
      returned.push_back(&c);
    }
    wake();
  }

  const transport_settings settings;
  const transport_calls calls;
  httplib_server http;
  std::uint16_t bound = 0;
  int listen_fd = -1;
  int epoll_fd = -1;
  int wake_fd = -1;
  std::atomic<bool> stopping{false};

  std::unordered_map<std::uint64_t, std::unique_ptr<connection>> connections;
  std::uint64_t last_id = wake_id;
  std::atomic<std::size_t> open{0};
  std::atomic<std::uint64_t> accepted{0}, evicted{0}, refused{0}, timed_out{0};

  std::mutex mutex;
  std::vector<connection*> returned;

  workers pool;
  workers probes; // so that health answers while all workers wait for a disk
  std::thread io;
};

transport::transport(transport_settings settings, transport_calls calls)
  : impl_{std::make_unique<impl>(std::move(settings), std::move(calls))} {
  impl_->start();
}

transport::~transport() {
  impl_->stopping = true;
  impl_->http.end_streams();
  impl_->wake();
  if (impl_->io.joinable())
    impl_->io.join();
  impl_->pool.stop();
  impl_->probes.stop();
  for (int fd : {impl_->listen_fd, impl_->epoll_fd, impl_->wake_fd})
    if (fd >= 0)
      ::close(fd);
}

std::uint16_t transport::port() const {
  return impl_->bound;
}

void transport::stream() {
  current->streaming = true;
}

clock::time_point transport::arrived() {
  return current->arrived;
}

bool transport::awaited() {
  return current->awaited();
}

void transport::close() {
  if (current)
    current->close_after = true;
}

transport::counts transport::seen() const {
  return {impl_->open, impl_->accepted, impl_->evicted, impl_->refused,
          impl_->timed_out};
}

} // namespace fairlead::http
