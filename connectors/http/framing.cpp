#include "connectors/http/framing.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace fairlead::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view lower_case) {
  return a.size() == lower_case.size()
         && std::equal(a.begin(), a.end(), lower_case.begin(),
                       [](char x, char y) { return lower(x) == y; });
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
    s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t'))
    s.remove_suffix(1);
  return s;
}

// Is it in the list, as in `Connection: keep-alive, Close`?
bool lists(std::string_view values, std::string_view lower_case) {
  while (!values.empty()) {
    auto end = std::min(values.find(','), values.size());
    if (same(trimmed(values.substr(0, end)), lower_case))
      return true;
    values.remove_prefix(std::min(end + 1, values.size()));
  }
  return false;
}

// RFC 9110's token: no white space, so neither a name before a space nor a
// line that continues the one above.
bool is_name(std::string_view s) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !s.empty() && std::all_of(s.begin(), s.end(), [&](char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9')
           || others.find(c) != std::string_view::npos;
  });
}

// Other readers end a line where one of these stands alone, or stop there.
bool has_stray_end(std::string_view line) {
  return line.find_first_of(std::string_view{"\r\n\0", 3})
         != std::string_view::npos;
}

frame refuse(int status, const char* why) {
  frame f;
  f.state = frame::kind::refused;
  f.status = status;
  f.why = why;
  return f;
}

} // namespace

frame frame_of(const std::string& bytes, const frame_bounds& bounds) {
  auto end = bytes.find("\r\n\r\n");
  if (std::min(end, bytes.size()) > bounds.header_bytes_max)
    return refuse(431, "The request line and headers are too large.");
  if (end == std::string::npos)
    return {};
  std::string_view head{bytes.data(), end};
  std::optional<std::size_t> length;
  bool closes = false;
  std::size_t expects_at = 0;
  std::string_view authorization;
  auto at = head.find("\r\n"); // the first line is the request line
  if (has_stray_end(head.substr(0, at)))
    return refuse(400, "A line of the request does not end with CR LF.");
  while (at != std::string_view::npos) {
    auto from = at + 2;
    at = head.find("\r\n", from);
    auto line = head.substr(
      from, at == std::string_view::npos ? std::string_view::npos : at - from);
    auto colon = line.find(':');
    if (colon == std::string_view::npos)
      return refuse(400, "A header line has no colon.");
    auto name = line.substr(0, colon);
    // A proxy in front that reads such a line in another way would see
    // requests begin where we see none (RFC 9112, 5.1 and 5.2).
    if (!is_name(name) || has_stray_end(line))
      return refuse(400, "A header line is not a name, a colon and a value.");
    auto value = trimmed(line.substr(colon + 1));
    if (same(name, "transfer-encoding"))
      return refuse(411, "Send the body with a Content-Length, not in chunks.");
    if (same(name, "expect") && same(value, "100-continue"))
      expects_at = from;
    if (same(name, "connection") && lists(value, "close"))
      closes = true;
    if (same(name, "authorization") && authorization.empty())
      authorization = value;
    if (!same(name, "content-length"))
      continue;
    std::size_t n = 0;
    auto [last, ec]
      = std::from_chars(value.data(), value.data() + value.size(), n);
    if (ec == std::errc::result_out_of_range)
      return refuse(413, "The body is too large.");
    // Two lengths that differ would make two readers see two requests.
    if (ec != std::errc{} || last != value.data() + value.size()
        || (length && *length != n))
      return refuse(400, "The Content-Length is not a single number.");
    length = n;
  }
  if (length.value_or(0) > bounds.body_bytes_max)
    return refuse(413, "The body is too large.");
  frame f;
  f.head = end + 4;
  f.authorization = authorization;
  f.closes = closes;
  f.expects_at = expects_at;
  auto size = f.head + length.value_or(0);
  if (bytes.size() >= size) {
    f.state = frame::kind::complete;
    f.size = size;
  }
  return f;
}

} // namespace fairlead::http
