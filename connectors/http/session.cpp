#include "connectors/http/session.hpp"

#include "connectors/http/head.hpp"
#include "connectors/http/problem.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/write.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <string_view>
#include <utility>

namespace fairlead::http {
namespace {

namespace asio = boost::asio;
namespace bhttp = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::size_t slowest_bytes_a_second = 64 * 1024;
// A body that nobody asked for is read up to here; else the connection ends.
constexpr std::uint64_t idle_body_max = 64 * 1024;
// Closing a socket with unread bytes resets it, and the client may never see
// the answer: for a moment, what still comes is read and dropped.
constexpr std::chrono::milliseconds linger_time{1'000};
constexpr std::chrono::milliseconds flush_at_stop{1'000};
// A client that has not taken its answer by then is slow.
constexpr std::chrono::milliseconds slow_after{1'000};
// An open stream has nothing to say.
constexpr std::size_t talk_in_stream_max = 64 * 1024;

std::string_view std_view(boost::beast::string_view s) {
  return {s.data(), s.size()};
}

std::string_view view_of(const boost::beast::flat_buffer& b) {
  const void* data = b.data().data();
  return {static_cast<const char*>(data), b.size()};
}

} // namespace

session::session(shared_parts& shared, socket s, place where)
  : has{where},
    all_{shared},
    socket_{std::move(s)},
    since_{clock::now()},
    deadline_{since_ + shared.settings.request_timeout} {
}

void session::begin() {
  read();
}

// -- reading ------------------------------------------------------------------

void session::read() {
  socket_.async_read_some(
    in_.prepare(read_bytes),
    [self = shared_from_this()](const error_code& ec, std::size_t n) {
      if (self->phase_ != phase::reading)
        return;
      if (ec)
        return self->close();
      self->took(n);
    });
}

void session::took(std::size_t n) {
  if (in_.size() == 0 && !parser_)
    deadline_ = clock::now() + all_.settings.request_timeout;
  in_.commit(n);
  look();
}

// Is there a request in what has come?
void session::look() {
  if (!parser_ && !look_at_head())
    return;
  look_at_body();
}

// False: the head is not there, or has been answered.
bool session::look_at_head() {
  auto bytes = view_of(in_);
  auto end = bytes.find("\r\n\r\n");
  if (std::min(end, bytes.size()) > all_.settings.header_bytes_max) {
    refuse(431, "The request line and headers are larger than 16 KiB.");
    return false;
  }
  if (end == std::string_view::npos) {
    read();
    return false;
  }
  auto head = bytes.substr(0, end + 4);
  if (auto fault = fault_of(head); fault.status != 0) {
    refuse(fault.status, fault.why);
    return false;
  }
  parser_.emplace();
  parser_->header_limit(
    static_cast<std::uint32_t>(all_.settings.header_bytes_max + 4));
  parser_->body_limit(all_.settings.body_bytes_max);
  parser_->eager(false);
  error_code ec;
  parser_->put(asio::buffer(head.data(), head.size()), ec);
  if (ec == bhttp::error::body_limit) {
    refuse(413, "The body is larger than 1 MiB.");
    return false;
  }
  if (ec && ec != bhttp::error::need_more) {
    refuse(400, "The request can't be read.");
    return false;
  }
  in_.consume(head.size());
  const auto& read = parser_->get();
  version_ = read.version();
  head_only_ = read.method() == bhttp::verb::head;
  request_.method = std::string{std_view(read.method_string())};
  request_.path = std::string{std_view(read.target())};
  for (const auto& field : read.base())
    request_.headers.emplace_back(lower(std_view(field.name_string())),
                                  std::string{std_view(field.value())});
  request_.awaited = [this] { return client_is_there(); };
  auto verdict = all_.calls.admit(request_);
  to_ = verdict.to;
  bool is_probe = to_ && to_->of == guard::probe;
  if (has == place::probe && !is_probe && !all_.move(*this, place::own)) {
    ++all_.refused;
    verdict.refusal
      = all_.calls.fault(503, "Too many connections are open; try again.");
  }
  if (!verdict.refusal)
    return true;
  if (!parser_->is_done()) {
    // What is there already is a body of this request, not the next one.
    error_code rest;
    parser_->eager(true);
    in_.consume(parser_->put(in_.data(), rest));
  }
  all_.calls.done(request_, to_, verdict.refusal->status);
  respond(std::move(*verdict.refusal), parser_->is_done());
  return false;
}

void session::look_at_body() {
  parser_->eager(true);
  error_code ec;
  while (!parser_->is_done() && in_.size() > 0 && !ec)
    in_.consume(parser_->put(in_.data(), ec));
  if (ec == bhttp::error::body_limit)
    return refuse(413, "The body is larger than 1 MiB.");
  if (ec && ec != bhttp::error::need_more)
    return refuse(400, "The chunks of the body can't be read.");
  if (parser_->is_done())
    return dispatch();
  bool wanted = to_->method != "GET";
  if (!wanted && parser_->content_length().value_or(0) > idle_body_max)
    return dispatch(); // and close: the body would only take time
  const auto& fields = parser_->get();
  if (wanted && !continued_
      && boost::beast::iequals(fields[bhttp::field::expect], "100-continue")) {
    continued_ = true;
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(
      socket_, asio::buffer(go_on.data(), go_on.size()),
      [self = shared_from_this()](const error_code& failed, std::size_t) {
        if (self->phase_ != phase::reading)
          return;
        if (failed)
          return self->close();
        self->read();
      });
    return;
  }
  read();
}

void session::refuse(int status, const char* why) {
  auto a = all_.calls.fault(status, why);
  head_only_ = head_only_ || view_of(in_).starts_with("HEAD ");
  all_.calls.done(request_, nullptr, status);
  respond(std::move(a), false);
}

bool session::client_is_there() {
  if (all_.stopping)
    return false;
  char c = 0;
  auto n = ::recv(socket_.native_handle(), &c, 1, MSG_PEEK | MSG_DONTWAIT);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

void session::dispatch() {
  bool whole = parser_->is_done();
  request_.body = std::move(parser_->get().body());
  request_.arrived = clock::now();
  phase_ = phase::working;
  auto& to = to_->of == guard::probe ? all_.probes : all_.pool;
  to.add([self = shared_from_this(), whole] {
    auto& all = self->all_;
    auto a = all.calls.answer(*self->to_, self->request_);
    if (a.stream) {
      if (self->head_only_) {
        a.stream.reset();
      } else if (all.streams.fetch_add(1) >= all.settings.streams_max) {
        --all.streams;
        a = all.calls.fault(429, "Too many streams are open ("
                                   + std::to_string(all.settings.streams_max)
                                   + ").");
      } else {
        self->counted_ = true;
      }
    }
    all.calls.done(self->request_, self->to_, a.status);
    asio::post(all.io, [self, whole, a = std::move(a)]() mutable {
      self->respond(std::move(a), whole);
    });
  });
}

// -- writing ------------------------------------------------------------------

void session::set_write_deadline(std::size_t bytes) {
  deadline_ = since_
              + (all_.stopping
                   ? flush_at_stop
                   : all_.settings.write_timeout
                       + std::chrono::milliseconds{static_cast<std::int64_t>(
                         bytes * 1000 / slowest_bytes_a_second)});
}

void session::respond(response a, bool may_keep) {
  bool streams = a.stream != nullptr;
  keep_ = may_keep && parser_ && parser_->get().keep_alive() && !streams
          && has == place::own && !all_.stopping;
  out_.emplace();
  out_->version(version_ >= 11 ? 11 : 10);
  out_->result(static_cast<unsigned>(a.status));
  out_->keep_alive(keep_);
  if (!a.type.empty() && (a.status != 204))
    out_->set(bhttp::field::content_type, a.type);
  for (const auto& [name, value] : a.headers)
    out_->set(name, value);
  if (streams) {
    source_ = std::move(a.stream);
    out_->chunked(version_ >= 11);
  } else if (a.status != 204) {
    out_->content_length(a.body.size());
    out_->body() = std::move(a.body);
  }
  serializer_.emplace(*out_);
  phase_ = phase::writing;
  since_ = clock::now();
  set_write_deadline(out_->body().size());
  write();
}

void session::write() {
  auto done = [self = shared_from_this()](const error_code& ec, std::size_t) {
    if (self->phase_ != phase::writing)
      return;
    if (ec)
      return self->close();
    self->written();
  };
  if (source_ || head_only_)
    bhttp::async_write_header(socket_, *serializer_, std::move(done));
  else
    bhttp::async_write(socket_, *serializer_, std::move(done));
}

void session::written() {
  if (source_)
    return begin_stream();
  if (!keep_ || all_.stopping)
    return linger();
  next_request();
}

void session::next_request() {
  serializer_.reset();
  out_.reset();
  parser_.reset();
  request_ = {};
  to_ = nullptr;
  spoke_ = true;
  continued_ = false;
  head_only_ = false;
  if (in_.size() == 0)
    in_.shrink_to_fit();
  phase_ = phase::reading;
  since_ = clock::now();
  deadline_ = since_
              + (in_.size() == 0 ? all_.settings.idle_timeout
                                 : all_.settings.request_timeout);
  if (in_.size() == 0)
    read();
  else
    look();
}

void session::linger() {
  error_code ec;
  if (phase_ != phase::lingering) {
    socket_.shutdown(socket::shutdown_send, ec);
    phase_ = phase::lingering;
    since_ = clock::now();
    deadline_ = since_ + linger_time;
    in_.consume(in_.size());
    in_.shrink_to_fit();
    serializer_.reset();
    out_.reset();
    if (all_.stopping || ec)
      return close();
  }
  socket_.async_read_some(
    asio::buffer(dropped_),
    [self = shared_from_this()](const error_code& failed, std::size_t) {
      if (self->phase_ != phase::lingering)
        return;
      if (failed)
        return self->close();
      self->linger();
    });
}

// -- streaming ----------------------------------------------------------------

void session::begin_stream() {
  all_.move(*this, place::stream);
  phase_ = phase::streaming;
  since_ = clock::now();
  watch_client();
  again_ = true;
  // The first line tells the client that it is connected.
  send(": fairlead\n\n");
}

// How it is noticed that a client has gone: it has nothing to say.
void session::watch_client() {
  socket_.async_read_some(
    asio::buffer(dropped_),
    [self = shared_from_this()](const error_code& ec, std::size_t n) {
      if (self->phase_ != phase::streaming)
        return;
      self->talked_ += n;
      if (ec || self->talked_ > talk_in_stream_max)
        return self->close();
      self->watch_client();
    });
}

void session::pump() {
  if (phase_ != phase::streaming || ended_ || lags_)
    return;
  if (asking_ || sending_) {
    again_ = true;
    return;
  }
  again_ = false;
  asking_ = true;
  all_.streaming.add([self = shared_from_this()] {
    stream_source::piece p;
    try {
      p = self->source_->next();
    } catch (const std::exception&) {
      p = {.bytes = {}, .more = false, .ended = true};
    }
    asio::post(self->all_.io,
               [self, p = std::move(p)]() mutable { self->got(std::move(p)); });
  });
}

void session::got(stream_source::piece p) {
  asking_ = false;
  if (phase_ != phase::streaming)
    return;
  ended_ = p.ended || all_.stopping;
  again_ = again_ || p.more;
  if (!p.bytes.empty())
    return send(std::move(p.bytes));
  if (ended_)
    return finish_stream();
  if (again_)
    pump();
}

void session::send(std::string bytes) {
  piece_ = std::move(bytes);
  sending_ = true;
  since_ = spoken_ = clock::now();
  set_write_deadline(piece_.size());
  auto done = [self = shared_from_this()](const error_code& ec, std::size_t) {
    if (self->phase_ != phase::streaming)
      return;
    if (ec)
      return self->close();
    self->sent();
  };
  if (version_ >= 11)
    asio::async_write(socket_, bhttp::make_chunk(asio::buffer(piece_)),
                      std::move(done));
  else
    asio::async_write(socket_, asio::buffer(piece_), std::move(done));
}

void session::sent() {
  sending_ = false;
  if (lags_ && !ended_) {
    auto at = source_->position();
    ended_ = true;
    return send("event: reset\nid: " + at + "\ndata: {\"resume_after\":\"" + at
                + "\"}\n\n");
  }
  if (ended_ || all_.stopping)
    return finish_stream();
  if (again_)
    pump();
}

void session::finish_stream() {
  source_.reset();
  if (version_ < 11)
    return linger();
  piece_ = "0\r\n\r\n";
  since_ = clock::now();
  set_write_deadline(piece_.size());
  phase_ = phase::writing;
  keep_ = false;
  asio::async_write(
    socket_, asio::buffer(piece_),
    [self = shared_from_this()](const error_code& ec, std::size_t) {
      if (self->phase_ != phase::writing)
        return;
      if (ec)
        return self->close();
      self->linger();
    });
}

// -- its end ------------------------------------------------------------------

void session::stop() {
  switch (phase_) {
    case phase::reading:
    case phase::lingering:
      return close();
    case phase::working:
    case phase::closed:
      return;
    case phase::writing:
      deadline_ = std::min(deadline_, clock::now() + flush_at_stop);
      return;
    case phase::streaming:
      deadline_ = clock::now() + flush_at_stop;
      if (!sending_ && !asking_)
        finish_stream();
      return;
  }
}

void session::sweep(clock::time_point now) {
  if (phase_ == phase::working || phase_ == phase::closed)
    return;
  if (phase_ == phase::streaming && !sending_) {
    if (all_.stopping && now >= deadline_)
      close();
    else if (!asking_ && !ended_ && now - spoken_ >= all_.settings.heartbeat)
      send(": still here\n\n");
    return;
  }
  if (now < deadline_)
    return;
  if (phase_ == phase::streaming && !lags_ && !all_.stopping) {
    // It gets to know where to go on, if it takes what is on its way.
    lags_ = true;
    ++all_.lagged;
    since_ = now;
    set_write_deadline(piece_.size());
    return;
  }
  if ((phase_ == phase::reading && (in_.size() > 0 || parser_))
      || phase_ == phase::writing)
    ++all_.timed_out;
  close();
}

int session::rank(clock::time_point now) const {
  switch (phase_) {
    case phase::writing:
      return now - since_ > slow_after ? 5 : 0;
    case phase::lingering:
      return 4;
    case phase::reading:
      if (in_.size() > 0 || parser_)
        return 1;
      return spoke_ ? 2 : 3;
    case phase::working:
    case phase::streaming:
    case phase::closed:
      break;
  }
  return 0;
}

void session::close() {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  if (counted_)
    --all_.streams;
  error_code ec;
  socket_.close(ec);
  all_.forget(*this);
}

} // namespace fairlead::http
