#include "connectors/kafka/partition/partition_lease.hpp"

#include "connectors/kafka/group_member.hpp"

#include <string>

namespace fairlead::kafka {

partitions_ptr inputs_of(const partition_lease& lease) {
  partitions_ptr list{rd_kafka_topic_partition_list_new(input_topic_count)};
  for (std::size_t i = 0; i < input_topic_count; ++i)
    rd_kafka_topic_partition_list_add(
      list.get(), topic_name(*lease.settings, static_cast<topic>(i)).c_str(),
      lease.partition);
  return list;
}

void throw_partition_taken(std::int32_t partition) {
  throw partition_taken("partition " + std::to_string(partition)
                        + " was taken away before it was serving");
}

} // namespace fairlead::kafka
