#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace fairlead::json {

/// The elements of a JSON array, byte for byte as they stand in the text. They
/// are cut out, not read: the text is JSON if each of them is. Nothing: the
/// text is not an array.
[[nodiscard]] std::optional<std::vector<std::string_view>>
array_elements(std::string_view text);

} // namespace fairlead::json
