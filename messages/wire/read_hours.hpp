#pragma once

#include "messages/documents.hpp"
#include "messages/wire/field_reader.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// When something counts, in the documents: dates, windows, schedules, zones.

/// A window with its days: all of them if there are none.
[[nodiscard]] weekly_window read_weekly(const field_reader& r);

/// The member `schedule`, if it is there.
[[nodiscard]] std::optional<schedule> read_schedule(const field_reader& r);

/// The member `time_zone`, if it is there.
[[nodiscard]] std::optional<std::string> read_zone(const field_reader& r);

/// The member `holidays`: at most 400 dates, sorted, each once (R49).
[[nodiscard]] std::vector<int> read_holidays(const field_reader& r);

/// The member `absences`: at most 100 (R50).
[[nodiscard]] std::vector<absence> read_absences(const field_reader& r);

} // namespace fairlead
