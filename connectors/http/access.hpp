#pragma once

#include <string>

namespace fairlead::http {

/// Who may use `/v1`: who sends the token, or, on an address that no other
/// machine reaches, anybody. Threads: any, it does not change.
class access_control {
public:
  /// The first line of `token_file` is the token; no file: no token. Throws
  /// std::runtime_error if there is none in it, and std::invalid_argument if
  /// others reach the address and there is no file.
  access_control(const std::string& address, const std::string& token_file);

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
