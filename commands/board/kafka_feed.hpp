#pragma once

#include "board/model.hpp"
#include "connectors/kafka/settings.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fairlead {

class topic_reader;

namespace board_store {
class store;
}

/// Feeds a board from Kafka, as a reader that is in no group: any number of
/// boards may stand side by side. One thread for `state`; one for all other
/// topics, which begins when the state is read, so that *now* is served while
/// history still fills, and which keeps the past where the model does; and one
/// that asks the broker every 10 s who works on what.
class kafka_board_feed {
public:
  /// Throws if the state can't be read. `to`, and `kept` (or null: nothing is
  /// kept), outlive this.
  kafka_board_feed(board::model& to, const kafka::settings& s,
                   board_store::store* kept);
  ~kafka_board_feed();
  kafka_board_feed(const kafka_board_feed&) = delete;
  kafka_board_feed& operator=(const kafka_board_feed&) = delete;

  /// As of board_feed::tell().
  void tell(std::function<void()> moved);
  /// Why questions about now can't be answered yet; nothing: they can.
  [[nodiscard]] std::optional<std::string> not_ready() const;
  /// Why the board can't go on: the state is of a newer program, the topics are
  /// not those that the history is of, or it can't be kept.
  [[nodiscard]] std::optional<std::string> failure() const;

private:
  void read_state();
  void read_history();
  void keep();
  void ask_who_serves();
  void moved();
  void fail(const std::string& why);

  board::model& to_;
  const kafka::settings settings_;
  board_store::store* const kept_;
  std::unique_ptr<topic_reader> state_;
  mutable std::mutex mutex_; // of moved_ and failure_
  std::function<void()> moved_;
  std::optional<std::string> failure_;
  std::atomic<bool> ready_ = false, stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace fairlead
