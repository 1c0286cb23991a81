#pragma once

#include <string>

namespace fairlead {

/// The log: one readable line for each important event, on stderr, because
/// stdout is for results. Safe from any thread. Before start_log, lines go to
/// stdout from "info" on.
void start_log(const std::string& level);

void log_debug(const std::string& line);
void log_info(const std::string& line);
void log_warning(const std::string& line);
void log_error(const std::string& line);
/// Returns when the line is out: the process may end after it.
void log_critical(const std::string& line);

} // namespace fairlead
