#pragma once

#include "actors/core/state/team.hpp"
#include "messages/inputs.hpp"
#include "messages/outputs.hpp"
#include "messages/records.hpp"
#include "messages/wire/decode.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {

// -- what an actor is asked to do when a step visits it -----------------------

/// To whoever the step's event is about: decide on it.
struct handle_event {};
/// To whoever a due timer belongs to.
struct handle_timer {};

/// To whoever a timer belongs to whose step is lost again and again: end what
/// it was for, in the way that asks least.
struct timer_given_up {};

/// To a lead: a transfer has come, see that there is an owner (R32, R17).
struct own_for_transfer {};
/// To a lead: do what an outcome asks for (R39).
struct outcome_due {
  std::string call_id;
  outcome_tag tag;
  std::optional<outcome> corrects; /// the outcome that stood before
  bool only_tell = false;          /// its actions have run before (R33)
  bool refused_already = false;    /// opt_out: what was held is refused
  std::optional<instant> until;
  std::optional<std::string> answered_by; /// agent id
  std::optional<group_ref> group;         /// R21, of the routing
  call_ledger ledger;
};
/// To a lead: its owner has gone, or everything is handed on (R17).
struct assign_anew {
  bool open = false; /// every open lead, not only one with open tasks
};
/// To a lead that waits: try again (R11).
struct try_again {};
/// To a lead: somebody with its phone or e-mail has opted out (R18).
struct refuse_held {};
/// To a lead: somebody with its phone or e-mail has opted in again (R18).
struct opt_in_again {};

/// To an agent: a turn of theirs was used (R6, R7).
struct turn_used {};
/// To an agent: a leg of theirs rings (R26).
struct leg_rings {
  std::string call_id;
};
/// How a leg of theirs ended, as far as the agent is concerned.
enum class leg_close : std::uint8_t { missed, neutral };
struct leg_closed {
  leg_close how = leg_close::neutral;
  std::int64_t auto_unavailable_after = 0; /// R35, R37
  std::string call_id;
};
/// To an agent: they have answered (a late answer too, R35).
struct has_answered {};
/// To an agent: they won the call.
struct call_taken {
  std::string call_id;
};
/// To an agent: their call is over.
struct call_over {
  std::string call_id;
  std::int64_t wrap_up_s = 0;
};
/// To an agent: asked to cover for somebody off duty (R41).
struct cover_requested {};

/// To a call: the lead has its owner, start to ring.
struct begin_routing {};
/// To a call: nothing rings any more, go on with the cascade.
struct go_on {};
/// To a call: the routing is over, whoever is left (R24, R30).
struct routing_over {
  miss_reason why = miss_reason::no_answer;
};
/// To a call: a bridge failed, ring again whom that win had cancelled (R33).
struct ring_again {
  std::string failed_leg;
};
/// To a call: apply what was parked, one after the other (R45).
struct apply_parked {};
/// To a call: the agent can't be rung any more (R29).
struct target_gone {
  std::string agent_id;
};
/// To a call: what the lead did about its outcome.
struct keep_ledger {
  call_ledger ledger;
};

/// To the team: mass work has come up (R17), and the retry that follows a
/// roster event (R11).
struct work_on {
  std::optional<mass_work> added;
};

using errand
  = std::variant<handle_event, handle_timer, timer_given_up, own_for_transfer,
                 outcome_due, assign_anew, try_again, refuse_held, opt_in_again,
                 turn_used, leg_rings, leg_closed, has_answered, call_taken,
                 call_over, cover_requested, begin_routing, go_on, routing_over,
                 ring_again, apply_parked, target_gone, keep_ledger, work_on>;

/// One stop on a step's way: which entity's actor, and what for.
struct visit {
  entity_kind kind = entity_kind::team;
  std::string id;
  errand what;
};

/// A parked record that nobody will ever ask for again (R45).
struct late_dead_letter {
  raw_record record;
  dead_letter why;
  std::size_t after = 0; /// so many outputs of the step stand before it
};

/// One step on its way through the actors (design: the baton): what is
/// handled, the team's working state, and what has come of it so far. One
/// holder at a time; it is moved, never shared.
///
/// Visits are made depth first: what an actor sends the step to comes before
/// what was still to do. So outputs stand in the order in which they are
/// decided, which is the contract's order.
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

  /// Adds an output; returns its id, which holds until the next one.
  const std::string& emit(std::string lead_id, std::string subject,
                          output_body body);
  /// The record is a dead letter: nothing of the step remains.
  void reject(dead_letter_reason reason, std::string message);
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

  /// Sends the step on: these visits come next, in this order, before what
  /// was still to do.
  void next(std::vector<visit> visits);
  void next(visit v);
  /// The stop that is due, or nothing: the step is done.
  [[nodiscard]] const visit* upcoming() const {
    return rejected_ || duplicate_ || way_.empty() ? nullptr : &way_.back();
  }
  /// Takes it off the way.
  [[nodiscard]] visit arrive();

  /// Leads that a mass step may still handle (R17: at most 200).
  [[nodiscard]] std::size_t mass_left() const { return mass_left_; }
  void count_mass_lead() { --mass_left_; }

private:
  team_state* team_;
  const input_event* event_ = nullptr;
  const raw_record* record_ = nullptr;
  const decoder* reader_;
  std::string timer_;
  std::string cause_;
  instant now_, wall_, started_;
  std::vector<output> outputs_;
  std::vector<visit> way_; /// the next stop is the last
  std::optional<dead_letter> rejected_;
  std::vector<late_dead_letter> late_;
  bool duplicate_ = false;
  int unfair_choices_ = 0;
  std::size_t mass_left_;
};

/// The first stop of a record's step: whose event it is (R44: in whose window
/// it is remembered).
[[nodiscard]] visit first_visit(const input_body& body);

/// An entity as its actor holds it during a visit: readable, and changed by
/// records only. The team hears of every change.
template <class State>
class held {
public:
  held(step& s, entity_kind kind, const std::string& id, cell<State>& live)
    : team_{&s.team()}, kind_{kind}, id_{id}, live_{&live} {}
  [[nodiscard]] const std::string& id() const { return id_; }
  const State& operator*() const { return live_->state; }
  const State* operator->() const { return &live_->state; }
  template <class Record>
  void change(const Record& r) {
    apply(live_->state, r);
    team_->touch(kind_, id_, live_->marks);
  }

private:
  team_state* team_;
  entity_kind kind_;
  const std::string& id_;
  cell<State>* live_;
};

using held_lead = held<lead_state>;
using held_agent = held<agent_state>;
using held_call = held<call_state>;

} // namespace fairlead
