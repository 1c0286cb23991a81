#pragma once

#include "actors/partition/ports.hpp"
#include "board/model.hpp"
#include "connectors/history.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace fairlead {

/// What the board needs besides records: the clock, and the commands' words.
[[nodiscard]] board::surroundings
board_surroundings(std::function<instant()> clock, std::string version_json,
                   board::past_keeping kept = {});

/// A partition's log that tells the board of each snapshot that is restored or
/// committed; in all else the log itself. Its user must not wait for the board:
/// what has not been taken yet is kept by key, so it is bounded by the state.
class watched_log final : public partition_log {
public:
  explicit watched_log(partition_log& log) : log_{log} {}

  /// The snapshots since the last call, each key's last value. Any thread.
  using snapshots
    = std::map<std::string, std::optional<std::string>, std::less<>>;
  [[nodiscard]] snapshots take();

  [[nodiscard]] std::int32_t partition() const override {
    return log_.partition();
  }
  [[nodiscard]] std::int32_t partition_count() const override {
    return log_.partition_count();
  }
  void restore(
    const std::function<void(std::string_view,
                             std::optional<std::string_view>)>& each) override;
  input_positions start(const std::optional<input_positions>& meta) override {
    return log_.start(meta);
  }
  polled poll(std::chrono::milliseconds wait,
              std::size_t records_max) override {
    return log_.poll(wait, records_max);
  }
  void wake() override { log_.wake(); }
  commit_result commit(const transaction& t) override;

private:
  partition_log& log_;
  std::mutex mutex_;
  snapshots changed_;
};

/// Feeds a board from the embedded log. One thread of its own.
class board_feed {
public:
  /// Everything outlives this.
  board_feed(board::model& to, watched_log& state, history& past);
  ~board_feed();
  board_feed(const board_feed&) = delete;
  board_feed& operator=(const board_feed&) = delete;

  /// `moved` is called when something has changed and four times a second in
  /// any case, for views that change with time; an empty one ends that, and has
  /// ended it when this returns.
  void tell(std::function<void()> moved);

private:
  void run();
  bool take_state();
  bool take_records();

  board::model& to_;
  watched_log& state_;
  history& past_;
  std::mutex mutex_; // of moved_
  std::function<void()> moved_;
  std::int64_t place_ = 0;
  std::int64_t end_at_start_ = 0;
  bool caught_up_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

} // namespace fairlead
