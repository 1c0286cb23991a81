#pragma once

#include "commands/endpoints/endpoint.hpp"
#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/topics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead {

/// The settings as the Kafka connector wants them.
[[nodiscard]] kafka_settings kafka_settings_of(const settings& s);

/// The report of check_topics() if the topics can be worked with; else throws
/// their problems, a line each.
[[nodiscard]] topics_report checked_topics(const kafka_settings& k,
                                           const std::vector<topic>& which
                                           = all_topics());

/// `team`: only its partition is read; empty: all partitions.
[[nodiscard]] std::unique_ptr<topic_reader>
open_kafka_topics(const settings& s, const std::vector<topic>& topics,
                  read_start start, const std::string& team);

} // namespace fairlead
