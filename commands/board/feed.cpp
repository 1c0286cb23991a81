#include "commands/board/feed.hpp"

#include "commands/words/tell.hpp"
#include "connectors/log.hpp"

#include <bitset>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <variant>

namespace fairlead {
namespace {

// How long a look into the log waits for something to come; then the thread
// sees whether it is to stop.
constexpr std::chrono::milliseconds look{100};

// Views change with time, too: this often they are looked at.
constexpr std::chrono::milliseconds tick{250};

std::bitset<topic_count> topics_read() {
  std::bitset<topic_count> out;
  for (std::size_t i = 0; i < topic_count; ++i)
    out.set(i, static_cast<topic>(i) != topic::state
                 && static_cast<topic>(i) != topic::journal);
  return out;
}

std::string name_of_tone(text_tone t) {
  switch (t) {
    case text_tone::good:
      return "good";
    case text_tone::bad:
      return "bad";
    case text_tone::quiet:
      return "quiet";
    case text_tone::plain:
    case text_tone::strong:
      break;
  }
  return "plain";
}

} // namespace

board::surroundings board_surroundings(std::function<instant()> clock,
                                       std::string version_json,
                                       board::past_keeping kept) {
  auto words = std::make_shared<teller>();
  if (!clock)
    clock = [] {
      return std::chrono::floor<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
    };
  return {.clock = std::move(clock),
          .tell = [words](const raw_record& r) -> std::optional<board::told> {
            auto t = words->tell(r);
            if (!t)
              return std::nullopt;
            return board::told{t->text, name_of_tone(t->tone)};
          },
          .learn_roster =
            [words](const raw_record& r, const input_event& e) {
              words->learn(r);
              if (const auto* b = std::get_if<team_configured>(&e.body))
                words->know_zone(e.team, find_zone(b->document.time_zone));
            },
          .learn_output
          = [words](const published_output& o) { words->learn(o); },
          .version_json = std::move(version_json),
          .recent_bytes_max = board::surroundings{}.recent_bytes_max,
          .kept = kept};
}

// -- watched_log --------------------------------------------------------------

watched_log::snapshots watched_log::take() {
  std::lock_guard guard{mutex_};
  return std::exchange(changed_, {});
}

void watched_log::restore(
  const std::function<void(std::string_view, std::optional<std::string_view>)>&
    each) {
  log_.restore(
    [&](std::string_view key, std::optional<std::string_view> value) {
      each(key, value);
      std::lock_guard guard{mutex_};
      changed_.insert_or_assign(std::string{key},
                                value ? std::optional<std::string>{*value}
                                      : std::nullopt);
    });
}

commit_result watched_log::commit(const transaction& t) {
  auto result = log_.commit(t);
  if (result == commit_result::done) {
    std::lock_guard guard{mutex_};
    for (const auto& r : t.records)
      if (r.on == topic::state && r.key)
        changed_.insert_or_assign(*r.key, r.value);
  }
  return result;
}

// -- board_feed ---------------------------------------------------------------

board_feed::board_feed(board::model& to, watched_log& state, history& past)
  : to_{to},
    state_{state},
    past_{past},
    end_at_start_{past.last_place()},
    thread_{[this] { run(); }} {
}

board_feed::~board_feed() {
  stopping_ = true;
  thread_.join();
}

void board_feed::tell(std::function<void()> moved) {
  std::lock_guard guard{mutex_};
  moved_ = std::move(moved);
}

void board_feed::run() {
  auto told = std::chrono::steady_clock::now();
  try {
    while (!stopping_) {
      // The state first: what comes out names leads that it must know.
      auto news = take_state();
      news |= take_records();
      if (!caught_up_ && place_ >= end_at_start_) {
        caught_up_ = true;
        to_.caught_up();
      }
      auto now = std::chrono::steady_clock::now();
      if (!news && now - told < tick)
        continue;
      told = now;
      std::lock_guard guard{mutex_};
      if (moved_)
        moved_();
    }
  } catch (const std::exception& e) {
    // The service says itself that its log is broken.
    log_error(std::string{"the board stands still: "} + e.what());
  }
}

bool board_feed::take_state() {
  auto changed = state_.take();
  for (const auto& [key, value] : changed)
    to_.state(0, key,
              value ? std::optional<std::string_view>{*value} : std::nullopt);
  return !changed.empty();
}

bool board_feed::take_records() {
  auto page = past_.follow(
    topics_read(), {}, place_,
    {.records_max = 500, .bytes_max = 1024 * 1024, .wait = look});
  place_ = page.next;
  for (const auto& r : page.records)
    to_.record(r.record);
  return !page.records.empty();
}

} // namespace fairlead
