#include "messages/records.hpp"

#include <charconv>

namespace fairlead {
namespace {

template <class Integer>
std::string big_endian(Integer n) {
  auto u = static_cast<std::uint64_t>(n);
  std::string bytes(sizeof n, '\0');
  for (auto it = bytes.rbegin(); it != bytes.rend(); ++it, u >>= 8)
    *it = static_cast<char>(u & 0xff);
  return bytes;
}

template <class Integer>
std::optional<Integer> number(std::string_view s) {
  Integer n{};
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc{} || end != s.data() + s.size() || n < 0)
    return std::nullopt;
  return n;
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

position origin_of(const raw_record& r) {
  // Only our own topic is believed: on any other the header is a stranger's.
  if (r.on == topic::rekey)
    for (const auto& [name, value] : r.headers)
      if (name == forwarded_header && value)
        if (auto p = read_position(*value))
          return *p;
  return r.where();
}

std::string_view to_string(dead_letter_reason r) {
  switch (r) {
    case dead_letter_reason::malformed_json:
      return "malformed_json";
    case dead_letter_reason::not_a_cloud_event:
      return "not_a_cloud_event";
    case dead_letter_reason::missing_team:
      return "missing_team";
    case dead_letter_reason::missing_field:
      return "missing_field";
    case dead_letter_reason::wrong_type:
      return "wrong_type";
    case dead_letter_reason::unknown_type:
      return "unknown_type";
    case dead_letter_reason::invalid_value:
      return "invalid_value";
    case dead_letter_reason::invalid_document:
      return "invalid_document";
    case dead_letter_reason::too_large:
      return "too_large";
    case dead_letter_reason::too_old:
      return "too_old";
    case dead_letter_reason::unknown_call:
      return "unknown_call";
    case dead_letter_reason::unknown_team:
      return "unknown_team";
    case dead_letter_reason::unknown_lead:
      return "unknown_lead";
    case dead_letter_reason::unknown_agent:
      return "unknown_agent";
    case dead_letter_reason::unknown_task:
      return "unknown_task";
    case dead_letter_reason::unknown_leg:
      return "unknown_leg";
    case dead_letter_reason::internal_error:
      break;
  }
  return "internal_error";
}

new_record dead_letter_record(const raw_record& r, const dead_letter& why,
                              const std::string& group) {
  auto from = origin_of(r);
  new_record d{.on = topic::dead_letters,
               .partition = r.partition,
               .key = r.key,
               .value = r.value,
               .headers = r.headers,
               .timestamp = r.timestamp};
  auto add = [&d](const char* name, std::string value) {
    d.headers.emplace_back(name, std::move(value));
  };
  add("kafka_dlt-original-topic", std::string{name_of(from.on)});
  add("kafka_dlt-original-partition", big_endian(from.partition));
  add("kafka_dlt-original-offset", big_endian(from.offset));
  add("kafka_dlt-original-timestamp", big_endian(ms_of(r.timestamp)));
  add("kafka_dlt-original-timestamp-type",
      r.log_append_time ? "LogAppendTime" : "CreateTime");
  if (!group.empty())
    add("kafka_dlt-original-consumer-group", group);
  add("kafka_dlt-exception-fqcn", std::string{to_string(why.reason)});
  add("kafka_dlt-exception-message", why.message);
  return d;
}

} // namespace fairlead
