#pragma once

#include "connectors/kafka/settings.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// What is wrong with the topics, in sentences that say what to do.
struct topics_report {
  std::int32_t partitions = 0; /// of each; 0 if they differ or are missing
  std::vector<std::string> problems; /// the service must not start
  std::vector<std::string> warnings;
};

/// Every topic of the contract.
[[nodiscard]] std::vector<topic> all_topics();

/// Looks at these topics. Throws not_reachable when no broker answers
/// within the connect timeout, std::runtime_error when one refuses.
[[nodiscard]] topics_report
check_topics(const settings& s, const std::vector<topic>& which = all_topics());

/// How `topics create` makes them.
struct topics_plan {
  std::int32_t partitions = 12;
  std::int32_t replication_factor = -1; /// -1: the broker's default
  std::int32_t retention_days = 30;     /// of all topics but `state`
  /// For the time of a copy: inputs with the timestamps of their writer.
  bool inputs_keep_timestamps = false;
};

/// What became of each topic.
struct topics_created {
  std::vector<std::string> created;
  std::vector<std::string> existing; /// left as they are
};

/// The command that makes them, as a person would type it.
[[nodiscard]] std::string create_command(const settings& s);

/// Makes those of the topics that are missing. Throws like check_topics().
topics_created create_topics(const settings& s, const topics_plan& plan,
                             const std::vector<topic>& which = all_topics());

/// Ends `inputs_keep_timestamps`: the broker's clock counts from now on.
void use_broker_time(const settings& s, const topics_plan& plan);

/// One setting of a topic as `topics create` makes it.
struct topic_setting {
  std::string name;
  std::string value;
};

/// All settings of a topic (contract, Topics).
[[nodiscard]] std::vector<topic_setting> settings_of(topic t,
                                                     const topics_plan& plan);

} // namespace fairlead::kafka
