#pragma once

#include "actors/core/state/team.hpp"
#include "actors/core/step/step.hpp"
#include "actors/partition/journal.hpp"
#include "actors/partition/live_teams.hpp"
#include "actors/partition/meta_record.hpp"
#include "actors/partition/ports.hpp"
#include "actors/partition/settings.hpp"
#include "actors/partition/snapshot_store.hpp"
#include "actors/partition/team_clocks.hpp"
#include "actors/partition/timers.hpp"
#include "messages/records.hpp"
#include "messages/wire/decode.hpp"
#include "messages/words.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fairlead {

/// The inputs of one transaction.
struct batch {
  /// In R1's order. They stay where they are until it is committed or aborted.
  std::vector<const raw_record*> records;
  instant wall; /// the wall clock when it is taken up
  /// A monotonic clock's at the same moment, since whenever: where the wall
  /// clock was set back, teams go on by it (R1).
  std::chrono::milliseconds steady{0};
  /// The input has been read to its end: timers fire by the wall clock.
  bool fire_due = false;
  /// In virtual time a timer's `now` is its due time at the input's end, too.
  bool virtual_time = false;
  /// No more steps than that: one at a time, to find the one that fails.
  std::size_t steps_max = SIZE_MAX;
};

/// Where a step went wrong, for the runner to find the culprit.
struct step_failure {
  std::optional<position> record; /// none: a timer's step
  std::optional<due_timer> timer;
  std::string what;
};

/// What the partition counts since it started.
struct partition_stats {
  std::uint64_t steps = 0, duplicates = 0, forwarded = 0;
  /// In the order of the reasons.
  std::array<std::uint64_t, spelling<dead_letter_reason>.size()> dead_letters{};
  std::uint64_t outputs = 0, unfair_choices = 0, assigned = 0;
  std::uint64_t timers_given_up = 0;
  /// Times that a lead came and got no owner.
  std::uint64_t nobody_eligible = 0, no_rule = 0, unknown_team = 0;
  /// Events whose `partitionkey` is not their record's key; where the last one
  /// stood.
  std::uint64_t keys_differ = 0;
  position key_differs_at;
};

/// One partition's sequence of steps (R1): what comes next, and what comes of
/// it. It does not make the steps' visits itself (make_steps): the supervisor
/// sends them through the actors, a test may make them on the spot.
///
/// One thread or actor at a time; between begin() and committed() or aborted()
/// a batch is open. Nothing here does I/O or reads a clock.
class partition {
public:
  using settings = partition_settings;

  partition(settings s, const decoder& d);
  ~partition();
  partition(const partition&) = delete;
  partition& operator=(const partition&) = delete;

  // -- restore ----------------------------------------------------------------

  /// One record of `state`, in the order of the log.
  void restore(std::string_view key, std::optional<std::string_view> value);
  /// After the last one. The positions of the meta record, if there was one.
  /// Throws std::runtime_error, one sentence, if the state is not this
  /// partition's: another consumer group wrote it, or it is one of another
  /// number of partitions.
  std::optional<input_positions> restored();
  /// After restored(), before the first batch: if an older edition wrote the
  /// state, or it was copied from another prefix, hands out the records that
  /// tell it in the journal (journal.hpp), in parts of about `batch_bytes_max`.
  void take_over(instant wall,
                 const std::function<void(std::vector<new_record>)>& write);

  // -- a batch ----------------------------------------------------------------

  void begin(batch b);
  /// The next step, ready to make its visits; null: the batch is complete.
  /// Records that need none (dead letters, forwarded ones) are dealt with on
  /// the way. The step is the partition's; it comes back by finish().
  [[nodiscard]] step* next_step();
  /// The step that is open has made all its visits.
  void finish();
  /// The step that is open is lost: the batch must be aborted.
  void fail(std::string what);
  [[nodiscard]] const std::optional<step_failure>& failure() const {
    return failure_;
  }
  /// How many of the batch's records have been dealt with.
  [[nodiscard]] std::size_t taken() const { return next_; }
  /// The batch's records, until the next one begins.
  [[nodiscard]] const std::vector<const raw_record*>& records() const {
    return batch_.records;
  }
  [[nodiscard]] std::size_t steps() const { return steps_in_batch_; }
  /// What to write: outputs, dead letters, snapshots, journal. The batch stays
  /// open until committed() or aborted(). A snapshot that no record can hold
  /// is a failure() of the step made last; then it must be aborted.
  [[nodiscard]] transaction result(const input_positions& positions);
  /// The batch's result, as it was, stands in the log.
  void committed(const transaction& written);
  /// Forgets everything that the batch changed (never an undo).
  void aborted();
  /// No batch is open and nothing has come for a while: nothing stays live.
  void rest();

