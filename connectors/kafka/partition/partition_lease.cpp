#include "connectors/kafka/partition/partition_lease.hpp"

#include "connectors/kafka/group_member.hpp"

#include <string>

namespace fairlead::kafka {

void throw_partition_taken(std::int32_t partition) {
  throw partition_taken("partition " + std::to_string(partition)
                        + " was taken away before it was serving");
}

} // namespace fairlead::kafka
