#include "commands/kafka_place.hpp"

#include "connectors/kafka/kafka_topic_reader.hpp"

namespace fairlead {

kafka_settings kafka_settings_of(const settings& s) {
  kafka_settings k;
  k.brokers = s.brokers;
  k.topic_prefix = s.topic_prefix;
  k.group_id = s.group_id;
  k.instance_id = s.instance_id;
  k.properties = s.kafka;
  return k;
}

std::unique_ptr<topic_reader>
open_kafka_topics(const settings& s, const std::vector<topic>& topics,
                  read_start from) {
  kafka_topic_reader::options what;
  what.topics = topics;
  what.from
    = from == read_start::end ? read_from::end : read_from::beginning;
  return std::make_unique<kafka_topic_reader>(kafka_settings_of(s), what);
}

} // namespace fairlead
