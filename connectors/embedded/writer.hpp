#pragma once

#include "connectors/embedded/database.hpp"
#include "connectors/embedded/folder.hpp"
#include "connectors/embedded/log.hpp"
#include "connectors/embedded/place_file.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::embedded {

/// How far the log reaches; what readers wait for.
struct extent {
  std::int64_t place = 0;                       /// of the last record
  std::array<std::int64_t, topic_count> ends{}; /// next offsets
};

/// The one thread that writes. It takes all appends that wait and the engine's
/// commit, writes them in one transaction, and then tells everybody. In between
/// it deletes what is too old, a few records at a time.
class writer {
public:
  explicit writer(settings s);
  ~writer();
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// Waits until the records are durable. Any thread.
  event_sink::verdict append(const std::vector<new_record>& records,
                             std::string& why);
  /// Waits until the batch is durable. On a full disk it waits a second for
  /// room, or until nudge(), and the batch is aborted. Throws log_broken.
  commit_result commit(const transaction& t);

  [[nodiscard]] extent reach() const;
  [[nodiscard]] input_positions committed() const;
  [[nodiscard]] log_counts counts() const;
  [[nodiscard]] std::string broken() const;

  /// Waits until `ready(extent)` holds, the log breaks, somebody calls
  /// nudge() or the time is over. Returns the extent.
  template <class Ready>
  extent wait(std::chrono::milliseconds time, Ready ready) const {
    std::unique_lock lock{mutex_};
    auto before = nudges_;
    grown_.wait_for(lock, time, [&] {
      return !broken_.empty() || nudges_ != before || ready(reach_);
    });
    return reach_;
  }

  /// Ends all waits.
  void nudge();

private:
  struct job; // a caller's records or transaction, and how it went

  void run();
  void write_group(const std::vector<std::shared_ptr<job>>& group);
  void write(const new_record& r, instant timestamp);
  void write_rows(const std::vector<std::shared_ptr<job>>& group);
  void finish(const std::vector<std::shared_ptr<job>>& group,
              const std::string& why, bool again = false);
  void tell_room(bool room, const std::string& why = {});
  void tell_reader_in_the_way();
  [[nodiscard]] bool removed() const;
  void break_down(const std::vector<std::shared_ptr<job>>& group,
                  const std::string& why);
  void checkpoint();
  bool expire_step();
  instant now() const;

  const settings settings_;
  folder_lock lock_;
  sqlite::connection db_;
  place_file place_;
  const file_id file_;

  // The writer's own: no lock.
  extent next_;
  input_positions positions_;
  std::int64_t last_timestamp_ = 0;
  std::int64_t summed_from_ = 0;
  std::int64_t expire_after_ = 0;
  std::chrono::steady_clock::time_point expire_from_{};
  int wal_pages_ = 0;
  int checkpointed_pages_ = 0;
  bool room_ = true;
  std::chrono::steady_clock::time_point tell_reader_from_{};
  log_counts done_;
  sqlite::statement begin_, commit_, rollback_, insert_, put_state_,
    drop_state_, put_position_, put_end_, put_log_, oldest_, delete_;

  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  std::condition_variable work_;
  std::deque<std::shared_ptr<job>> jobs_;
  std::size_t queued_records_ = 0;
  std::size_t queued_bytes_ = 0;
  std::uint64_t nudges_ = 0;
  extent reach_;
  input_positions committed_ = no_positions;
  log_counts counts_;
  std::string broken_;
  bool stopping_ = false;

  std::thread thread_;
};

} // namespace fairlead::embedded
