#pragma once

#include "commands/service/partition_thread.hpp"
#include "commands/service/service_mode.hpp"
#include "connectors/kafka/event_sink.hpp"
#include "connectors/kafka/group_member.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace fairlead {

/// A member of the consumer group: as many partitions as the group gives us.
class kafka_mode final : public service_mode {
public:
  /// `partitions`: how many there are in all.
  kafka_mode(const partition_context& context, std::int32_t partitions,
             failure_handler on_expelled);

  /// Joins the group, in the background.
  void start() override;

  event_sink& sink() override { return sink_; }
  history* past() override { return nullptr; }
  [[nodiscard]] std::optional<std::string> not_ready() const override;
  /// Events go to the broker, whichever instance will work on them.
  [[nodiscard]] bool gates_events() const override { return false; }
  void measure(metrics& m) override;
  void stop() override;

private:
  [[nodiscard]] kafka::member_status status() const;

  partition_context context_;
  std::int32_t partitions_;
  failure_handler on_expelled_;
  kafka::event_sink sink_;
  std::unique_ptr<kafka::group_member> member_;
  std::atomic<bool> started_ = false; /// member_ is there; HTTP asks
  bool stopped_ = false;
};

} // namespace fairlead
