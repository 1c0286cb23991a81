#pragma once

#include "messages/inputs.hpp"
#include "messages/records.hpp"

#include <optional>

namespace fairlead {

/// The event in a record that somebody sends; none: it is not one that can be
/// read. Any thread.
[[nodiscard]] std::optional<input_event> event_in(const new_record& sent);

} // namespace fairlead
