#pragma once

#include "actors/partition/ports.hpp"
#include "connectors/history.hpp"
#include "connectors/streams.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::embedded {

/// The log can't be written any more (folder gone, file damaged): the service
/// has to stop. What was acknowledged is safe; what() is one
/// sentence for the person who has to repair it.
class log_broken : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Where the log is, and its bounds.
struct settings {
  std::string folder;
  int retention_days = 30; /// of all topics but `state`
  /// Bounds of what append() lets wait to be written; beyond them: busy.
  std::size_t queued_records_max = 10'000;
  std::size_t queued_bytes_max = 16 * 1024 * 1024;
  /// How much of that goes into one transaction.
  std::size_t group_records_max = 2'000;
  /// How often old records are looked for, and how many are deleted in a step.
  std::chrono::milliseconds retention_interval{60'000};
  std::size_t retention_step_max = 500;
  /// Nothing is deleted before so much time has passed, if the newest record is
  /// more than a day old: the clock may be wrong, and is looked at twice.
  std::chrono::milliseconds retention_wait{0};
  /// A bound on the file in pages of 4 KiB; 0: only the disk's.
  std::int64_t pages_max = 0;
  /// The wall clock; empty: the system's.
  std::function<instant()> clock;
  /// Called once, from the writer's thread, when the log breaks.
  std::function<void(const std::string&)> on_broken;
};

/// What the log has done since it was opened.
struct log_counts {
  std::uint64_t transactions = 0;
  std::uint64_t appended = 0; /// records that came in by append()
  std::uint64_t written = 0;  /// all records
  std::uint64_t expired = 0;  /// records deleted by retention
  std::size_t queued = 0;     /// records waiting in append()
  std::int64_t file_bytes = 0;
  std::int64_t wal_bytes = 0; /// of the write-ahead log
  bool no_room = false;       /// the last write failed: the disk is full
};

/// A log of one partition in one folder: SQLite in WAL mode, synced at every
/// commit. One thread writes; appends that wait together and the engine's
/// commit share a transaction and a sync.
///
/// partition_log: as its contract says, from one thread. commit() and poll()
/// throw log_broken. On a full disk commit() aborts after a second, append()
/// fails, and everything is read as ever; both work again when there is room.
/// append() and history: any thread. Appended records get the log's own time,
/// which never goes back; committed records keep theirs.
class log final : public fairlead::partition_log,
                  public event_sink,
                  public history {
public:
  /// Opens or creates the log. Throws std::runtime_error with one sentence.
  explicit log(settings s);
  ~log() override;

  [[nodiscard]] std::int32_t partition() const override { return 0; }
  [[nodiscard]] std::int32_t partition_count() const override { return 1; }
  void restore(
    const std::function<void(std::string_view,
                             std::optional<std::string_view>)>& each) override;
  input_positions start(const std::optional<input_positions>& meta) override;
  polled poll(std::chrono::milliseconds wait, std::size_t records_max) override;
  void wake() override;
  commit_result commit(const transaction& t) override;

  verdict append(std::vector<new_record> records, std::string& why) override;

  history_page read(topic on, const std::string& team, std::int64_t after,
                    const page_bounds& bounds) override;
  history_page follow(std::bitset<topic_count> topics, const std::string& team,
                      std::int64_t after, const page_bounds& bounds) override;
  [[nodiscard]] std::int64_t last_place() const override;

  [[nodiscard]] std::int64_t end_of(topic on) const override;
  /// What the engine has committed.
  [[nodiscard]] input_positions committed() const;

  [[nodiscard]] log_counts counts() const;

  /// Why the log is broken; empty while it works.
  [[nodiscard]] std::string broken() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::embedded
