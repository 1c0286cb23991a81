#include "messages/wire/dead_letter_record.hpp"

#include "messages/big_endian.hpp"

#include <algorithm>
#include <iterator>

namespace fairlead {
namespace {

std::size_t size_of(const std::optional<std::string>& text) {
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
  if (size_of(d.key) + size_of(d.value) + bytes_of(d.headers) <= room)
    return what;
  // A team's id has at most 512 bytes, so such a key is not one.
  if (size_of(d.key) > room / 4) {
    note("key", d.key->size());
    d.key.reset();
  }
  auto left = room - size_of(d.key);
  // Half of it is for the value, however many headers there are.
  auto for_headers = left - std::min(left / 2, size_of(d.value));
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
  if (size_of(d.value) > left) {
    note("value", d.value->size());
    d.value->resize(left);
  }
  return what;
}

} // namespace

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
  add("kafka_dlt-exception-message", clipped(sentence(why.faults)));
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
