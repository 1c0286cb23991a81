#include "connectors/http/transport.hpp"

#include "connectors/http/problem.hpp"
#include "connectors/http/session.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

constexpr std::size_t probe_threads = 2;
constexpr std::size_t stream_threads = 4;
constexpr int backlog = 512;
constexpr std::chrono::milliseconds sweep_interval{100};
constexpr std::chrono::milliseconds out_of_files_wait{20};

} // namespace

struct transport::impl {
  impl(transport_settings s, transport_calls c)
    : settings{std::move(s)},
      calls{std::move(c)},
      all{.settings = settings,
          .calls = calls,
          .pool = workers{settings.threads_max},
          .probes = workers{probe_threads},
          .streaming = workers{stream_threads}},
      acceptor{all.io},
      sweeper{all.io},
      pause{all.io} {
    all.forget = [this](session& s_) { forget(s_); };
    all.move = [this](session& s_, place to) { return move(s_, to); };
  }

  void start() {
    bind();
    accept();
    sweep();
    io = std::thread{[this] { all.io.run(); }};
  }

  void bind() {
    auto where = settings.address + ":" + std::to_string(settings.port);
    error_code ec;
    tcp::resolver resolver{all.io};
    auto found
      = resolver.resolve(settings.address, std::to_string(settings.port),
                         tcp::resolver::passive, ec);
    for (const auto& one : found) {
      error_code ignored;
      acceptor.close(ignored);
      auto end = one.endpoint();
      acceptor.open(end.protocol(), ec);
      if (!ec)
        acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
      if (!ec && end.protocol() == tcp::v6())
        acceptor.set_option(asio::ip::v6_only{false}, ignored);
      if (!ec)
        acceptor.bind(end, ec);
      if (!ec)
        acceptor.listen(backlog, ec);
      if (!ec)
        break;
    }
    if (!ec && !acceptor.is_open())
      throw std::runtime_error("Can't listen on " + where + ".");
    if (ec)
      throw std::runtime_error("Can't listen on " + where + ": " + ec.message()
                               + ".");
    bound = acceptor.local_endpoint().port();
  }

  // -- who gets a place -------------------------------------------------------

  void accept() {
    acceptor.async_accept([this](const error_code& ec, tcp::socket s) {
      if (all.stopping)
        return;
      if (!ec) {
        ++all.accepted;
        take(std::move(s));
        return accept();
      }
      if (ec != asio::error::no_descriptors && ec != asio::error::no_memory
          && ec != asio::error::no_buffer_space)
        return accept(); // that client has gone already
      make_room();
      pause.expires_after(out_of_files_wait);
      pause.async_wait([this](const error_code&) {
        if (!all.stopping)
          accept();
      });
    });
  }

  void take(tcp::socket s) {
    error_code ec;
    s.set_option(tcp::no_delay{true}, ec);
    auto where = place::own;
    if (own >= settings.connections_max && !make_room()) {
      where = place::probe;
      if (probing >= settings.probes_max && !make_room(place::probe))
        return turn_away(std::move(s));
    }
    auto one = std::make_shared<session>(all, std::move(s), where);
    ++counted(where);
    sessions.emplace(one.get(), one);
    all.open = own + probing;
    one->begin();
  }

  // True if one that is slow or silent was closed to make room for another.
  bool make_room(place of = place::own) {
    std::shared_ptr<session> worst;
    auto now = clock::now();
    for (const auto& [key, s] : sessions) {
      if (s->has != of || s->rank(now) == 0)
        continue;
      if (!worst || s->rank(now) > worst->rank(now)
          || (s->rank(now) == worst->rank(now) && s->since() < worst->since()))
        worst = s;
    }
    if (!worst)
      return false;
    ++all.evicted;
    worst->close();
    return true;
  }

  // Every place is at work, and so are those for probes.
  void turn_away(tcp::socket s) {
    ++all.refused;
    auto text = problem_text(503, "Too many connections are open; try again.");
    auto no = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
              "Content-Type: application/problem+json\r\nContent-Length: "
              + std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n"
              + text;
    error_code ec;
    s.non_blocking(true, ec);
    s.write_some(asio::buffer(no), ec);
  }

  std::size_t& counted(place p) { return p == place::probe ? probing : own; }

  void forget(session& s) {
    auto at = sessions.find(&s);
    if (at == sessions.end())
      return;
    if (s.has != place::stream)
      --counted(s.has);
    all.open = own + probing;
    sessions.erase(at); // its caller holds it
  }

  bool move(session& s, place to) {
    if (to == place::own && own >= settings.connections_max && !make_room())
      return false;
    --counted(s.has);
    s.has = to;
    if (to != place::stream)
      ++counted(to);
    all.open = own + probing;
    return true;
  }

  // -- the clock --------------------------------------------------------------

  void sweep() {
    auto now = clock::now();
    each([now](session& s) { s.sweep(now); });
    if (all.stopping && sessions.empty())
      return; // nothing is left to wait for: the thread ends
    sweeper.expires_after(sweep_interval);
    sweeper.async_wait([this](const error_code&) { sweep(); });
  }

  // A session may close, and so leave the table, while it is looked at.
  template <class F>
  void each(F f) {
    std::vector<std::shared_ptr<session>> now;
    now.reserve(sessions.size());
    for (const auto& [key, s] : sessions)
      now.push_back(s);
    for (const auto& s : now)
      f(*s);
  }

  void stop() {
    all.stopping = true;
    asio::post(all.io, [this] {
      error_code ec;
      acceptor.close(ec);
      pause.cancel();
      each([](session& s) { s.stop(); });
      sweeper.cancel();
    });
    if (io.joinable())
      io.join();
    all.pool.stop();
    all.probes.stop();
    all.streaming.stop();
  }

  const transport_settings settings;
  const transport_calls calls;
  shared_parts all;
  tcp::acceptor acceptor;
  asio::steady_timer sweeper;
  asio::steady_timer pause;
  std::uint16_t bound = 0;
  std::unordered_map<session*, std::shared_ptr<session>> sessions;
  std::size_t own = 0, probing = 0;
  std::atomic<bool> rung{false};
  std::thread io;
};

transport::transport(transport_settings settings, transport_calls calls)
  : impl_{std::make_unique<impl>(std::move(settings), std::move(calls))} {
  impl_->start();
}

transport::~transport() {
  impl_->stop();
}

std::uint16_t transport::port() const {
  return impl_->bound;
}

void transport::changed() {
  auto* i = impl_.get();
  if (i->all.stopping || i->rung.exchange(true))
    return;
  asio::post(i->all.io, [i] {
    i->rung = false;
    i->each([](session& s) { s.pump(); });
  });
}

transport::counts transport::seen() const {
  const auto& a = impl_->all;
  return {.open = a.open,
          .streams = a.streams,
          .accepted = a.accepted,
          .evicted = a.evicted,
          .refused = a.refused,
          .timed_out = a.timed_out,
          .lagged = a.lagged};
}

} // namespace fairlead::http
