#include "commands/endpoints/kafka_endpoint.hpp"

#include "commands/exit_codes.hpp"
#include "connectors/kafka/topic_reader.hpp"
#include "messages/partitioner.hpp"

#include <stdexcept>

namespace fairlead {

kafka::settings kafka_settings_of(const settings& s) {
  kafka::settings k;
  k.brokers = s.brokers;
  k.topic_prefix = s.topic_prefix;
  k.group_id = consumer_group_of(s);
  k.instance_id = s.instance_id;
  k.properties = s.kafka;
  return k;
}

kafka::topics_report checked_topics(const kafka::settings& k,
                                    const std::vector<topic>& which) {
  auto report = kafka::check_topics(k, which);
  if (!report.problems.empty())
    throw std::runtime_error(lines_of(report.problems));
  return report;
}

std::unique_ptr<topic_reader>
open_kafka_topics(const settings& s, const std::vector<topic>& topics,
                  read_start start, const std::string& team) {
  kafka::topic_reader::options what;
  what.topics = topics;
  what.from = start;
  auto k = kafka_settings_of(s);
  if (!team.empty())
    if (auto n = kafka::check_topics(k).partitions; n > 0)
      what.partition = partition_of(team, n);
  return std::make_unique<kafka::topic_reader>(k, what);
}

std::int64_t first_kafka_offset(const settings& s, topic on,
                                std::int32_t partition) {
  return kafka::first_offset(kafka_settings_of(s), on, partition);
}

} // namespace fairlead
