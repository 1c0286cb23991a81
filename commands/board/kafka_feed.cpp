#include "commands/board/kafka_feed.hpp"

#include "connectors/kafka/serving.hpp"
#include "connectors/kafka/topic_reader.hpp"
#include "connectors/log.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto look = 100ms;
constexpr auto tick = 250ms;
// Between two tries when no broker answers; librdkafka reconnects by itself.
constexpr auto breath = 1s;
// Members of a group come and go seldom.
constexpr auto ask_again = 10s;

std::unique_ptr<topic_reader> reader_of(const kafka::settings& s,
                                        std::vector<topic> topics) {
  kafka::topic_reader::options what;
  what.topics = std::move(topics);
  return std::make_unique<kafka::topic_reader>(s, what);
}

/// The next record; none while no broker answers.
std::optional<raw_record> next_of(topic_reader& from) {
  try {
    return from.next(look);
  } catch (const kafka::not_reachable& e) {
    log_warning(std::string{"the board: "} + e.what());
    std::this_thread::sleep_for(breath);
    return std::nullopt;
  }
}

} // namespace

kafka_board_feed::kafka_board_feed(board::model& to, const kafka::settings& s)
  : to_{to},
    settings_{s},
    state_{reader_of(s, {topic::state})},
    documents_{reader_of(s, {topic::roster})},
    history_{reader_of(s, {topic::leads, topic::calls, topic::rekey,
                           topic::assignments, topic::rings,
                           topic::notifications, topic::tasks, topic::outreach,
                           topic::decisions, topic::dead_letters})} {
  threads_.emplace_back([this] { read_state(); });
  threads_.emplace_back([this] { read_history(); });
  threads_.emplace_back([this] { ask_who_serves(); });
}

kafka_board_feed::~kafka_board_feed() {
  stopping_ = true;
  for (auto& t : threads_)
    t.join();
}

void kafka_board_feed::tell(std::function<void()> f) {
  std::lock_guard guard{mutex_};
  moved_ = std::move(f);
}

std::optional<std::string> kafka_board_feed::not_ready() const {
  if (ready_)
    return std::nullopt;
  return "The board is still reading the state; try again in a moment.";
}

std::optional<std::string> kafka_board_feed::failure() const {
  std::lock_guard guard{mutex_};
  return failure_;
}

void kafka_board_feed::moved() {
  std::lock_guard guard{mutex_};
  if (moved_)
    moved_();
}

void kafka_board_feed::fail(const std::string& why) {
  std::lock_guard guard{mutex_};
  failure_ = why;
}

void kafka_board_feed::read_state() {
  auto told = clock::now();
  try {
    while (!stopping_) {
      auto r = next_of(*state_);
      if (r && r->key)
        to_.state(r->partition, *r->key,
                  r->value ? std::optional<std::string_view>{*r->value}
                           : std::nullopt);
      if (!ready_ && state_->caught_up())
        ready_ = true;
      if (!ready_)
        continue;
      // What stands in a record is as old as its transaction.
      if (auto now = clock::now(); now - told >= tick) {
        told = now;
        auto wall = std::chrono::floor<std::chrono::milliseconds>(
          std::chrono::system_clock::now());
        to_.lags(r ? std::max(wall - r->timestamp, 0ms) : 0ms);
        moved();
      }
    }
  } catch (const std::exception& e) {
    log_error(std::string{"the board: "} + e.what());
    fail(e.what());
  }
}

/// Without the right to describe the group nobody knows, and the board goes on.
void kafka_board_feed::ask_who_serves() {
  for (clock::time_point next{}; !stopping_;) {
    if (clock::now() < next) {
      std::this_thread::sleep_for(look);
      continue;
    }
    try {
      to_.served(kafka::who_serves(settings_));
    } catch (const std::exception& e) {
      log_warning(std::string{"the board: "} + e.what());
      to_.served(std::nullopt);
    }
    next = clock::now() + ask_again;
  }
}

void kafka_board_feed::read_history() {
  bool all_read = false;
  try {
    // What people wait for comes first.
    while (!stopping_ && !ready_)
      std::this_thread::sleep_for(tick);
    // Decisions name documents: those that are there come first.
    while (!stopping_ && !documents_->caught_up())
      if (auto r = next_of(*documents_))
        to_.record(*r);
    while (!stopping_) {
      while (auto r = documents_->next(0ms))
        to_.record(*r);
      if (auto r = next_of(*history_))
        to_.record(*r);
      if (!all_read && history_->caught_up()) {
        all_read = true;
        to_.caught_up();
      }
    }
  } catch (const std::exception& e) {
    log_error(std::string{"the board: "} + e.what());
    fail(e.what());
  }
}

} // namespace fairlead
