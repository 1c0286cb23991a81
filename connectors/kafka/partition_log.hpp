#pragma once

// Private: the log of one partition over librdkafka. The program gets it as a
// fairlead::partition_log from the group member.

#include "actors/partition/ports.hpp"
#include "connectors/kafka/client.hpp"
#include "connectors/kafka/positions.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/watchdog.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead::kafka {

/// How far a partition has come.
enum class partition_phase : std::uint8_t {
  restoring,
  serving,
  stopped /// it can't go on, although the group gave it to us
};

/// What a partition's log shares with the group member that made it; both keep
/// it until the partition's thread is joined.
struct partition_lease {
  std::shared_ptr<const kafka::settings> settings;
  std::int32_t partition = 0;
  std::int32_t partition_count = 0;

  /// Of the member: answers for offsets and cached ends.
  rd_kafka_t* consumer = nullptr;

  /// Never fetches, so it answers at once, and with the high watermark.
  rd_kafka_t* watermarks = nullptr;

  /// What all inputs of this partition are forwarded to.
  std::shared_ptr<rd_kafka_queue_t> queue;

  /// As it was when the partition was assigned. Asked for later, it may have
  /// an empty member id, and then the broker checks nothing.
  std::shared_ptr<rd_kafka_consumer_group_metadata_t> group;

  std::shared_ptr<watched_thread> watched;
  partition_control control;
  std::atomic<partition_phase> phase{partition_phase::restoring};
  fault_injector faults;
};

/// partition_log over librdkafka: a transactional producer for each partition,
/// inputs from the member's consumer, the state from a reader of its own.
class partition_log final : public fairlead::partition_log {
public:
  explicit partition_log(std::shared_ptr<partition_lease> lease);
  ~partition_log() override;

  [[nodiscard]] std::int32_t partition() const override;
  [[nodiscard]] std::int32_t partition_count() const override;
  void restore(
    const std::function<void(std::string_view,
                             std::optional<std::string_view>)>& each) override;
  input_positions start(const std::optional<input_positions>& meta) override;
  polled poll(std::chrono::milliseconds wait, std::size_t records_max) override;
  void wake() override;
  commit_result commit(const transaction& t) override;

private:
  template <class F>
  auto or_stop(F f);
  bool renew_producer();
  /// Returns the number of records.
  std::size_t
  read_state(watermarks extent,
             const std::function<void(std::string_view,
                                      std::optional<std::string_view>)>& each);
  [[nodiscard]] partitions_ptr inputs() const;
  [[nodiscard]] input_positions query_committed();
  [[nodiscard]] watermarks query_until_answered(rd_kafka_t* client, topic t);
  [[nodiscard]] partitions_ptr offsets_of(const input_positions& p) const;
  [[nodiscard]] std::optional<std::size_t>
  input_of(const rd_kafka_message_t& m);
  void update_ends(bool drained);
  commit_result give_up(const std::string& why);
  commit_result recover(const transaction& t, const write_attempt& a);
  commit_result find_out(const transaction& t, const write_attempt& a);
  void back_off();

  std::shared_ptr<partition_lease> lease_;
  std::array<std::string, topic_count> names_;
  std::unique_ptr<producer> producer_;
  bool producer_is_new_ = true; // nothing committed with it yet

  input_positions committed_ = no_positions; // the group's offsets
  input_positions skip_to_ = no_positions;   // what is before was read already
  std::array<read_end, input_topic_count> ends_;
  std::array<bool, input_topic_count> at_end_{};
  std::array<const rd_kafka_topic_t*, input_topic_count> topics_{};

  int fenced_ = 0;   // in a row
  int failures_ = 0; // in a row
};

/// Thrown by restore() and start() when the partition was taken away
/// meanwhile.
[[noreturn]] void throw_partition_taken(std::int32_t partition);

} // namespace fairlead::kafka
