#pragma once

#include "actors/partition/ports.hpp"
#include "connectors/memory/broker.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace fairlead::memory {

/// The calls to the log, in the order in which a partition makes them.
/// `committed` comes after a commit, before anybody learns of it.
enum class log_call : std::uint8_t {
  init,
  restore,
  offsets,
  poll,
  produce,
  send_offsets,
  commit,
  committed,
  abort
};

/// What may go wrong at a call. Where a fault makes no sense (an indefinite
/// answer to a poll) the call succeeds.
enum class log_fault : std::uint8_t {
  none,
  abort,        /// the transaction can't be committed
  fence,        /// the broker's timeout has struck: the producer is shut out
  unknown_done, /// no answer, but the commit happens
  unknown_lost  /// no answer, and the call never arrived
};

/// One partition of a broker as one member of the group sees it. It deals with
/// errors as kafka::partition_log does: a fresh producer after any abort or
/// indefinite error; the group's offsets tell what became of an indefinite
/// commit or, if they did not move, its last record; and it restores up to the
/// high watermark, whatever hides behind an open transaction.
class partition_log final : public fairlead::partition_log {
public:
  struct settings {
    std::int32_t partition = 0;
    group_metadata group; /// of the assignment
    /// Asked at every call. It may also throw, which stands for the end of the
    /// process.
    std::function<log_fault(log_call)> at_call;
    /// How many of a topic's records that are there a poll brings.
    std::function<std::size_t(topic, std::size_t there)> bring;
  };
  partition_log(broker& b, settings s);

  [[nodiscard]] std::int32_t partition() const override;
  [[nodiscard]] std::int32_t partition_count() const override;
  void restore(const std::function<void(std::string_view key,
                                        std::optional<std::string_view> value)>&
                 each) override;
  input_positions start(const std::optional<input_positions>& meta) override;
  /// Never waits: there is no clock.
  polled poll(std::chrono::milliseconds wait, std::size_t records_max) override;
  void wake() override {}
  commit_result commit(const transaction& t) override;

private:
  /// How an attempt to write a transaction ended.
  enum class outcome : std::uint8_t { done, aborted, fenced, stale, unknown };

  log_fault fault_at(log_call c) const; // asks; a fence strikes here
  void renew_producer();
  [[nodiscard]] input_positions stable_offsets();
  outcome attempt(const transaction& t);
  commit_result recover(const transaction& t, outcome o);
  commit_result find_out(const transaction& t);

  broker& broker_;
  settings settings_;
  std::string id_; // transactional
  std::int64_t epoch_ = -1;
  bool producer_is_new_ = true;   // nothing committed with it yet
  bool commit_called_ = false;    // of the last attempt
  std::int64_t last_offset_ = -1; // of the last record written
  int fenced_ = 0;                // in a row
  bool lost_ = false;
  input_positions committed_ = no_positions; // the group's offsets
  std::array<std::int64_t, input_topic_count> next_{};
};

} // namespace fairlead::memory
