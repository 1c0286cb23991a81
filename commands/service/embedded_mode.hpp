#pragma once

#include "commands/board/feed.hpp"
#include "commands/board/rules_trial.hpp"
#include "commands/service/partition_thread.hpp"
#include "commands/service/service_mode.hpp"
#include "connectors/embedded/log.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// One partition on a log of our own in a folder, with the board beside it.
class embedded_mode final : public service_mode {
public:
  embedded_mode(const partition_context& context, failure_handler on_broken);

  /// Its partition disturbs nobody and has begun with the mode.
  void start() override {}
  event_sink& sink() override { return log_; }
  history* past() override { return &log_; }
  [[nodiscard]] std::vector<http::route> routes() override;
  [[nodiscard]] board::model* shown() override { return &board_; }
  void tell_changes(std::function<void()> changed) override {
    feed_.tell(std::move(changed));
  }
  [[nodiscard]] std::optional<std::string> not_ready() const override;
  [[nodiscard]] bool gates_events() const override { return true; }
  [[nodiscard]] bool idle() const override;
  void measure(metrics& m) override;
  void stop() override;

private:
  embedded::log log_;
  watched_log watched_;
  board::model board_;
  partition_thread partition_;
  board_feed feed_;
  rules_trial trial_;
};

} // namespace fairlead
