#include "commands/words/output_lines.hpp"

#include "messages/big_endian.hpp"
#include "messages/json/writer.hpp"

#include <string_view>

namespace fairlead {

dead_letter_facts facts_of(const std::vector<header>& headers) {
  dead_letter_facts f;
  for (const auto& [name, value] : headers) {
    if (!value)
      continue;
    if (name == "kafka_dlt-exception-fqcn")
      f.reason = *value;
    else if (name == "kafka_dlt-exception-message")
      f.message = *value;
    else if (name == "kafka_dlt-original-topic")
      f.topic = *value;
    else if (name == "kafka_dlt-original-partition")
      f.partition = static_cast<std::int32_t>(from_big_endian(*value));
    else if (name == "kafka_dlt-original-offset")
      f.offset = from_big_endian(*value);
  }
  return f;
}

std::string simulate_line(const new_record& r) {
  growing_text out{1024};
  {
    json::object o{out};
    o.text("topic", name_of(r.on));
    o.text_or_null("key", r.key);
    if (r.on == topic::dead_letters) {
      auto f = facts_of(r.headers);
      o.text("reason", f.reason);
      o.text("message", f.message);
      o.integer("input_line", f.offset);
    } else {
      o.raw("event", r.value ? std::string_view{*r.value} : "null");
    }
  }
  return out.take();
}

std::string json_line(const raw_record& r) {
  if (r.on != topic::dead_letters)
    return r.value.value_or("null");
  auto f = facts_of(r.headers);
  growing_text out{256};
  {
    json::object o{out};
    o.text("topic", name_of(r.on));
    o.text_or_null("key", r.key);
    o.text("reason", f.reason);
    o.text("message", f.message);
    o.text("origin", f.topic + "/" + std::to_string(f.partition) + "/"
                       + std::to_string(f.offset));
  }
  return out.take();
}

} // namespace fairlead
