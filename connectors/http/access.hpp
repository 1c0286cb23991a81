#pragma once

#include <string>

namespace fairlead::http {

/// Who may use `/v1`: who sends the token, or, on an address that no other
/// machine reaches, anybody. Threads: any, it does not change.
class access_control {
public:
  /// An empty token: none. Throws std::invalid_argument if there is none and
  /// others reach the address.
  access_control(const std::string& address, std::string token);

  /// `authorization`: the header of that name; empty: none came.
  [[nodiscard]] bool allows(const std::string& authorization) const;

  /// `host`: the header of that name. Without a token it must name this
  /// machine. A web page whose name was made to lead here (DNS rebinding) is
  /// in the browser's eyes at home on this address; its name gives it away.
  [[nodiscard]] bool serves(const std::string& host) const;

private:
  std::string token_; // empty: none is asked for
};

} // namespace fairlead::http
