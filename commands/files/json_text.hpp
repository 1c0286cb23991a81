#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace fairlead {

/// The text at a key; empty if there is none.
[[nodiscard]] std::string text_in(const nlohmann::json& in, const char* key);

/// An event that was written with its `data`, an object; else nothing.
[[nodiscard]] std::optional<nlohmann::json>
event_in(const std::optional<std::string>& value);

/// A text as JSON, whatever bytes it has.
[[nodiscard]] std::string as_json(const std::string& text);

} // namespace fairlead
