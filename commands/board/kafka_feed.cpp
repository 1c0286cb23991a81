#include "commands/board/kafka_feed.hpp"

#include "connectors/board_store/store.hpp"
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

// What has changed is kept this often, and while history is read, when it is
// much, less often.
constexpr auto keep_again = 1s;
constexpr auto keep_again_reading = 5s;

/// `places`: where those topics go on that have been read before.
std::unique_ptr<topic_reader>
reader_of(const kafka::settings& s, std::vector<topic> topics,
          const std::vector<board::reading_place>& places) {
  kafka::topic_reader::options what;
  what.topics = std::move(topics);
  // Timelines keep what came last, of all topics.
  what.by_time = true;
  for (const auto& p : places)
    what.at[{p.on, p.partition}] = {.from = p.from, .next = p.next};
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

kafka_board_feed::kafka_board_feed(board::model& to, const kafka::settings& s,
                                   board_store::store* kept)
  : to_{to},
    settings_{s},
    kept_{kept},
    state_{reader_of(s, {topic::state}, {})} {
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

/// Between two records, so that sums and places are of one moment.
void kafka_board_feed::keep() {
  if (kept_ == nullptr)
    return;
  try {
    kept_->save(to_.changes());
    to_.all_kept();
  } catch (const board_store::no_room& e) {
    log_warning(std::string{"the board: "} + e.what());
  }
}

void kafka_board_feed::read_history() {
  bool all_read = false;
  auto kept = clock::now();
  try {
    // What people wait for comes first: until then nothing else is read, not
    // even ahead.
    while (!stopping_ && !ready_)
      std::this_thread::sleep_for(look);
    if (stopping_)
      return;
    auto documents = reader_of(settings_, {topic::roster}, to_.places());
    auto history
      = reader_of(settings_,
                  {topic::leads, topic::calls, topic::rekey, topic::assignments,
                   topic::rings, topic::notifications, topic::tasks,
                   topic::outreach, topic::decisions, topic::dead_letters},
                  to_.places());
    // Decisions name documents: those that are there come first.
    while (!stopping_ && !documents->caught_up())
      if (auto r = next_of(*documents))
        to_.record(*r);
    while (!stopping_) {
      while (auto r = documents->next(0ms))
        to_.record(*r);
      if (auto r = next_of(*history))
        to_.record(*r);
      if (!all_read && history->caught_up()) {
        all_read = true;
        to_.caught_up();
      }
      if (auto now = clock::now();
          now - kept >= (all_read ? keep_again : keep_again_reading)) {
        keep();
        kept = clock::now();
      }
    }
    keep();
  } catch (const std::exception& e) {
    log_error(std::string{"the board: "} + e.what());
    fail(e.what());
  }
}

} // namespace fairlead
