#pragma once

#include "connectors/kafka/settings.hpp"
#include "connectors/streams.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace fairlead {

/// Where a reader of topics begins.
enum class kafka_read_from : std::uint8_t { beginning, end };

/// Reads topics without being a member of any group: it moves no offsets and
/// needs no rights but to read.
class kafka_topic_reader final : public topic_reader {
public:
  struct options {
    std::vector<topic> topics{};
    kafka_read_from from = kafka_read_from::beginning;
    std::optional<std::int32_t> partition{}; /// none: all of them
  };

  /// Throws kafka_not_reachable, or std::runtime_error for a topic that is
  /// missing.
  kafka_topic_reader(const kafka_settings& settings, const options& what);
  ~kafka_topic_reader() override;
  kafka_topic_reader(const kafka_topic_reader&) = delete;
  kafka_topic_reader& operator=(const kafka_topic_reader&) = delete;

  /// Throws kafka_not_reachable if nothing has come for as long as a first
  /// answer may take, though not everything is read.
  std::optional<raw_record> next(std::chrono::milliseconds wait) override;
  [[nodiscard]] bool caught_up() const override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead
