#include "connectors/http/pages.hpp"

#include "messages/big_endian.hpp"
#include "messages/text/base64.hpp"
#include "messages/utf8.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace fairlead::http {
namespace {

using nlohmann::json;

// What this service wrote is JSON by construction; what came in need not be.
bool is_event(const raw_record& r) {
  if (!r.value || r.on == topic::dead_letters)
    return false;
  // The library passes over a byte order mark, and a zero byte ends its text.
  return !is_input(r.on)
         || (json::accept(*r.value) && !r.value->starts_with("\xef\xbb\xbf")
             && r.value->find('\0') == std::string::npos);
}

// `name`, or `name_base64` where the bytes are not text.
void append_bytes(std::string& out, const std::string& name,
                  const std::optional<std::string>& bytes) {
  if (bytes && !is_utf8(*bytes)) {
    append_text(out, name + "_base64");
    out += ":\"";
    out += to_base64(*bytes);
    out += '"';
    return;
  }
  append_text(out, name);
  out += ':';
  if (bytes)
    append_text(out, *bytes);
  else
    out += "null";
}

// The headers that Spring Kafka writes as big-endian numbers.
bool is_number(std::string_view name, std::size_t bytes) {
  return (name == "kafka_dlt-original-partition" && bytes == 4)
         || ((name == "kafka_dlt-original-offset"
              || name == "kafka_dlt-original-timestamp")
             && bytes == 8);
}

void append_headers(std::string& out, const raw_record& r) {
  out += R"("headers":{)";
  bool first = true;
  for (const auto& [name, value] : r.headers) {
    if (!std::exchange(first, false))
      out += ',';
    if (value && is_number(name, value->size())) {
      append_text(out, name);
      out += ":" + std::to_string(from_big_endian(*value));
    } else {
      append_bytes(out, name, value);
    }
  }
  out += '}';
}

// Finds the `type` of an event and stops reading.
struct type_finder : nlohmann::json_sax<json> {
  std::string found;
  std::string last_key;
  int depth = 0;

  bool key(string_t& k) override {
    if (depth == 1)
      last_key = k;
    return true;
  }
  bool string(string_t& s) override {
    if (depth != 1 || last_key != "type")
      return true;
    found = s;
    return false;
  }
  bool start_object(std::size_t) override { return ++depth > 0; }
  bool end_object() override { return --depth >= 0; }
  bool start_array(std::size_t) override { return ++depth > 0; }
  bool end_array() override { return --depth >= 0; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception&) override {
    return false;
  }
};

std::string type_in(const std::string& event) {
  type_finder f;
  json::sax_parse(event, &f);
  // A line end would end the field.
  std::erase_if(f.found, [](char c) { return c == '\n' || c == '\r'; });
  return f.found;
}

// One `data:` line for each line of JSON text; only white space can hold one.
void append_data(std::string& out, std::string_view text) {
  out += "data: ";
  for (;;) {
    auto end = text.find_first_of("\r\n");
    out += text.substr(0, end);
    if (end == std::string_view::npos)
      break;
    if (text[end] == '\n')
      out += "\ndata: ";
    text.remove_prefix(end + 1);
  }
  out += "\n\n";
}

} // namespace

void append_text(std::string& out, std::string_view text) {
  out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_record(std::string& out, const raw_record& r) {
  out += R"({"topic":")";
  out += name_of(r.on);
  out += R"(","offset":)" + std::to_string(r.offset) + R"(,"timestamp":")";
  out += rfc3339_text{r.timestamp}.view();
  out += "\",";
  append_bytes(out, "key", r.key);
  out += ',';
  if (is_event(r)) {
    out += "\"event\":" + *r.value;
  } else {
    append_headers(out, r);
    out += ',';
    append_bytes(out, "value", r.value);
  }
  out += '}';
}

void append_server_sent(std::string& out, const placed_record& p) {
  const auto& r = p.record;
  out += "id: " + std::to_string(p.place) + "\n";
  if (is_event(r)) {
    out += "event: " + type_in(*r.value) + "\n";
    append_data(out, *r.value);
    return;
  }
  out
    += r.on == topic::dead_letters ? "event: dead-letter\n" : "event: record\n";
  std::string text;
  append_record(text, r);
  append_data(out, text);
}

} // namespace fairlead::http
