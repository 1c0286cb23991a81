#pragma once

// Private: the transactional producer of one partition.

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/verdict.hpp"
#include "connectors/kafka/watchdog.hpp"
#include "messages/records.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// What a partition's thread and the thread that serves the group both know: is
/// the partition still ours, and how long may its last batch take?
class partition_control {
public:
  /// The partition is being taken away in good order.
  void end_by(std::chrono::steady_clock::time_point deadline) {
    deadline_ms_ = ms_of_clock(deadline);
  }

  /// It is gone already: write nothing more.
  void lose() { lost_ = true; }

  [[nodiscard]] bool lost() const { return lost_; }

  /// False once nothing may be waited for any more.
  [[nodiscard]] bool patient() const {
    return !lost_ && now_ms() < deadline_ms_;
  }

  /// A wait of that length, cut at the deadline.
  [[nodiscard]] std::chrono::milliseconds
  at_most(std::chrono::milliseconds wanted) const {
    std::chrono::milliseconds left{
      std::max<std::int64_t>(0, deadline_ms_ - now_ms())};
    return lost_ ? std::chrono::milliseconds{0} : std::min(wanted, left);
  }

private:
  static std::int64_t ms_of_clock(std::chrono::steady_clock::time_point t) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
             t.time_since_epoch())
      .count();
  }
  static std::int64_t now_ms() {
    return ms_of_clock(std::chrono::steady_clock::now());
  }

  std::atomic<bool> lost_{false};
  std::atomic<std::int64_t> deadline_ms_{
    std::numeric_limits<std::int64_t>::max()};
};

/// Where a test may let a call seem to fail: right before the commit is sent,
/// or after it has been answered.
enum class fault_point : std::uint8_t { before_commit, after_commit };
using fault_injector
  = std::function<std::optional<rd_kafka_resp_err_t>(fault_point)>;

/// How the writing of a transaction ended.
struct write_attempt {
  bool done = false;
  kafka::verdict verdict = kafka::verdict::again; /// of the error, if not done
  std::string why;
  /// The commit was called, so that it may have happened whatever the error.
  bool commit_called = false;
  /// Where the transaction's last record stands, if the broker said so.
  std::int64_t last_offset = -1;
};

/// A producer for one partition's transactions; one thread.
class producer {
public:
  /// All of it outlives the producer.
  struct environment {
    const kafka::settings& settings;
    std::int32_t partition;
    const partition_control& control;
    watched_thread& watched;
    const fault_injector& faults;
    std::string transactional_id;
  };

  /// Takes the transactional id over: the producer that had it is fenced, and
  /// the transaction that it left open is aborted. Waits for a broker as long
  /// as the partition is ours; null when it no longer is. Throws
  /// std::runtime_error for what waiting does not cure.
  static std::unique_ptr<producer> open(const environment& env);

  ~producer();
  producer(const producer&) = delete;
  producer& operator=(const producer&) = delete;

  /// One transaction with its offsets (an empty list: none). After anything
  /// but `done` the producer must be given up, and before the records: it may
  /// still read their values.
  write_attempt write(const std::vector<new_record>& records,
                      const rd_kafka_topic_partition_list_t* offsets,
                      const rd_kafka_consumer_group_metadata_t* group);

  /// Aborts what is open, so that readers and a successor need not wait.
  void abort();

  /// For questions about the topics; nothing is fetched over it.
  [[nodiscard]] rd_kafka_t* handle() const { return client_.get(); }

private:
  explicit producer(environment env);

  static void delivered(rd_kafka_t* client, const rd_kafka_message_t* message,
                        void* self);
  void create();
  /// False: the partition is not ours any more.
  bool know_topics();
  error_ptr produce(const new_record& r, value_memory memory, bool last);
  template <class Call>
  error_ptr persist(const char* what, std::chrono::milliseconds limit,
                    Call call);

  environment env_;
  client_ptr client_;
  std::array<topic_ptr, topic_count> topics_;
  std::string delivery_error_; // of the open transaction, the first
  std::int64_t last_offset_ = -1;
  bool open_ = false;           // a transaction is
  bool commit_pending_ = false; // and may be committed
};

} // namespace fairlead::kafka