  /// Makes a step exactly as a journal tells it (P3): of a record, or of a
  /// timer. Null: there is no step (a dead letter, a forwarded record).
  [[nodiscard]] step* replay_record(const raw_record& r, instant wall);
  [[nodiscard]] step* replay_timer(const due_timer& t, instant now,
                                   instant wall,
                                   timer_way way = timer_way::fired);

  // -- for those around -------------------------------------------------------

  /// When the first timer is due.
  [[nodiscard]] std::optional<instant> first_due() const {
    return timers_.first();
  }
  /// The state is restored, and teams' clocks run from now on.
  void begin_clocks(std::chrono::milliseconds steady) { clocks_.begin(steady); }
  /// How long until the first timer is due, by its team's clock (R1); negative:
  /// so long it has been.
  [[nodiscard]] std::optional<std::chrono::milliseconds>
  time_until_due(instant wall, std::chrono::milliseconds steady) const;
  /// The next record can't be processed although it looks well: it becomes a
  /// dead letter `internal_error` in the next batch (docs/storage.md).
  void quarantine(const position& p, std::string what);
  /// A timer that can't be processed: its next step goes about it in another
  /// way, and in the end drops it. What even that can't do stays undone until
  /// the team is read again.
  void give_up(const due_timer& t);

  [[nodiscard]] const settings& config() const { return settings_; }
  [[nodiscard]] const snapshot_store& store() const { return store_; }
  [[nodiscard]] const timer_index& timers() const { return timers_; }
  [[nodiscard]] const partition_stats& stats() const { return stats_; }
  /// How many leads wait for an owner (R11).
  [[nodiscard]] std::size_t waiting_leads() const { return waiting_leads_; }
  /// How far the wall clock is behind the team that is furthest ahead (R1).
  [[nodiscard]] std::chrono::milliseconds clock_behind(instant wall) const {
    return clocks_.behind(wall);
  }
  /// Entities let go of since the last call: their actors are free.
  [[nodiscard]] std::vector<std::pair<std::string, entity_name>> take_gone() {
    return teams_.take_gone();
  }
  /// Teams let go of since the last call: all their actors are free.
  [[nodiscard]] std::vector<std::string> take_dropped_teams() {
    return teams_.take_dropped();
  }
  /// Reads a live team's state, for tests and the simulation.
  [[nodiscard]] team_state& team(const std::string& id) {
    return teams_.open(id);
  }

private:
  /// The step that makes its visits. It refers to its event, so it stays where
  /// it is made.
  struct open_step {
    std::optional<input_event> event; /// of a record's step
    std::optional<step> it;
  };

  [[nodiscard]] bool has_room() const;
  [[nodiscard]] step* start_record(const raw_record& r);
  [[nodiscard]] step* start_timer(const due_timer& t, instant now,
                                  timer_way way);
  [[nodiscard]] std::optional<due_timer> timer_before(instant limit) const;
  [[nodiscard]] std::optional<due_timer> timer_due_at_end() const;
  [[nodiscard]] instant clock_of(const std::string& team, instant wall,
                                 std::chrono::milliseconds steady) const;
  void refuse_foreign_state() const;
  void index_timer(const state_name& name, std::string_view value);
  void refill_timers(const std::string& team);
  void take_timers(team_state& team);
  void write_dead_letter(const raw_record& r, const dead_letter& why);
  void forward(const raw_record& r, std::int32_t to, const std::string& team);
  void write_outputs(step& s);
  void give_bytes_back();
  void note_step();
  void count_waiting(const std::string& team, std::size_t now);

  settings settings_;
  const decoder& decoder_;
  snapshot_store store_;
  timer_index timers_;
  team_clocks clocks_;
  live_teams teams_;
  std::optional<meta_record> meta_;
  std::unordered_map<std::string, std::size_t> waiting_; /// teams with some
  std::size_t waiting_leads_ = 0;
  bool takes_over_ = false; /// a state that is not told in the journal yet

  // the open batch
  batch batch_;
  std::size_t next_ = 0;
  std::set<std::string> mass_done_; /// teams whose mass timer has fired in it
  std::vector<new_record> written_;
  std::string journal_;
  std::size_t steps_in_batch_ = 0;
  std::size_t bytes_ = 0;
  journal_step begun_; /// the step begun last: the one that fail() blames
  open_step open_;     /// empty between two steps
  std::optional<step_failure> failure_;
  std::map<position, std::string> quarantined_;
  std::map<due_timer, timer_way, by_due_time> ways_; /// of those given up
  partition_stats stats_;
  partition_stats stats_before_;
};

/// Makes the steps of the batch that is open. `visits` makes those of one;
/// if it throws, as if anything else goes wrong with a step, the batch fails.
void make_steps(partition& p, const std::function<void(step&)>& visits);

} // namespace fairlead
