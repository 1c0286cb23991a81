#pragma once

#include "commands/endpoints/endpoint.hpp"
#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/topics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead {

/// The settings as the Kafka connector wants them.
[[nodiscard]] kafka::settings kafka_settings_of(const settings& s);

/// The report of kafka::check_topics() if the topics can be worked with; else
/// throws their problems, a line each.
[[nodiscard]] kafka::topics_report
checked_topics(const kafka::settings& k,
               const std::vector<topic>& which = kafka::all_topics());

/// `team`: only its partition is read; empty: all partitions.
[[nodiscard]] std::unique_ptr<topic_reader>
open_kafka_topics(const settings& s, const std::vector<topic>& topics,
                  read_start start, const std::string& team);

/// kafka::first_offset() with these settings.
[[nodiscard]] std::int64_t first_kafka_offset(const settings& s, topic on,
                                              std::int32_t partition);

} // namespace fairlead
