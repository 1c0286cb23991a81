#include "commands/files/json_text.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {

using nlohmann::json;

std::string text_in(const json& in, const char* key) {
  auto it = in.find(key);
  return it != in.end() && it->is_string() ? it->get<std::string>()
                                           : std::string{};
}

std::string as_json(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace fairlead
