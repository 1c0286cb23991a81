#pragma once

#include "config/settings.hpp"
#include "connectors/streams.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead {

/// Where a command finds the topics: Kafka or an embedded folder, as the
/// settings say, or a running service's HTTP address.
struct place {
  settings at;
  std::string url;   /// beats the settings
  std::string token; /// of that service
  std::string team;  /// only records of that team are wanted; a hint
};

enum class read_start { beginning, end };

/// Opens a reader. Over HTTP and with `end` it never knows that it is caught
/// up. Throws what run_command() understands.
[[nodiscard]] std::unique_ptr<topic_reader>
open_topics(const place& p, const std::vector<topic>& topics, read_start from);

/// Opens a way in for events: Kafka or HTTP.
[[nodiscard]] std::unique_ptr<event_sink> open_sink(const place& p);

/// The number of partitions; 1 but on Kafka.
[[nodiscard]] int partition_count(const place& p);

/// The outputs that anybody may read, in the order of the contract.
[[nodiscard]] std::vector<topic> output_topics();

} // namespace fairlead
