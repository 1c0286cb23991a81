#include "connectors/http/problem.hpp"

#include "connectors/http/pages.hpp"

#include <cstddef>
#include <utility>

namespace fairlead::http {

const char* title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

std::string problem_text(int status, const std::string& detail,
                         const std::vector<complaint>& errors,
                         std::optional<std::int64_t> end) {
  std::string out = R"({"type":)";
  out += errors.empty() ? R"("about:blank")"
                        : R"("urn:fairlead:problem:invalid-event")";
  out += R"(,"title":)";
  append_text(out,
              errors.empty() ? title_of(status) : "Not a valid Fairlead event");
  out += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
  append_text(out, detail);
  if (end)
    out += R"(,"end":)" + std::to_string(*end);
  if (!errors.empty()) {
    out += R"(,"errors":[)";
    for (std::size_t i = 0; i < errors.size(); ++i) {
      const auto& e = errors[i];
      out += i ? ",{" : "{";
      if (e.index)
        out += R"("index":)" + std::to_string(*e.index) + ",";
      out += R"("reason":)";
      append_text(out, e.reason);
      out += R"(,"pointer":)";
      append_text(out, e.pointer);
      out += R"(,"detail":)";
      append_text(out, e.detail);
      out += '}';
    }
    out += ']';
  }
  out += '}';
  return out;
}

response answer(int status, std::string text, const char* type) {
  response a;
  a.status = status;
  a.type = type;
  a.body = std::move(text);
  return a;
}

response fail(int status, const std::string& detail) {
  auto a = answer(status, problem_text(status, detail), problem_type);
  if (status == 429 || status == 503)
    a.headers.emplace_back("Retry-After", "1");
  return a;
}

} // namespace fairlead::http
