#include "connectors/http/httplib_server.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>

namespace fairlead::http {
namespace {

// A connection as httplib wants to see it.
class connection_stream final : public httplib::Stream {
public:
  explicit connection_stream(connection& c) : c_{c} {}
  [[nodiscard]] bool is_readable() const override { return c_.is_readable(); }
  [[nodiscard]] bool is_writable() const override { return c_.is_writable(); }
  ssize_t read(char* to, std::size_t size) override {
    return static_cast<ssize_t>(c_.read(to, size));
  }
  ssize_t write(const char* from, std::size_t size) override {
    return c_.write(from, size) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // httplib refuses descriptors that select() can't take; nothing here calls
  // select().
  [[nodiscard]] socket_t socket() const override { return 0; }

private:
  connection& c_;
};

} // namespace

struct httplib_server::impl : httplib::Server {
  impl(const transport_settings& s, const transport_calls& c)
    : settings{s}, calls{c} {
    set_keep_alive_timeout(
      std::chrono::duration_cast<std::chrono::seconds>(settings.idle_timeout)
        .count());
    set_keep_alive_max_count(1'000'000);
    set_payload_max_length(settings.bounds.body_bytes_max);
    set_tcp_nodelay(true);
    // httplib's default shares the port with whoever asks, so a second server
    // would steal half of the requests instead of failing.
    set_socket_options([](socket_t sock) {
      int yes = 1;
      ::setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_pre_routing_handler(
      [this](const httplib::Request& q, httplib::Response& a) {
        return calls.head(q, a) ? HandlerResponse::Handled
                                : HandlerResponse::Unhandled;
      });
    Post("/.*", [this](const httplib::Request& q, httplib::Response& a) {
      calls.body(q, a);
    });
    set_error_handler([this](const httplib::Request&, httplib::Response& a) {
      if (!a.body.empty())
        return;
      std::string type;
      std::string text;
      calls.error(a.status, "The request can't be read.", type, text);
      a.set_content(text, type.c_str());
      transport::close();
    });
    set_exception_handler([this](const httplib::Request&, httplib::Response& a,
                                 const std::exception_ptr& e) {
      std::string why = "The request failed.";
      try {
        std::rethrow_exception(e);
      } catch (const std::exception& x) {
        why = x.what();
      } catch (...) {
        // not one of ours: the general sentence has to do
      }
      std::string type;
      std::string text;
      calls.error(503, why, type, text);
      a.status = 503;
      a.set_content(text, type.c_str());
    });
    set_logger([this](const httplib::Request& q, const httplib::Response& a) {
      calls.done(q, a);
    });
  }

  std::uint16_t bind() {
    errno = 0;
    auto where = settings.address + ":" + std::to_string(settings.port);
    if (settings.port == 0) {
      auto p = bind_to_any_port(settings.address);
      if (p <= 0)
        throw std::runtime_error("Can't listen on " + where + ": "
                                 + std::strerror(errno) + ".");
      return static_cast<std::uint16_t>(p);
    }
    if (!bind_to_port(settings.address, settings.port))
      throw std::runtime_error(
        "Can't listen on " + where + ": "
        + (errno ? std::strerror(errno) : "is another service there?") + ".");
    return settings.port;
  }

  [[nodiscard]] int listening() const { return svr_sock_; }

  bool answer(connection& c) {
    connection_stream stream{c};
    bool closed = false;
    bool well = process(
      &impl::process_request, stream, c.close_after, closed,
      // No answer here is worth a part of it, and many parts are an attack.
      [](httplib::Request& q) { q.ranges.clear(); });
    return well && !closed;
  }

  // httplib's own step from a request to its response, which no public function
  // offers. Newer versions want to hear the two addresses, for handlers; no
  // handler here asks for them.
  using prepare = std::function<void(httplib::Request&)>;
  using step_of_0_11
    = bool (Server::*)(httplib::Stream&, bool, bool&, const prepare&);
  using step_of_0_18
    = bool (Server::*)(httplib::Stream&, const std::string&, int,
                       const std::string&, int, bool, bool&, const prepare&);
  bool process(step_of_0_11 step, httplib::Stream& stream, bool close_after,
               bool& closed, const prepare& first) {
    return (this->*step)(stream, close_after, closed, first);
  }
  bool process(step_of_0_18 step, httplib::Stream& stream, bool close_after,
               bool& closed, const prepare& first) {
    return (this->*step)(stream, {}, 0, {}, 0, close_after, closed, first);
  }

  // Streams end when httplib sees its own socket gone.
  void end_streams() { svr_sock_ = INVALID_SOCKET; }

  const transport_settings& settings;
  const transport_calls& calls;
};

httplib_server::httplib_server(const transport_settings& settings,
                               const transport_calls& calls)
  : impl_{std::make_unique<impl>(settings, calls)} {
}

httplib_server::~httplib_server() = default;

std::uint16_t httplib_server::bind() {
  return impl_->bind();
}

int httplib_server::listening() const {
  return impl_->listening();
}

bool httplib_server::answer(connection& c) {
  return impl_->answer(c);
}

void httplib_server::end_streams() {
  impl_->end_streams();
}

} // namespace fairlead::http
