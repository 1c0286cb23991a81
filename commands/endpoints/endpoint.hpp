#pragma once

#include "config/settings.hpp"
#include "connectors/streams.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead {

/// Where a command finds the topics: on Kafka or in an embedded folder, as the
/// settings say, or behind the HTTP address of a running service.
struct endpoint {
  settings config;
  std::string url;   /// beats the settings
  std::string token; /// of the service at `url`
  std::string team;  /// only this team's records are wanted; a hint
};

/// Opens a reader. Over HTTP and from the end it never knows that it is caught
/// up. Throws what run_command() understands.
[[nodiscard]] std::unique_ptr<topic_reader>
open_topics(const endpoint& from, const std::vector<topic>& topics,
            read_start start);

/// Opens a sink for events: Kafka or HTTP.
[[nodiscard]] std::unique_ptr<event_sink> open_sink(const endpoint& to);

/// Appends the records, and tries again while the sink is busy, for a minute at
/// most. Throws std::runtime_error if it fails.
void append_all(event_sink& to, const std::vector<new_record>& records);

/// The number of partitions; 1 unless the topics are on Kafka.
[[nodiscard]] int partition_count(const endpoint& e);

/// True if the record at `first` of a partition is the first that was ever
/// written there, and not only the first that retention has left.
[[nodiscard]] bool begins_with(const endpoint& e, topic on,
                               std::int32_t partition, std::int64_t first);

/// The output topics that anybody may read, in the order of the contract.
[[nodiscard]] std::vector<topic> output_topics();

} // namespace fairlead
