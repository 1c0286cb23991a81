#include "connectors/http/problem.hpp"

#include "connectors/http/pages.hpp"

#include <boost/beast/http/status.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace fairlead::http {
namespace {

std::string_view title_of(int status) {
  auto title = boost::beast::http::obsolete_reason(
    static_cast<boost::beast::http::status>(status));
  return {title.data(), title.size()};
}

} // namespace

std::string problem_text(int status, const std::string& detail,
                         const std::vector<complaint>& errors,
                         std::optional<std::int64_t> end) {
  std::string out = R"({"type":)";
  out += errors.empty() ? R"("about:blank")"
                        : R"("urn:fairlead:problem:invalid-event")";
  out += R"(,"title":)";
  append_text(out, errors.empty() ? std::string{title_of(status)}
                                  : "Not a valid Fairlead event");
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
