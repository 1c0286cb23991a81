#pragma once

#include "commands/service/partition_thread.hpp"
#include "commands/service/service_mode.hpp"
#include "connectors/embedded/log.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// One partition on a log of our own in a folder.
class embedded_mode final : public service_mode {
public:
  embedded_mode(const partition_context& context, failure_handler on_broken);

  /// Its partition disturbs nobody and has begun with the mode.
  void start() override {}
  event_sink& sink() override { return log_; }
  history* past() override { return &log_; }
  [[nodiscard]] std::optional<std::string> not_ready() const override;
  [[nodiscard]] bool gates_events() const override { return true; }
  [[nodiscard]] bool idle() const override;
  void measure(metrics& m) override;
  void stop() override;

private:
  embedded::log log_;
  partition_thread partition_;
};

} // namespace fairlead
