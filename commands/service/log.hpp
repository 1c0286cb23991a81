#pragma once

#include <string>

namespace fairlead {

/// The log: one readable line for each important event, on stderr, because
/// stdout is for results. Safe from any thread.
void start_log(const std::string& level);
void log_info(const std::string& line);
void log_warning(const std::string& line);
void log_error(const std::string& line);

} // namespace fairlead
