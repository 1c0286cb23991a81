#include "connectors/http/head.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace fairlead::http {
namespace {

bool is(std::string_view a, std::string_view word) {
  return boost::beast::iequals({a.data(), a.size()},
                               {word.data(), word.size()});
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
    s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t'))
    s.remove_suffix(1);
  return s;
}

bool is_digit(unsigned char c) {
  return std::isdigit(c) != 0;
}

// RFC 9110's token: no white space, so neither a name before a space nor a
// line that continues the one above.
bool is_name(std::string_view s) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !s.empty() && std::all_of(s.begin(), s.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0
           || others.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Other readers end a line where one of these stands alone, or stop there.
bool has_stray_end(std::string_view line) {
  return line.find_first_of(std::string_view{"\r\n\0", 3})
         != std::string_view::npos;
}

} // namespace

head_fault fault_of(std::string_view head) {
  head.remove_suffix(std::min<std::size_t>(head.size(), 4));
  auto at = head.find("\r\n"); // the first line is the request line
  auto first = head.substr(0, at);
  if (has_stray_end(first))
    return {400, "A line of the request does not end with CR LF."};
  auto space = first.find(' ');
  if (space != std::string_view::npos
      && first.rfind(' ') - space > target_bytes_max)
    return {414, "The path and query are longer than 8 KiB."};
  bool one_dot_one = first.ends_with(" HTTP/1.1");
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  while (at != std::string_view::npos) {
    auto from = at + 2;
    at = head.find("\r\n", from);
    auto line = head.substr(
      from, at == std::string_view::npos ? std::string_view::npos : at - from);
    auto colon = line.find(':');
    if (colon == std::string_view::npos)
      return {400, "A header line has no colon."};
    auto name = line.substr(0, colon);
    if (!is_name(name) || has_stray_end(line))
      return {400, "A header line is not a name, a colon and a value."};
    auto value = trimmed(line.substr(colon + 1));
    if (is(name, "host") && ++hosts > 1)
      return {400, "There are two Host headers."};
    if (is(name, "transfer-encoding")
        && (++codings > 1 || !is(value, "chunked") || !one_dot_one))
      return {400, "The only Transfer-Encoding that is taken is chunked, in "
                   "HTTP/1.1."};
    if (is(name, "content-length")
        && (++lengths > 1 || value.empty()
            || !std::all_of(value.begin(), value.end(), is_digit)))
      return {400, "The Content-Length is not a single number."};
  }
  if (lengths > 0 && codings > 0)
    return {400, "A body has a Content-Length or comes in chunks, not both."};
  return {};
}

} // namespace fairlead::http
