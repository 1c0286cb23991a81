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
  /// How much of a team's past is looked at, and for how long.
  struct limits {
    std::chrono::seconds within{20};
    std::size_t records_max = 200'000;
    std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
  };

  /// Where the topics are.
  explicit rules_trial(endpoint source) : rules_trial{std::move(source), {}} {}
  rules_trial(endpoint source, limits l)
    : source_{std::move(source)}, limits_{l} {}

  [[nodiscard]] http::route route();

private:
  http::response answer(const http::request& q);

  const endpoint source_;
  const limits limits_;
  std::mutex trying_;
};

} // namespace fairlead
