#include "commands/service/embedded_mode.hpp"

#include "commands/board/routes.hpp"
#include "commands/version.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace fairlead {

embedded_mode::embedded_mode(const partition_context& context,
                             failure_handler on_broken)
  : log_{{.folder = context.config.embedded,
          .retention_days = static_cast<int>(context.config.retention_days),
          .retention_wait
          = std::chrono::seconds{context.config.clock_leap_wait_s},
          .clock = context.clock,
          .on_broken = std::move(on_broken)}},
    watched_{log_},
    board_{board_surroundings(context.clock, version_json())},
    partition_{context, watched_},
    feed_{board_, watched_, log_},
    trial_{{.config = context.config, .url = {}, .token = {}, .team = {}}} {
}

std::vector<http::route> embedded_mode::routes() {
  board_.served({{{0, "this process"}}});
  auto all = board_routes(board_);
  all.push_back(trial_.route());
  return all;
}

std::optional<std::string> embedded_mode::not_ready() const {
  if (partition_.ready())
    return std::nullopt;
  return still_restoring;
}

bool embedded_mode::idle() const {
  auto done = log_.committed();
  for (std::size_t i = 0; i < input_topic_count; ++i)
    if (std::max<std::int64_t>(done[i], 0) < log_.end_of(static_cast<topic>(i)))
      return false;
  return true;
}

void embedded_mode::measure(metrics& m) {
  auto c = log_.counts();
  m.gauge("fairlead_log_file_bytes", "Size of the embedded log's file.")
    .set(static_cast<double>(c.file_bytes));
  m.gauge("fairlead_log_wal_bytes",
          "Size of the write-ahead log beside it; it grows while another "
          "program reads in a transaction that it does not end.")
    .set(static_cast<double>(c.wal_bytes));
  m.gauge("fairlead_log_disk_full",
          "1 while the log can't be written because the disk is full.")
    .set(c.no_room ? 1 : 0);
  m.gauge("fairlead_log_queued_records", "Records waiting to be written.")
    .set(static_cast<double>(c.queued));
  m.counter("fairlead_log_transactions_total", "Transactions of the log.")
    .raise_to(static_cast<double>(c.transactions));
  m.counter("fairlead_log_records_total", "Records written to the log.")
    .raise_to(static_cast<double>(c.written));
  m.counter("fairlead_log_records_expired_total",
            "Records that retention has deleted.")
    .raise_to(static_cast<double>(c.expired));
}

void embedded_mode::stop() {
  partition_.stop();
  partition_.join();
}

} // namespace fairlead
