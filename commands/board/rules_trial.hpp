#pragma once

#include "commands/endpoints/endpoint.hpp"
#include "connectors/http/exchange.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace fairlead {

/// `POST /v1/teams/{team}/what-if`: tries documents on the team's past, as the
/// command `what-if` does (commands/what_if). One at a time in a process;
/// managers and operators only.
class rules_trial {
public:
  static constexpr std::chrono::seconds within{20};
  static constexpr std::size_t records_max = 200'000;
  static constexpr std::size_t bytes_max = std::size_t{64} * 1024 * 1024;

  /// Where the topics are.
  explicit rules_trial(endpoint source) : source_{std::move(source)} {}

  [[nodiscard]] http::route route();

private:
  http::response answer(const http::request& q);

  const endpoint source_;
  std::mutex trying_;
};

} // namespace fairlead
