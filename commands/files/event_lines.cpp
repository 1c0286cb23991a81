#include "commands/files/event_lines.hpp"

#include "messages/inputs.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {

event_line read_event_line(const std::string& line, std::int64_t number) {
  auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos || line[first] == '#')
    return std::monostate{};
  record_line read{.record = {.on = topic::leads,
                              .partition = 0,
                              .offset = number,
                              .timestamp = {},
                              .log_append_time = false,
                              .key = std::nullopt,
                              .value = line,
                              .headers = {}}};
  auto& r = read.record;
  // Not JSON (RFC 8259, 8.1), although this parser would skip it.
  if (line.starts_with("\xef\xbb\xbf"))
    return read;
  auto event = nlohmann::json::parse(line, nullptr, false);
  if (!event.is_object())
    return read;
  auto text = [&event](const char* name) -> std::optional<std::string> {
    auto it = event.find(name);
    if (it == event.end() || !it->is_string())
      return std::nullopt;
    return it->get<std::string>();
  };
  if (event.size() == 1)
    if (auto at = text("clock"))
      if (auto t = from_rfc3339(*at))
        return clock_line{*t};
  if (auto type = text("type"))
    r.on = input_topic_of(*type);
  r.key = text("partitionkey");
  if (auto time = text("time"))
    if (auto t = from_rfc3339(*time)) {
      r.timestamp = *t;
      read.has_time = true;
    }
  return read;
}

new_record record_for(const std::string& event) {
  new_record out;
  auto read = read_event_line(event, 0);
  if (auto* line = std::get_if<record_line>(&read)) {
    out.on = line->record.on;
    out.key = line->record.key;
  }
  out.value = event;
  out.headers
    = {{"content-type", "application/cloudevents+json; charset=utf-8"}};
  return out;
}

} // namespace fairlead
