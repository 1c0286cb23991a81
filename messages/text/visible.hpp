#pragma once

#include <string>
#include <string_view>

namespace fairlead {

/// A text as it may be shown to a person: what would steer a terminal, begin
/// another line or turn the direction of writing stands as `\u{1b}`, bytes that
/// are not UTF-8 as `\x{ff}`. Every text of a stranger passes through here
/// before it reaches a terminal. What is visible already stays as it is.
[[nodiscard]] std::string visible(std::string_view text);

} // namespace fairlead
