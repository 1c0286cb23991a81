#include "connectors/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace fairlead {

void start_log(const std::string& level) {
  auto mode = std::getenv("NO_COLOR") != nullptr
                ? spdlog::color_mode::never
                : spdlog::color_mode::automatic;
  auto logger = std::make_shared<spdlog::logger>(
    "fairlead", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%-7l%$ %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_debug(const std::string& line) {
  spdlog::debug("{}", line);
}

void log_info(const std::string& line) {
  spdlog::info("{}", line);
}

void log_warning(const std::string& line) {
  spdlog::warn("{}", line);
}

void log_error(const std::string& line) {
  spdlog::error("{}", line);
}

void log_critical(const std::string& line) {
  spdlog::critical("{}", line);
  spdlog::default_logger()->flush();
}

} // namespace fairlead
