#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace fairlead {

/// The text at a key; empty if there is none.
[[nodiscard]] std::string text_in(const nlohmann::json& in, const char* key);

/// A text as JSON, whatever bytes it has.
[[nodiscard]] std::string as_json(const std::string& text);

} // namespace fairlead
