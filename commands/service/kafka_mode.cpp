#include "commands/service/kafka_mode.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"

#include <memory>
#include <utility>

namespace fairlead {

kafka_mode::kafka_mode(const partition_context& context,
                       std::int32_t partitions, failure_handler on_expelled)
  : sink_{kafka_settings_of(context.config)},
    member_{kafka_settings_of(context.config), partitions,
            [context](std::unique_ptr<partition_log> log) {
              return std::make_unique<partition_thread>(context,
                                                        std::move(log));
            },
            std::move(on_expelled)} {
}

std::optional<std::string> kafka_mode::not_ready() const {
  auto s = member_.status();
  if (s.ready())
    return std::nullopt;
  if (!s.failure.empty())
    return s.failure;
  // Stopped partitions don't come back by themselves; the others do.
  if (s.stopped > 0)
    return std::to_string(s.stopped) + " of the " + std::to_string(s.assigned)
           + " partitions of this instance can't go on; its log says why.";
  if (!s.joined)
    return "The group has not assigned its partitions yet; try again in a "
           "moment.";
  return still_restoring;
}

void kafka_mode::measure(metrics& m) {
  auto s = member_.status();
  m.gauge("fairlead_partitions_assigned", "Partitions the group has given us.")
    .set(static_cast<double>(s.assigned));
  m.gauge("fairlead_partitions_serving",
          "Partitions that are restored and at work.")
    .set(static_cast<double>(s.serving));
  m.gauge("fairlead_partitions_stopped",
          "Partitions that can't go on; the log says why.")
    .set(static_cast<double>(s.stopped));
}

void kafka_mode::stop() {
  if (!std::exchange(stopped_, true))
    member_.stop();
}

} // namespace fairlead
