#pragma once

#include "connectors/http/exchange.hpp"
#include "connectors/http/ingress.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::http {

// How a response is filled in, and what is said when something is wrong:
// RFC 9457 problem details. Pure.

constexpr const char* json_type = "application/json";
constexpr const char* problem_type = "application/problem+json";

/// A problem as JSON; `errors` are the faults of events that were sent. `end`
/// is a place to go on from.
[[nodiscard]] std::string problem_text(int status, const std::string& detail,
                                       const std::vector<complaint>& errors
                                       = {},
                                       std::optional<std::int64_t> end = {});

[[nodiscard]] response answer(int status, std::string text,
                              const char* type = json_type);

/// A problem, and when to come back if that may help.
[[nodiscard]] response fail(int status, const std::string& detail);

} // namespace fairlead::http
