#pragma once

#include "board/office.hpp"
#include "board/past/past.hpp"
#include "board/past/recent.hpp"
#include "messages/position.hpp"
#include "messages/records.hpp"
#include "messages/time.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead::board {

/// An output in words: `commands/words` tells it.
struct told {
  std::string text;
  std::string tone; /// plain, good, bad, quiet
};

/// What the board is given besides records.
struct surroundings {
  std::function<instant()> clock;
  /// Nothing: it is neither an output nor a dead letter. Called under the
  /// model's lock.
  std::function<std::optional<told>(const raw_record&)> tell;
  /// Learn names and zones for `tell`: from the roster and from outputs.
  std::function<void(const raw_record&, const input_event&)> learn_roster;
  std::function<void(const published_output&)> learn_output;
  std::string version_json = "{}";
  std::size_t recent_bytes_max = 64 * 1024 * 1024;
  /// Where the past is kept beside the memory, and how much of it.
  past_keeping kept{};
};

/// A record that could not be processed.
struct unread {
  instant at;
  std::string team, reason, sentence, topic, value;
  std::int64_t offset = 0;
  std::string source;   /// who sent it, if that can be read
  position letter_at{}; /// where the letter itself stands
};

/// How far a partition is: the inputs that were seen, and those that its state
/// has taken in. The next offset of each input topic; -1: nothing known.
struct partition_reach {
  std::array<std::int64_t, input_topic_count> seen{-1, -1, -1, -1};
  std::array<std::int64_t, input_topic_count> done{-1, -1, -1, -1};
};

/// Everything that the board knows: of *now* from `state`, of *what happened*
/// from the other topics. Fed by one or several threads, asked by any; a lock
/// holds for one record or one question.
class model {
public:
  static constexpr std::size_t unread_max = 500;
  static constexpr std::size_t inputs_max = 20'000;
  /// Inputs of teams that are not known (yet).
  static constexpr std::size_t early_max = 1'000;
  static constexpr std::size_t early_bytes_max = 4 * 1024 * 1024;

  explicit model(surroundings s);

  // -- what comes in ----------------------------------------------------------

  /// A record of `state`; no value: a tombstone. Throws std::runtime_error on
  /// a snapshot of a newer program.
  void state(std::int32_t partition, std::string_view key,
             std::optional<std::string_view> value);
  /// A record of any other topic, in the order of its partition.
  void record(const raw_record& r);
  /// How far what is known is behind what is committed; any thread.
  void lags(std::chrono::milliseconds behind);
  /// Who works on which partition; nothing: nobody says. Any thread.
  void served(std::optional<std::map<std::int32_t, std::string>> by);
  /// Everything that was there at the start has been read.
  void caught_up();

  // -- what is kept elsewhere (surroundings::kept): one thread, that which
  // calls record()

  /// Where to go on: what is before `next` has been counted already.
  [[nodiscard]] std::vector<reading_place> places() const;
  /// What has changed since the last all_kept().
  [[nodiscard]] kept_changes changes();
  void all_kept();

  // -- what is asked ----------------------------------------------------------

  /// One team, under the lock, for one question.
  struct part {
    office here;
    past before;
    std::uint64_t changes = 0;
    part(const std::string& id, past_keeping kept)
      : here{id}, before{id, kept} {}
  };
  struct view {
    model& all;
    part& team;
    instant now;
  };
  /// Calls f with the team's view; false: there is no such team.
  template <class F>
  bool with(const std::string& team, F f) {
    std::lock_guard guard{mutex_};
    auto it = teams_.find(team);
    if (it == teams_.end())
      return false;
    view v{*this, it->second, time_for(it->second)};
    f(v);
    return true;
  }
  /// Calls f with each team's view.
  template <class F>
  void each(F f) {
    std::lock_guard guard{mutex_};
    for (auto& [id, p] : teams_) {
      view v{*this, p, time_for(p)};
      f(v);
    }
  }
  template <class F>
  void locked(F f) {
    std::lock_guard guard{mutex_};
    f();
  }

  /// How often the team has changed; waits until that is another number than
  /// `seen`, or the time is over.
  [[nodiscard]] std::uint64_t wait_changed(const std::string& team,
                                           std::uint64_t seen,
                                           std::chrono::milliseconds wait);

  // Under the lock, that is inside with(), each() and locked():
  [[nodiscard]] const recent& log() const { return recent_; }
  [[nodiscard]] const surroundings& around() const { return around_; }
  [[nodiscard]] const std::deque<unread>& letters() const { return unread_; }
  [[nodiscard]] const std::map<std::string, std::int64_t>&
  letters_by_reason() const {
    return unread_by_reason_;
  }
  [[nodiscard]] const std::map<std::int32_t, partition_reach>&
  partitions() const {
    return reach_;
  }
  [[nodiscard]] const std::optional<std::map<std::int32_t, std::string>>&
  served_by() const {
    return served_by_;
  }
  [[nodiscard]] std::chrono::milliseconds behind() const { return behind_; }
  [[nodiscard]] bool read_all() const { return caught_up_; }
  /// Where an event was written; nothing: it has not come (yet).
  [[nodiscard]] std::optional<position> written(const std::string& team,
                                                const std::string& source,
                                                const std::string& id) const;
  /// True if the state has taken it in.
  [[nodiscard]] bool done(const position& p) const;

private:
  part& open(std::string_view team);
  void restore(const kept_thing& t);
  /// False: it was counted before this process, and is only shown.
  [[nodiscard]] bool counts(const raw_record& r) const;
  void input(const raw_record& r);
  void output(const raw_record& r);
  void letter(const raw_record& r);
  void take_early();
  void changed(part& p);
  [[nodiscard]] instant time_for(part& p) const;

  surroundings around_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::string, part, std::less<>> teams_;
  recent recent_;
  std::deque<unread> unread_;
  std::map<std::string, std::int64_t> unread_by_reason_;
  std::set<std::string> reasons_changed_;
  /// Where dead letters begin that are still shown; by the partition.
  std::map<std::int32_t, std::int64_t> letters_from_;
  using partition_of_topic = std::pair<topic, std::int32_t>;
  /// As they were kept, and how far it has been counted since.
  std::map<partition_of_topic, reading_place> kept_places_;
  std::map<partition_of_topic, std::int64_t> next_;
  std::map<std::int32_t, partition_reach> reach_;
  std::unordered_map<std::string, position> inputs_;
  std::deque<std::string> input_order_;
  std::deque<raw_record> early_;
  std::size_t early_bytes_ = 0;
  bool newcomers_ = false;
  std::optional<std::map<std::int32_t, std::string>> served_by_;
  std::chrono::milliseconds behind_{0};
  bool caught_up_ = false;
};

} // namespace fairlead::board
