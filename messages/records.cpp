#include "messages/records.hpp"

#include <charconv>

namespace fairlead {
namespace {

template <class Integer>
std::optional<Integer> number(std::string_view s) {
  Integer n{};
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc{} || end != s.data() + s.size() || n < 0)
    return std::nullopt;
  return n;
}

std::size_t bytes_of(const std::optional<std::string>& text) {
  return text ? text->size() : 0;
}

std::optional<position> read_position(std::string_view s) {
  auto first = s.find('/');
  auto second = s.rfind('/');
  if (first == std::string_view::npos || first == second)
    return std::nullopt;
  auto on = topic_named(s.substr(0, first));
  auto partition
    = number<std::int32_t>(s.substr(first + 1, second - first - 1));
  auto offset = number<std::int64_t>(s.substr(second + 1));
  if (!on || !partition || !offset)
    return std::nullopt;
  return position{*on, *partition, *offset};
}

} // namespace

std::string to_string(const position& p) {
  std::string text{name_of(p.on)};
  text += '/';
  text += std::to_string(p.partition);
  text += '/';
  text += std::to_string(p.offset);
  return text;
}

// What the log writes for a header besides its texts: two lengths, of at most
// five bytes each.
std::size_t bytes_of(const header& h) {
  return h.first.size() + (h.second ? h.second->size() : 0) + 10;
}

std::size_t bytes_of(const std::vector<header>& headers) {
  std::size_t n = 0;
  for (const auto& h : headers)
    n += bytes_of(h);
  return n;
}

std::size_t bytes_of(const raw_record& r) {
  return bytes_of(r.key) + bytes_of(r.value) + bytes_of(r.headers);
}

const std::vector<header>& headers_of(const new_record& r) {
  static const std::vector<header> of_events{
    {"content-type", "application/cloudevents+json"}};
  return r.is_event ? of_events : r.headers;
}

position origin_of(const raw_record& r) {
  // Only our own topic is believed: on any other the header is a stranger's.
  if (r.on == topic::rekey)
    for (const auto& [name, value] : r.headers)
      if (name == forwarded_header && value)
        if (auto p = read_position(*value))
          return *p;
  return r.where();
}

} // namespace fairlead
