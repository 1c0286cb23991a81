#pragma once

// Private: the inputs of one partition, from the member's consumer.

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/partition/partition_lease.hpp"
#include "connectors/kafka/partition/positions.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace fairlead::kafka {

/// Reads the inputs of a partition in the order in which they come, knows when
/// each has been read to its end, and tells how far it is (lease.progress).
/// What stands before where it starts is left out, wherever the consumer is.
/// A topic that was made anew or has lost records ends it. The partition's
/// thread; `lease` outlives it.
class input_reader {
public:
  explicit input_reader(partition_lease& lease);

  /// Reads on from there. `elsewhere`: the consumer reads somewhere else, and
  /// is sent there.
  void start(const input_positions& from,
             const std::array<bool, input_topic_count>& elsewhere);
  /// The inputs, in the order of the topics; without offsets.
  [[nodiscard]] partitions_ptr inputs() const;
  /// As partition_log::poll.
  [[nodiscard]] polled poll(std::chrono::milliseconds wait,
                            std::size_t records_max);

private:
  void seek(const input_positions& to,
            const std::array<bool, input_topic_count>& which);
  [[nodiscard]] std::optional<std::size_t>
  input_of(const rd_kafka_message_t& m);
  void update_ends(bool drained);
  void tell_progress(std::size_t input, std::int64_t high);
  [[nodiscard]] std::string made_anew(std::size_t input,
                                      std::int64_t offset) const;
  [[noreturn]] void stop_reading(const std::string& why);
  void explain_gaps();

  partition_lease& lease_;
  std::array<std::string, input_topic_count> names_;
  input_positions skip_to_ = no_positions; // what is before was read already
  std::array<read_end, input_topic_count> ends_;
  std::array<bool, input_topic_count> at_end_{};
  std::array<bool, input_topic_count> held_up_told_{};
  std::array<const rd_kafka_topic_t*, input_topic_count> topics_{};
  std::chrono::steady_clock::time_point gaps_asked_{};
};

} // namespace fairlead::kafka
