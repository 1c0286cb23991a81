#pragma once

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/group_member.hpp"
#include "connectors/kafka/partition/partition_log.hpp"
#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/topics.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::kafka::test {

using clock = std::chrono::steady_clock;

/// The wall clock. Records must be young: the broker deletes by their
/// timestamp, and its first look may come in the middle of a test.
[[nodiscard]] instant wall_clock();

/// Milliseconds since then.
[[nodiscard]] std::int64_t ms_since(clock::time_point then);

/// Waits until it is true; false after ten seconds (or what is given).
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              std::chrono::milliseconds limit
                              = std::chrono::seconds{10});

/// What a stranger sees of a record.
struct seen {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<header> headers;
};

/// Other people's client: plain librdkafka, nothing of ours.
class stranger {
public:
  explicit stranger(std::string brokers) : brokers_{std::move(brokers)} {}

  /// Publishes records and waits for them. No key: null.
  void publish(const std::string& topic, std::int32_t partition,
               const std::vector<std::string>& values,
               const std::optional<std::string>& key = std::nullopt) const;

  /// All committed records of a topic at this moment.
  [[nodiscard]] std::vector<seen> read(const std::string& topic,
                                       std::int32_t partitions) const;

  /// The values of read(), in the order of partition and offset.
  [[nodiscard]] std::vector<std::string> values(const std::string& topic,
                                                std::int32_t partitions) const;

  /// A producer with an open transaction in which these were written.
  [[nodiscard]] client_ptr
  open_transaction(const std::string& id, const std::string& topic,
                   std::int32_t partition,
                   const std::vector<std::string>& values) const;

private:
  std::string brokers_;
};

/// A broker test with topics of its own.
class KafkaTest : public ::testing::Test {
protected:
  void SetUp() override;

  /// Makes all topics of the contract.
  void make_topics(std::int32_t partitions);
  [[nodiscard]] std::string name(topic t) const {
    return topic_name(settings, t);
  }
  [[nodiscard]] std::vector<std::string> values(topic t) const {
    return foreign().values(name(t), partitions_);
  }
  [[nodiscard]] stranger foreign() const { return stranger{settings.brokers}; }

  kafka::settings settings;
  std::int32_t partitions_ = 1;
};

/// A member of the group that is driven by hand, with the log of one
/// partition.
class lone_owner {
public:
  explicit lone_owner(const settings& s, std::int32_t partition = 0,
                      std::int32_t count = 1);
  ~lone_owner();
  lone_owner(const lone_owner&) = delete;
  lone_owner& operator=(const lone_owner&) = delete;

  /// restore() and start() as the engine would call them.
  void begin();

  /// Leaves the group behind the log's back.
  void leave_group();

  /// Reads until so many records are there.
  std::vector<raw_record> read(std::size_t count);

  /// An output per value, and the meta record.
  [[nodiscard]] transaction
  outputs(const std::vector<std::string>& values) const;
  commit_result write(const std::vector<std::string>& values);

  fairlead::partition_log& log() { return *log_; }
  member_counts counts;
  std::shared_ptr<partition_lease> lease;
  std::map<std::string, std::string, std::less<>> state; // as restored
  input_positions positions = no_positions;

private:
  static void rebalanced(rd_kafka_t*, rd_kafka_resp_err_t,
                         rd_kafka_topic_partition_list_t*, void*);

  kafka::settings settings_;
  watchdog dog_;
  client_ptr consumer_;
  std::vector<queue_ptr> forwarded_;
  bool assigned_ = false;
  std::unique_ptr<fairlead::partition_log> log_;
};

/// The text of positions in a meta record, and back.
[[nodiscard]] std::string positions_text(const input_positions& p);
[[nodiscard]] input_positions positions_from(const std::string& text);

/// A small engine: copies every input to `assignments`, and counts them in its
/// state. Its own promise is what ours is: each input exactly once.
class copying_worker final : public partition_worker {
public:
  struct options {
    std::chrono::milliseconds pause_in_batch{0};
    std::size_t batch_max = 50;
    std::atomic<int>* commits = nullptr;
    std::atomic<int>* not_done = nullptr;
  };
  copying_worker(std::unique_ptr<fairlead::partition_log> log, options o);
  ~copying_worker() override;
  void stop() override;
  void join() override;

private:
  void run();

  std::unique_ptr<fairlead::partition_log> log_;
  options options_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace fairlead::kafka::test
