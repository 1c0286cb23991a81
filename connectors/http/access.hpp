#pragma once

#include <string>

namespace fairlead::http {

/// Who may use `/v1`: clients that send the token or, on an address that no
/// other machine reaches, anybody. Threads: any, since it does not change.
class access_control {
public:
  /// Throws std::invalid_argument if the token is empty and other machines
  /// reach the address.
  access_control(const std::string& address, std::string token);

  /// `authorization`: the header of that name; empty if there is none.
  [[nodiscard]] bool allows(const std::string& authorization) const;

  /// `host`: the header of that name. Without a token it must name this
  /// machine. For the browser, a web page whose name was made to lead here (DNS
  /// rebinding) has this address as its origin; its name gives it away.
  [[nodiscard]] bool serves(const std::string& host) const;

  /// `origin`, `site`: the headers Origin and Sec-Fetch-Site, by which a
  /// browser says that a page of another site asks. Without a token it may not.
  [[nodiscard]] bool trusts(const std::string& origin,
                            const std::string& site) const;

private:
  std::string token_; // empty: none is asked for
};

} // namespace fairlead::http
