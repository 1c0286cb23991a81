#pragma once

#include "connectors/http/ingress.hpp"

#include <string>
#include <vector>

namespace httplib {
struct Request;
struct Response;
} // namespace httplib

namespace fairlead::http {

// How a response is filled in, and what is said when something is wrong:
// RFC 9457 problem details. Pure but for the response; from any thread.

constexpr const char* json_type = "application/json";
constexpr const char* problem_type = "application/problem+json";

/// The words of a status that is an error, as RFC 9110 has them.
[[nodiscard]] const char* title_of(int status);

/// A problem as JSON; `errors` are the faults of events that were sent.
[[nodiscard]] std::string problem_text(int status, const std::string& detail,
                                       const std::vector<complaint>& errors
                                       = {});

void answer(httplib::Response& a, int status, const std::string& text,
            const char* type);

/// Answers with a problem, and when to come back if that may help.
void fail(httplib::Response& a, int status, const std::string& detail);

} // namespace fairlead::http
