#pragma once

#include "connectors/http/connection.hpp"
#include "connectors/http/transport.hpp"

#include <cstdint>
#include <memory>

namespace fairlead::http {

/// What httplib's server does here: it binds, reads a request that is there as
/// a whole, and writes the response; it accepts nothing and has no threads. The
/// one place that touches its insides: those of 0.11 and of 0.18 are known.
class httplib_server {
public:
  /// Both outlive this.
  httplib_server(const transport_settings& settings,
                 const transport_calls& calls);
  ~httplib_server();
  httplib_server(const httplib_server&) = delete;
  httplib_server& operator=(const httplib_server&) = delete;

  /// Returns the port. Throws std::runtime_error with one sentence.
  std::uint16_t bind();
  /// The bound socket; whoever asks closes it.
  [[nodiscard]] int listening() const;

  /// Reads the request that is in the connection's memory, has it answered and
  /// writes the response there. False: the connection shall be closed after it.
  /// Any thread, one at a time for a connection.
  bool answer(connection& c);

  /// The streams that are being written end soon. Any thread.
  void end_streams();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::http
