#pragma once

// Private: reads some partitions without being a member of any group.

#include "connectors/kafka/client.hpp"
#include "messages/records.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// Committed records of the partitions that were added, each in its order.
class partition_reader {
public:
  partition_reader(const settings& s, client_role role);
  ~partition_reader();
  partition_reader(const partition_reader&) = delete;
  partition_reader& operator=(const partition_reader&) = delete;

  /// `queue`: what next() is to be asked for by this number.
  void add(const std::string& topic_name, std::int32_t partition,
           std::int64_t offset, std::size_t queue = 0);

  /// A record, an end (`err` is `_PARTITION_EOF`), another error, or null if
  /// nothing came in that time.
  message_ptr next(std::chrono::milliseconds wait, std::size_t queue = 0);

  /// From now on all comes from queue 0.
  void join_queues();

private:
  void hurry();

  struct part {
    topic_ptr on;
    std::int32_t partition = 0;
  };

  client_ptr client_;
  std::vector<queue_ptr> queues_;
  std::vector<part> parts_;
  std::size_t bytes_ = 0; // that came since nothing came
};

/// Copies a record of librdkafka's.
[[nodiscard]] raw_record to_raw_record(const rd_kafka_message_t& m, topic on);

/// Is there a committed record at that offset?
[[nodiscard]] bool is_visible(const settings& s, const std::string& topic_name,
                              std::int32_t partition, std::int64_t offset,
                              const std::function<bool()>& go_on);

} // namespace fairlead::kafka
