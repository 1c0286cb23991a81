#pragma once

#include "messages/documents.hpp"
#include "messages/time.hpp"
#include "messages/zones.hpp"

#include <optional>

namespace fairlead {

/// True if the local wall time of `t` lies inside the weekly window (R2).
[[nodiscard]] bool inside(const weekly_window& w, const zone& z, instant t);

/// True if `t` lies inside the schedule (R2). No schedule: always inside.
[[nodiscard]] bool inside(const std::optional<schedule>& hours, const zone& z,
                          instant t);

/// The start of the first window that starts after `t`, within 14 days (R41);
/// nothing if there is none.
[[nodiscard]] std::optional<instant> next_start(const schedule& hours,
                                                const zone& z, instant t);

} // namespace fairlead
