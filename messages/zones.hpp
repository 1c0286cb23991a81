#pragma once

#include "messages/time.hpp"

#include <string>
#include <string_view>

namespace fairlead {

/// A time zone of the system's IANA database; lives as long as the program.
class zone;

/// The zone of that name, or nullptr. The database is read once, at the first
/// call; afterwards pure and safe from any thread. `localtime` is not a name:
/// it would make a replay depend on the machine.
[[nodiscard]] const zone* find_zone(std::string_view name);

/// A local wall-clock time: the date as days since 1970-01-01 and the
/// milliseconds after local midnight.
struct local_time {
  int date = 0;
  int ms_of_day = 0;
};

/// From 2038 on zones keep their standard time: the library reads the
/// transitions that the files list, which end in 2037, and not the rule for
/// what follows.
[[nodiscard]] local_time to_local(const zone& z, instant t);

/// The first instant at which the local wall clock shows that time or has
/// just passed it: a time that does not exist (spring) is the first instant
/// after the gap; of one that comes twice (autumn) it is the earlier (R2).
[[nodiscard]] instant from_local(const zone& z, int date, int minute_of_day);
/// The same, but of a time that comes twice the later.
[[nodiscard]] instant last_from_local(const zone& z, int date,
                                      int minute_of_day);

/// `2025b`, or `unknown`: the version of the database.
[[nodiscard]] std::string zone_database_version();

} // namespace fairlead
