#pragma once

#include "messages/inputs.hpp"

#include <string>
#include <string_view>

namespace fairlead {

/// A note as it stands in `warnings`: `ignored:/price`.
[[nodiscard]] std::string warning_of(const reading_note& note);

/// What stood in a field, for people: one line of at most 60 characters.
[[nodiscard]] std::string shown(std::string_view text);

} // namespace fairlead
