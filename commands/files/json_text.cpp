#include "commands/files/json_text.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {

using nlohmann::json;

std::string text_in(const json& in, const char* key) {
  auto it = in.find(key);
  return it != in.end() && it->is_string() ? it->get<std::string>()
                                           : std::string{};
}

std::optional<json> event_in(const std::optional<std::string>& value) {
  auto event = json::parse(value.value_or(""), nullptr, false);
  if (!event.is_object())
    return std::nullopt;
  auto data = event.find("data");
  if (data == event.end() || !data->is_object())
    return std::nullopt;
  return event;
}

std::string as_json(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace fairlead
