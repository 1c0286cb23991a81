#pragma once

#include "commands/endpoints/endpoints.hpp"
#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/topics.hpp"

#include <memory>
#include <vector>

namespace fairlead {

/// The settings as the Kafka connector wants them.
[[nodiscard]] kafka_settings kafka_settings_of(const settings& s);

/// What check_topics() says of topics that can be worked with; throws what is
/// wrong with others.
[[nodiscard]] topics_report checked_topics(const kafka_settings& k,
                                           const std::vector<topic>& which
                                           = all_topics());

/// `team`: only its partition is read; empty: all.
[[nodiscard]] std::unique_ptr<topic_reader>
open_kafka_topics(const settings& s, const std::vector<topic>& topics,
                  read_start from, const std::string& team);

} // namespace fairlead
