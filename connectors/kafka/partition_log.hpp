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
  contested, /// somebody else takes its id over; it is tried again later
  stopped    /// it can't go on, although the group gave it to us
};

/// What the partitions of a process have lived through; any thread.
struct member_counts {
  std::atomic<std::uint64_t> aborted{0};      /// transactions
  std::atomic<std::uint64_t> restores{0};     /// partitions that came to serve
  std::atomic<std::uint64_t> records_lost{0}; /// deleted before they were read
};

/// How far one input of a partition has been read; any thread.
struct input_progress {
  std::atomic<std::int64_t> lag{0};     /// offsets that are not read yet
  std::atomic<std::int64_t> read_to{0}; /// ms, of the record read last; 0: none
  std::atomic<std::int64_t> held_up{0}; /// ms of the steady clock: since when a
                                        /// publisher's open transaction hides
                                        /// what is there; 0: none does
};

/// What a partition's log shares with the group member that made it; both keep
/// it until the partition's thread is joined.
struct partition_lease {
  std::shared_ptr<const kafka::settings> settings;
  std::int32_t partition = 0;
  std::int32_t partition_count = 0;

  /// Of the member: answers for offsets and cached ends.
  rd_kafka_t* consumer = nullptr;

  /// What all inputs of this partition are forwarded to.
  std::shared_ptr<rd_kafka_queue_t> queue;

  /// As it was when the partition was assigned. Asked for later, it may have
  /// an empty member id, and then the broker checks nothing.
  std::shared_ptr<rd_kafka_consumer_group_metadata_t> group;

  std::shared_ptr<watched_thread> watched;
  partition_control control;
  std::atomic<partition_phase> phase{partition_phase::restoring};
  /// Since when nothing could be committed although there was something to
  /// commit, in ms of the steady clock; 0: all is well.
  std::atomic<std::int64_t> failing_since{0};
  /// What was fetched for an earlier worker is gone: reading starts anew.
  bool read_anew = false;
  member_counts* counts = nullptr;
  std::array<input_progress, input_topic_count> progress;
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
  void shut_out_older_version();
  [[nodiscard]] std::int64_t write_fence();
  struct restored {
    std::size_t records = 0;
    bool of_older_version = false; /// its meta record names no group
  };
  using each_record
    = std::function<void(std::string_view, std::optional<std::string_view>)>;
  void read_state(std::int64_t from, std::int64_t fence,
                  const each_record& each, restored& so_far);
  [[nodiscard]] partitions_ptr inputs() const;
  struct group_offsets {
    input_positions positions = no_positions;
    std::array<std::string, input_topic_count> tokens;
  };
  [[nodiscard]] group_offsets query_committed();
  void seek(const input_positions& p,
            const std::array<bool, input_topic_count>& which);
  [[noreturn]] void stop_reading(const std::string& why);
  [[nodiscard]] std::string made_anew(std::size_t input,
                                      std::int64_t offset) const;
  void explain_gaps();
  void tell_progress(std::size_t input, std::int64_t high);
  [[nodiscard]] partitions_ptr offsets_of(const input_positions& p);
  [[nodiscard]] std::optional<std::size_t>
  input_of(const rd_kafka_message_t& m);
  void update_ends(bool drained);
  commit_result give_up(const std::string& why);
  commit_result recover(const transaction& t, const write_attempt& a);
  commit_result find_out(const transaction& t, const write_attempt& a);
  void back_off();
  void failed_again(const std::string& why);
  void all_is_well();

  std::shared_ptr<partition_lease> lease_;
  std::array<std::string, topic_count> names_;
  std::unique_ptr<producer> producer_;
  bool producer_is_new_ = true; // nothing committed with it yet

  input_positions committed_ = no_positions; // the group's offsets
  input_positions skip_to_ = no_positions;   // what is before was read already
  std::array<read_end, input_topic_count> ends_;
  std::array<bool, input_topic_count> at_end_{};
  std::array<bool, input_topic_count> held_up_told_{};
  std::array<const rd_kafka_topic_t*, input_topic_count> topics_{};

  // Written with the offsets of each transaction, so that its own can be told
  // from a successor's that got just as far.
  std::string token_;
  std::uint64_t tokens_ = 0;
  std::string token_prefix_;

  std::chrono::steady_clock::time_point gaps_asked_{};
  std::chrono::steady_clock::time_point failure_told_{};
  int fenced_ = 0;   // in a row
  int failures_ = 0; // in a row
};

/// Thrown by restore() and start() when the partition was taken away
/// meanwhile.
[[noreturn]] void throw_partition_taken(std::int32_t partition);

} // namespace fairlead::kafka
