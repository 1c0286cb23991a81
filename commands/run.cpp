#include "commands/run.hpp"

#include "commands/exit_codes.hpp"
#include "commands/service/service.hpp"
#include "commands/service/signals.hpp"
#include "connectors/log.hpp"

#include <chrono>
#include <ostream>
#include <stdexcept>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr auto stops_within = 4800ms; // promised: 5 s

} // namespace

int run(const run_options& o, std::ostream& out) {
  if (o.print_config) {
    out << print_settings(o.config) << '\n';
    return exit_code::fine;
  }
  stop_signals signals;
  start_log(o.config.log_level);
  service s{o.config};
  bool was_ready = false;
  while (!signals.came(200ms)) {
    if (auto why = s.failure()) {
      log_error("stopping: " + *why);
      stop_deadline deadline{stops_within};
      s.stop();
      throw std::runtime_error(*why);
    }
    if (!was_ready && s.ready()) {
      was_ready = true;
      log_info("ready");
    }
  }
  log_info("stopping");
  stop_deadline deadline{stops_within};
  s.stop();
  log_info("stopped");
  return exit_code::fine;
}

} // namespace fairlead
