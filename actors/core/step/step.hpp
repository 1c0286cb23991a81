#pragma once

#include "actors/core/state/team.hpp"
#include "actors/core/step/visit.hpp"
#include "messages/dead_letters.hpp"
#include "messages/inputs.hpp"
#include "messages/outputs.hpp"
#include "messages/records.hpp"
#include "messages/wire/decode.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// A parked record that nobody will ever ask for again (R45).
struct late_dead_letter {
  raw_record record;
  dead_letter why;
  std::size_t after = 0; /// number of the step's outputs before it
};

/// Who acts for a lead's owner in this step (R50), looked for once.
struct found_stand_in {
  std::string lead_id;
  std::optional<std::string> owner;
  std::optional<std::string> agent_id; /// none: there is nobody
  bool asked = false;                  /// has been named
};

/// One step on its way through the actors (the baton): what is
/// handled, the team's working state, and what has come of it so far. One
/// holder at a time; it is moved, never shared.
///
/// The visits that are named during a visit are made in the order in which they
/// were named, and before those that were still to be made: depth first. So
/// outputs stand in the order in which they are decided, which is the
/// contract's order.
class step {
public:
  /// A record's step. `now` and `wall` as R1 has them.
  step(team_state& team, const input_event& event, const raw_record& record,
       const decoder& reader, instant now, instant wall);
  /// A timer's step; `name` tells it apart in its team, in every replay.
  step(team_state& team, entity_name timer, std::string name,
       const decoder& reader, instant due, instant now, instant wall,
       errand what = handle_timer{});

  [[nodiscard]] team_state& team() { return *team_; }
  [[nodiscard]] const team_state& team() const { return *team_; }
  [[nodiscard]] instant now() const { return now_; }
  [[nodiscard]] instant wall() const { return wall_; }
  /// The record's timestamp or the timer's due time (R43).
  [[nodiscard]] instant started() const { return started_; }
  /// Null in a timer's step, as is record().
  [[nodiscard]] const input_event* event() const { return event_; }
  [[nodiscard]] const raw_record* record() const { return record_; }
  [[nodiscard]] const decoder& reader() const { return *reader_; }

  // -- what comes of it -------------------------------------------------------

  /// Adds an output about a lead; returns its id, which holds until the next
  /// one.
  const std::string& emit(std::string lead_id, output_body body);
  /// The same about an agent.
  const std::string& emit_about_agent(std::string agent_id, output_body body);
  /// The record is a dead letter: nothing of the step remains.
  void reject(dead_letter why);
  /// The record was seen before (R44): nothing of the step remains.
  void drop_duplicate() { duplicate_ = true; }
  /// Stands where it came up, among the step's outputs.
  void add_late_dead_letter(raw_record record, dead_letter why) {
    late_.push_back({std::move(record), std::move(why), outputs_.size()});
  }
  void count_unfair_choice() { ++unfair_choices_; }

  [[nodiscard]] const std::vector<output>& outputs() const { return outputs_; }
  [[nodiscard]] const std::optional<dead_letter>& rejected() const {
    return rejected_;
  }
  [[nodiscard]] bool duplicate() const { return duplicate_; }
  [[nodiscard]] const std::vector<late_dead_letter>& late_dead_letters() const {
    return late_;
  }
  [[nodiscard]] int unfair_choices() const { return unfair_choices_; }
  [[nodiscard]] output_frame frame() const;

  // -- its way ----------------------------------------------------------------

  /// Sends the step on, after the visits that were named before during this
  /// visit.
  void next(visit v) { way_.push_back(std::move(v)); }
  /// Sends it there when everything else is done: to the team first, which may
  /// still ring somebody (R52), then to agents (R17).
  void finally(visit v) {
    bool first = v.kind == entity_kind::team;
    last_.insert(first ? last_.begin() : last_.end(), std::move(v));
  }
  /// The stop that is due; null: the step is done.
  [[nodiscard]] const visit* upcoming() const {
    if (rejected_ || duplicate_)
      return nullptr;
    if (way_.empty())
      return last_.empty() ? nullptr : &last_.front();
    return named_ < way_.size() ? &way_[named_] : &way_.back();
  }
  /// Takes it off the way.
  [[nodiscard]] visit arrive();
  /// It makes no visits at all: what it is for is done without them.
  void go_nowhere();

  /// The place of the last lead that had begun to wait before the step (R11).
  [[nodiscard]] std::uint64_t last_to_wait() const { return last_to_wait_; }
  /// Leads that a mass step may still handle (R17: at most 200). Those that are
  /// taken along count, too, and may be more than are left (R54).
  [[nodiscard]] std::size_t mass_left() const { return mass_left_; }
  void count_mass_leads(std::size_t n) {
    mass_left_ -= std::min(n, mass_left_);
  }

  /// One for each lead that somebody was looked for.
  [[nodiscard]] std::vector<found_stand_in>& stand_ins() { return stand_ins_; }

private:
  const std::string& add(std::string subject, bool about_lead,
                         output_body body);
  void serve_waiting_at_the_end();

  team_state* team_;
  const input_event* event_ = nullptr;
  const raw_record* record_ = nullptr;
  const decoder* reader_;
  std::string timer_;
  std::string cause_;
  instant now_, wall_, started_;
  std::vector<output> outputs_;
  /// Still to be made, the next one last; from `named_` on, what this visit has
  /// named, the next one first.
  std::vector<visit> way_;
  std::size_t named_ = 0;
  std::vector<visit> last_; /// made after all of those
  std::optional<dead_letter> rejected_;
  std::vector<late_dead_letter> late_;
  std::vector<found_stand_in> stand_ins_;
  bool duplicate_ = false;
  int unfair_choices_ = 0;
  std::size_t mass_left_;
  std::uint64_t last_to_wait_;
};

/// The first stop of a record's step: whose event it is (R44: in whose window
/// it is remembered).
[[nodiscard]] visit first_visit(const input_body& body);

/// An entity during a visit: readable, and changed by records only. The team
/// hears of every change.
///
/// An entity whose time is over (R15) reads as an empty one. It is forgotten
/// with its first change, so a step that is rejected or a duplicate changes
/// nothing.
template <class State>
class visited {
public:
  visited(step& s, const std::string& id)
    : team_{&s.team()}, id_{id}, live_{&s.team().cell_of<State>(id)} {
    if constexpr (kind_of<State> != entity_kind::agent)
      gone_ = forgotten(live_->state, s.now());
  }
  [[nodiscard]] const std::string& id() const { return id_; }
  const State& operator*() const { return gone_ ? nothing() : live_->state; }
  const State* operator->() const { return &**this; }

  template <class Record>
  void change(const Record& r) {
    forget_if_due();
    apply(live_->state, r);
    team_->touch(kind_of<State>, id_, live_->marks);
  }
  void forget_if_due() {
    if (std::exchange(gone_, false))
      team_->forget({kind_of<State>, id_});
  }

private:
  static const State& nothing() {
    static const State none;
    return none;
  }

  team_state* team_;
  const std::string& id_;
  cell<State>* live_;
  bool gone_ = false;
};

using visited_lead = visited<lead_state>;
using visited_agent = visited<agent_state>;
using visited_call = visited<call_state>;

} // namespace fairlead
