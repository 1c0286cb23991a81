#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// RFC 4648, with or without the padding. Nothing if it is not.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

[[nodiscard]] std::string to_base64(std::string_view bytes);

} // namespace fairlead
