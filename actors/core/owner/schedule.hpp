#pragma once

#include "messages/documents.hpp"
#include "messages/time.hpp"
#include "messages/zones.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace fairlead {

/// The dates that are holidays and no weekdays (R49), sorted.
using holiday_list = std::vector<int>;

/// True if the local wall time of `t` lies inside the weekly window (R2).
[[nodiscard]] bool inside(const weekly_window& w, const zone& z,
                          const holiday_list& holidays, instant t);

/// True if `t` lies inside the schedule (R2). No schedule: always inside.
[[nodiscard]] bool inside(const std::optional<schedule>& hours, const zone& z,
                          const holiday_list& holidays, instant t);

/// The same, not counting the windows that started at an instant that does not
/// count (R41).
[[nodiscard]] bool inside(const schedule& hours, const zone& z,
                          const holiday_list& holidays, instant t,
                          const std::function<bool(instant)>& counts);

/// The start of the first window that starts after `t`, within 14 days, at an
/// instant that counts (R41); nothing if there is none.
[[nodiscard]] std::optional<instant>
next_start(const schedule& hours, const zone& z, const holiday_list& holidays,
           instant t, const std::function<bool(instant)>& counts);

} // namespace fairlead
