#pragma once

#include <string>
#include <string_view>

namespace fairlead::json {

/// A member's name as one step of a JSON pointer (RFC 6901): `a~/b` is
/// `a~0~1b`.
[[nodiscard]] std::string pointer_step(std::string_view name);

/// The name that a step stands for.
[[nodiscard]] std::string name_of_step(std::string_view step);

} // namespace fairlead::json
