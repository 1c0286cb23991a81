#pragma once

#include "connectors/http/transport.hpp"
#include "connectors/http/workers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead::http {

class session;

/// Whose bound a session counts for.
enum class place {
  own,    /// one of `connections_max`
  probe,  /// one of `probes_max`: may ask for health only
  stream, /// one of `streams_max`
};

/// What the sessions of a server share. I/O thread, except for what is atomic
/// and the workers.
struct shared_parts {
  const transport_settings& settings;
  const transport_calls& calls;
  boost::asio::io_context io{1};
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> open{0}, streams{0};
  std::atomic<std::uint64_t> accepted{0}, evicted{0}, refused{0}, timed_out{0},
    lagged{0};
  workers pool;
  workers probes;    // so that health answers while all workers wait for a disk
  workers streaming; // asks the sources
  /// Forgets a session that has closed.
  std::function<void(session&)> forget{};
  /// Gives a session another place. False: there is none.
  std::function<bool(session&, place)> move{};
};

/// One client. A request comes in, a worker has it, the answer goes out, the
/// client is given time to see it before the socket is closed; or the answer is
/// a stream that lasts.
/// Threads: the I/O thread's. While a worker has the request, it reads
/// `request_` and may look at the socket, which stays open until it is done.
class session : public std::enable_shared_from_this<session> {
public:
  using clock = std::chrono::steady_clock;
  using socket = boost::asio::ip::tcp::socket;
  enum class phase { reading, working, writing, streaming, lingering, closed };

  session(shared_parts& shared, socket s, place has);

  void begin();
  /// The server stops: what is not being answered ends.
  void stop();
  /// Closes what is late; keeps silent streams alive.
  void sweep(clock::time_point now);
  /// For a stream: there may be more.
  void pump();
  void close();

  [[nodiscard]] phase at() const { return phase_; }
  /// How willingly it makes room: 0 never, then the more, the sooner.
  [[nodiscard]] int rank(clock::time_point now) const;
  [[nodiscard]] clock::time_point since() const { return since_; }

  place has; /// changed by shared_parts::move

private:
  // Reading.
  void read();
  void took(std::size_t n);
  void look();
  bool look_at_head();
  void look_at_body();
  void refuse(int status, const char* why);
  void dispatch();
  [[nodiscard]] bool client_is_there();

  // Writing.
  void respond(response a, bool may_keep);
  void write();
  void written();
  void next_request();
  void linger();
  void set_write_deadline(std::size_t bytes);

  // Streaming.
  void begin_stream();
  void send(std::string bytes);
  void sent();
  void got(stream_source::piece p);
  void watch_client();
  void finish_stream();

  shared_parts& all_;
  socket socket_;
  phase phase_ = phase::reading;
  clock::time_point since_;    // of the phase
  clock::time_point deadline_; // of what is awaited

  boost::beast::flat_buffer in_;
  std::optional<
    boost::beast::http::request_parser<boost::beast::http::string_body>>
    parser_;
  request request_;
  const route* to_ = nullptr;
  bool spoke_ = false;     // has been answered once
  bool continued_ = false; // has been asked for the body

  std::optional<boost::beast::http::response<boost::beast::http::string_body>>
    out_;
  std::optional<
    boost::beast::http::response_serializer<boost::beast::http::string_body>>
    serializer_;
  bool keep_ = false;
  bool head_only_ = false;
  unsigned version_ = 11;
  std::array<char, 4096> dropped_; // what nobody reads

  std::unique_ptr<stream_source> source_;
  std::string piece_; // being sent
  clock::time_point spoken_;
  std::size_t talked_ = 0; // by the client
  bool counted_ = false;   // as one of `streams`
  bool asking_ = false;    // a worker has the source
  bool sending_ = false;   // a piece is on its way
  bool again_ = false;     // asked for more meanwhile
  bool ended_ = false;     // nothing comes after the piece
  bool lags_ = false;      // is told so after the piece
};

} // namespace fairlead::http
