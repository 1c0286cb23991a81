#pragma once

#include "connectors/http/client/client.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::http {

/// Requests to another instance on one connection that is kept: libcurl, with
/// its TLS, its proxies (the usual environment variables; never for this
/// machine) and bounds on what the other side may send. One thread at a time,
/// but for stop().
class requests {
public:
  /// Throws std::invalid_argument if the address is not valid.
  explicit requests(const instance& other);
  ~requests();
  requests(const requests&) = delete;
  requests& operator=(const requests&) = delete;

  /// Nothing if nobody answers; why() says why.
  std::optional<reply> get(const std::string& path);
  std::optional<reply> post(const std::string& path, const std::string& body,
                            const char* type);

  /// Reads an answer as it comes. `part` gets the status and some bytes, first
  /// none; false ends it. The status, once the answer has ended; 0: nobody
  /// answers.
  int follow(
    const std::string& path, const std::string& last_event_id,
    const std::function<bool(int status, std::string_view bytes)>& part);
  /// Ends follow() at once. Any thread.
  void stop();

  /// Of the last request that nobody answered: a few words.
  [[nodiscard]] const std::string& why() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The parameter that asks for the records of its team; empty: all.
[[nodiscard]] std::string and_team(const instance& other);

/// Throws not_reachable.
[[noreturn]] void throw_unreachable(const instance& other,
                                    const std::string& why);

} // namespace fairlead::http
