#pragma once

#include <cstddef>
#include <string_view>

namespace fairlead {

/// The length of the character that a text begins with, if it is well formed
/// (RFC 3629); 0: it is not. The text must not be empty.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// True if all of the text is well formed.
[[nodiscard]] bool is_utf8(std::string_view text);

/// True if the text is an id: valid UTF-8, 1 to 128 code points, no control
/// characters (contract).
[[nodiscard]] bool is_id(std::string_view text);

} // namespace fairlead
