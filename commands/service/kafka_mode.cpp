#include "commands/service/kafka_mode.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace fairlead {
namespace {

constexpr const char* lag_records = "fairlead_input_lag_records";
constexpr const char* lag_seconds = "fairlead_input_lag_seconds";
constexpr const char* held_up_seconds = "fairlead_input_held_up_seconds";

} // namespace

kafka_mode::kafka_mode(const partition_context& context,
                       std::int32_t partitions, failure_handler on_expelled)
  : context_{context},
    partitions_{partitions},
    on_expelled_{std::move(on_expelled)},
    sink_{kafka_settings_of(context.config)} {
}

void kafka_mode::start() {
  member_ = std::make_unique<kafka::group_member>(
    kafka_settings_of(context_.config), partitions_,
    [context = context_](std::unique_ptr<partition_log> log) {
      return std::make_unique<partition_thread>(context, std::move(log));
    },
    on_expelled_);
  started_ = true;
}

kafka::member_status kafka_mode::status() const {
  return started_ ? member_->status() : kafka::member_status{};
}

std::optional<std::string> kafka_mode::not_ready() const {
  auto s = status();
  if (s.ready())
    return std::nullopt;
  if (!s.failure.empty())
    return s.failure;
  // Stopped partitions don't come back by themselves; the others do.
  if (s.stopped > 0)
    return std::to_string(s.stopped) + " of the " + std::to_string(s.assigned)
           + " partitions of this instance can't go on; its log says why.";
  if (s.contested > 0)
    return "Somebody else writes to " + std::to_string(s.contested)
           + " of the partitions of this instance; the log says who to look "
             "for.";
  if (s.stuck > 0)
    return std::to_string(s.stuck)
           + " of the partitions of this instance have committed nothing for "
             "half a minute; the log says why.";
  if (!s.joined)
    return "The group has not assigned its partitions yet; try again in a "
           "moment.";
  return still_restoring;
}

void kafka_mode::measure(metrics& m) {
  auto s = status();
  m.gauge("fairlead_partitions_assigned", "Partitions the group has given us.")
    .set(static_cast<double>(s.assigned));
  m.gauge("fairlead_partitions_serving",
          "Partitions that are restored and at work.")
    .set(static_cast<double>(s.serving));
  m.gauge("fairlead_partitions_stopped",
          "Partitions that can't go on; the log says why.")
    .set(static_cast<double>(s.stopped));
  m.gauge("fairlead_partitions_contested",
          "Partitions that somebody else writes to, too.")
    .set(static_cast<double>(s.contested));
  m.gauge("fairlead_partitions_stuck",
          "Partitions that have committed nothing for half a minute, although "
          "there is something to commit.")
    .set(static_cast<double>(s.stuck));
  // Those of a partition that has moved away end with it.
  for (const auto& name : {lag_records, lag_seconds, held_up_seconds})
    m.drop(name);
  auto now_ms = ms_of(std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now()));
  for (const auto& r : s.readings) {
    metric_labels labels{{"partition", std::to_string(r.partition)},
                         {"topic", std::string{name_of(r.input)}}};
    m.gauge(lag_records, "Input offsets that are not read yet.", labels)
      .set(static_cast<double>(r.lag));
    // What was read last is at least that old; what is behind it may be newer.
    auto age = r.lag == 0 || r.read_to_ms == 0
                 ? 0
                 : std::max<std::int64_t>(now_ms - r.read_to_ms, 0);
    m.gauge(lag_seconds,
            "Age of the input record that was read last, while there are more.",
            labels)
      .set(static_cast<double>(age) / 1000);
    m.gauge(held_up_seconds,
            "How long a publisher's open transaction has hidden what is there.",
            labels)
      .set(static_cast<double>(r.held_up_ms) / 1000);
  }
  m.counter("fairlead_transactions_aborted_total",
            "Transactions that failed and were done again.")
    .raise_to(static_cast<double>(s.aborted));
  m.counter("fairlead_restores_total", "Partitions that were restored.")
    .raise_to(static_cast<double>(s.restores));
  m.counter("fairlead_records_lost_total",
            "Input records that were deleted before they were read.")
    .raise_to(static_cast<double>(s.records_lost));
}

void kafka_mode::stop() {
  if (!std::exchange(stopped_, true) && member_ != nullptr)
    member_->stop();
}

} // namespace fairlead
