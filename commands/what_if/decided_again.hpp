#pragma once

#include "actors/partition/partition.hpp"
#include "commands/what_if/tally.hpp"
#include "commands/what_if/team_past.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::what_if {

/// Documents that take the place of those of the past, as JSON texts.
struct new_rules {
  instant from;
  std::optional<std::string> team;
  std::map<std::string, std::string> agents; /// by their ids
};

/// What a run leaves for the one that is compared with it.
struct run_marks {
  /// Who owned the lead when a person acted on it, by the step's number.
  struct owned {
    std::optional<std::string> owner;
    std::uint64_t epoch = 0;
  };
  std::map<std::size_t, owned> owners;
  /// Tasks by what they are about, the same in every run, and that by their
  /// ids.
  std::map<std::string, std::string> tasks, about;
};

/// A team's past, decided once more (README.md).
class decided_again {
public:
  /// `rules` none: the documents as they were. `other`: the marks of the run
  /// that this one is compared with; null: it is the first. All outlive it.
  decided_again(const team_past& past, const new_rules* rules,
                const period& compared, const run_marks* other,
                std::function<bool()> go_on);

  /// Makes all steps. Throws broken_off.
  void run();

  [[nodiscard]] const tally& result() const { return tally_; }
  [[nodiscard]] const run_marks& marks() const { return marks_; }

private:
  /// A change that is made between two steps, when its time has come.
  struct coming {
    std::optional<busy_time> busy;
    std::optional<raw_record> record;
  };

  void record_step(const past_step& s, std::size_t number);
  void timer_step(const past_step& s);
  void bring_in_force();
  /// Fires the run's own timers that are due before `limit`, and makes what
  /// comes until then.
  void pass_time(instant limit);
  void fire(const due_timer& t, instant now, instant wall, timer_way way);
  void fire_own(const due_timer& t);
  [[nodiscard]] bool has_timer(const due_timer& t) const;
  void come_until(instant limit);
  /// The record as this run takes it; nothing: it has no place here.
  [[nodiscard]] std::optional<raw_record>
  as_taken(const raw_record& r, std::size_t number, instant now);
  [[nodiscard]] std::optional<raw_record> with_document(const raw_record& r,
                                                        const input_event& e);
  [[nodiscard]] std::optional<raw_record> leg_event(const raw_record& r,
                                                    const std::string& call,
                                                    const std::string& leg);
  [[nodiscard]] std::optional<raw_record> act(const raw_record& r,
                                              const input_event& e,
                                              std::size_t number, instant now);
  void take(const raw_record& r, instant wall);
  /// A call that would ring otherwise than it did.
  struct other_ring {
    std::string call, lead;
  };
  /// Makes a step; where it would ring otherwise, nothing of it remains.
  template <class Start>
  std::optional<other_ring> make(Start start);
  [[nodiscard]] std::optional<other_ring> misfit(const step& s) const;
  void keep(const step& s);
  [[nodiscard]] bool is_let_ring(const std::string& call) const;
  void end_unknown(const other_ring& other, instant now, instant wall);
  void remember_past_of(const other_ring& other, instant now);
  [[nodiscard]] std::string document_text(const std::string& json,
                                          std::optional<std::int64_t> known);
  [[nodiscard]] raw_record record_of(const char* type, const std::string& id,
                                     const std::string& data, instant at) const;

  const team_past& past_;
  const new_rules* rules_;
  period compared_;
  const run_marks* other_;
  std::function<bool()> go_on_;
  partition part_;
  tally tally_;
  run_marks marks_;
  bool in_force_ = false;
  bool failed_ = false; /// the last step
  instant wall_;        /// of the last step
  std::multimap<instant, coming> coming_;
  std::set<std::string> unknown_; /// calls
  struct hang_up {
    int made = 0;
    bool under_way = false;
  };
  std::map<std::string, hang_up> hang_ups_; /// of those
  /// call, attempt, target -> the leg's id in this run
  std::map<std::pair<std::string, std::int64_t>,
           std::map<std::string, std::string>>
    legs_;
  /// The past's timers: step numbers by their entity and due time.
  std::map<due_timer, std::size_t, by_due_time> timers_;
};

} // namespace fairlead::what_if
