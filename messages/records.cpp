#include "messages/records.hpp"

#include "messages/big_endian.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

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

std::size_t bytes_of(const std::optional<std::string>& text) {
  return text ? text->size() : 0;
}

// A document of 256 KiB may have more faults than a record has room for.
constexpr std::size_t message_bytes_max = 16 * 1024;

std::string clipped(std::string message) {
  if (message.size() <= message_bytes_max)
    return message;
  auto end = message_bytes_max;
  auto inside
    = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; };
  while (end > 0 && inside(message[end]))
    --end;
  message.resize(end);
  return message + " ...";
}

/// Cuts a record's own parts until they have at most `room` bytes. The key
/// and the headers are kept whole or not at all. What was cut, or nothing.
std::string cut(new_record& d, std::size_t room) {
  std::string what;
  auto note = [&what](const char* name, std::size_t had) {
    what += (what.empty() ? "" : ", ") + std::string{name} + '='
            + std::to_string(had);
  };
  if (bytes_of(d.key) + bytes_of(d.value) + bytes_of(d.headers) <= room)
    return what;
  // A team is at most 512 bytes long, so that such a key is none.
  if (bytes_of(d.key) > room / 4) {
    note("key", d.key->size());
    d.key.reset();
  }
  auto left = room - bytes_of(d.key);
  // Half of it for the value, whatever the headers are.
  auto for_headers = left - std::min(left / 2, bytes_of(d.value));
  auto had = d.headers.size();
  std::vector<header> kept;
  for (auto& h : d.headers)
    if (auto n = bytes_of(h); n <= for_headers) {
      for_headers -= n;
      kept.push_back(std::move(h));
    }
  d.headers = std::move(kept);
  if (d.headers.size() < had)
    note("headers", had);
  left -= bytes_of(d.headers);
  if (bytes_of(d.value) > left) {
    note("value", d.value->size());
    d.value->resize(left);
  }
  return what;
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

std::size_t bytes_of(const raw_record& r) {
  return bytes_of(r.key) + bytes_of(r.value) + bytes_of(r.headers);
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

new_record dead_letter_record(const raw_record& r, const dead_letter& why,
                              const std::string& group) {
  auto from = origin_of(r);
  std::vector<header> added;
  auto add = [&added](const char* name, std::string value) {
    added.emplace_back(name, std::move(value));
  };
  add("kafka_dlt-original-topic", std::string{name_of(from.on)});
  add("kafka_dlt-original-partition", to_big_endian(from.partition));
  add("kafka_dlt-original-offset", to_big_endian(from.offset));
  add("kafka_dlt-original-timestamp", to_big_endian(ms_of(r.timestamp)));
  add("kafka_dlt-original-timestamp-type",
      r.log_append_time ? "LogAppendTime" : "CreateTime");
  if (!group.empty())
    add("kafka_dlt-original-consumer-group", group);
  add("kafka_dlt-exception-fqcn", std::string{to_string(why.reason)});
  add("kafka_dlt-exception-message", clipped(why.message));
  new_record d{.on = topic::dead_letters,
               .partition = r.partition,
               .key = r.key,
               .value = r.value,
               .headers = r.headers,
               .timestamp = r.timestamp};
  // Room for truncated_header, too.
  auto missing = cut(d, written_bytes_max - bytes_of(added) - 128);
  if (!missing.empty())
    add(truncated_header, std::move(missing));
  std::move(added.begin(), added.end(), std::back_inserter(d.headers));
  return d;
}

} // namespace fairlead
