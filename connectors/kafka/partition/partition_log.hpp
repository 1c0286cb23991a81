#pragma once

// Private: the log of one partition over librdkafka. The program gets it as a
// fairlead::partition_log from the group member.

#include "actors/partition/ports.hpp"
#include "connectors/kafka/client.hpp"
#include "connectors/kafka/partition/input_reader.hpp"
#include "connectors/kafka/partition/partition_lease.hpp"
#include "connectors/kafka/producer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead::kafka {

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
  struct group_offsets {
    input_positions positions = no_positions;
    std::array<std::string, input_topic_count> tokens;
  };
  [[nodiscard]] group_offsets query_committed();
  [[nodiscard]] partitions_ptr offsets_of(const input_positions& p);
  commit_result give_up(const std::string& why);
  commit_result recover(const transaction& t, const write_attempt& a);
  commit_result find_out(const transaction& t, const write_attempt& a);
  void back_off();
  void failed_again(const std::string& why);
  void all_is_well();

  std::shared_ptr<partition_lease> lease_;
  std::array<std::string, topic_count> names_;
  input_reader inputs_;
  std::unique_ptr<producer> producer_;
  bool producer_is_new_ = true; // nothing committed with it yet

  input_positions committed_ = no_positions; // the group's offsets

  // Written with the offsets of each transaction, so that its own can be told
  // from a successor's that got just as far.
  std::string token_;
  std::uint64_t tokens_ = 0;
  std::string token_prefix_;

  std::chrono::steady_clock::time_point failure_told_{};
  int fenced_ = 0;   // in a row
  int failures_ = 0; // in a row
};

} // namespace fairlead::kafka
