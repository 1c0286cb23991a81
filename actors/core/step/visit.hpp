#pragma once

#include "actors/core/state/call.hpp"
#include "actors/core/state/team.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {

// What an entity is asked to do when a step visits it.

// -- to any of them -----------------------------------------------------------

/// To the entity that the step's event is about: decide on it.
struct handle_event {};
/// To the entity that a due timer belongs to.
struct handle_timer {};
/// To the entity that a timer belongs to whose step is lost again and again:
/// end what it was for, in the way that asks least.
struct timer_given_up {};

// -- to a lead ----------------------------------------------------------------

/// A transfer has come: see that there is an owner (R32, R17).
struct own_for_transfer {};
/// Whom a leg had reached: an agent, or a number that is nobody's.
struct reached {
  std::optional<std::string> agent_id;
  dialled number;
};
/// Do what an outcome asks for (R39).
struct outcome_due {
  std::string call_id;
  outcome_tag tag;                 /// as tags are compared
  std::optional<outcome> corrects; /// the outcome that stood before
  bool again = false;              /// a success, and its actions have run (R33)
  std::optional<instant> until;
  std::optional<reached> answered_by;
  std::optional<reached> instead_of; /// whose win was taken back (R33)
  std::int64_t cover_after_s = 0;    /// R41, R37
  call_ledger ledger;
  // What is behind it already: a new owner comes with visits of its own (R54).
  bool refused = false;     /// what an opt_out refuses
  bool corrected = false;   /// what the outcome before had led to
  std::size_t assigned = 0; /// how many of the `assign`
  bool owner_ensured = false;
};
/// An agent has gone (R17): a lead of theirs gets another owner, and a task of
/// theirs on somebody else's lead goes to its owner.
struct assign_anew {
  std::string agent_id;
  bool open = false; /// every open lead, not only one with open tasks
};
/// The lead waits: try again (R11).
struct try_again {};
/// The older leads that waited have been tried: it is this new one's turn
/// (R11). What its event gave is looked up once more.
struct its_turn {
  std::optional<std::string> phone, email;
};
/// The lead has another owner: now the outreach that the event is (R17, R18).
struct gate_opened {};
/// Another lead of the same person got another owner: go along (R54).
struct go_along {
  std::string with; /// that lead
  std::string agent_id;
  assign_reason reason = assign_reason::manual;
  std::optional<std::string> rule_id;
  std::string decision_id;
};
/// Somebody with one of the lead's phones and e-mails has opted out (R18).
struct refuse_held {
  /// Those, as the index has them: they cover this lead again.
  std::vector<std::string> keys;
};
/// Somebody with the lead's phone or e-mail has opted in again (R18).
struct opt_in_again {};

// -- to an agent --------------------------------------------------------------

/// A turn of theirs was used (R6, R7).
struct turn_used {};
/// A leg of theirs rings (R26).
struct leg_rings {
  std::string call_id;
  dialled number;
  std::uint64_t no = 0; /// the team's count (R20)
};
/// What the end of a leg or a call means for the agent's count of misses in a
/// row (R35).
enum class leg_close : std::uint8_t { missed, neutral, answered };
/// How a leg of theirs ended.
struct leg_closed {
  std::string call_id;
  leg_close how = leg_close::neutral;
  std::int64_t auto_unavailable_after = 0; /// R35, R37
  bool told = false; /// of this call they have been told before (R40)
};
/// They have answered too late, which counts, too (R35).
struct has_answered {};
/// They have won the call.
struct call_taken {
  std::string call_id;
};
/// Their call is over, or was none (R33).
struct call_over {
  std::string call_id;
  std::int64_t wrap_up_s = 0;
  leg_close how = leg_close::neutral;
  std::int64_t auto_unavailable_after = 0; /// as in leg_closed
  bool told = false;
};
/// They are asked to stand in for somebody who is not there (R50).
struct cover_requested {};
/// They have gone, and their leads are done with (R17): if some are left, the
/// account owner is told.
struct leads_done {};

// -- to a call ----------------------------------------------------------------

/// The lead has its owner: start to ring.
struct begin_routing {
  bool contact_read = false; /// it went into the lead (R32, R46)
};
/// Nothing rings any more: go on with the cascade.
struct go_on {};
/// The routing is over, no matter what is left to ring (R24, R30).
struct routing_over {
  miss_reason why = miss_reason::no_answer;
};
/// The routing waits: somebody may be free (R52).
struct look_again {};
/// An agent was set to unavailable, and these were told (R35, R40).
struct told_of_agent {
  std::string agent_id;
  std::vector<std::string> recipients;
};
/// A win was taken back: ring those again whom it had cancelled (R33).
struct ring_again {
  std::string failed_leg;
};
/// Apply what was parked, one event after the other (R45).
struct apply_parked {};
/// The agent can't be rung any more (R29).
struct target_gone {
  std::string agent_id;
};
/// What the lead did about the call's outcome. It replaces the ledger that the
/// errand had with it: nobody else may write it between the two.
struct keep_ledger {
  call_ledger ledger;
};
/// A task that came of the call was cancelled: a miss that stands again has
/// another one (R41, P1).
struct task_called_off {
  std::string task_id;
};

// -- to the team --------------------------------------------------------------

/// Mass work has come up (R17), and the retry that follows a roster event
/// (R11).
struct work_on {
  std::optional<mass_work> added;
};
/// Somebody may be free for a routing that waits (R52).
struct serve_waiting {};
/// The next leads of the mass work that this step does: visited one by one,
/// because each may take others along, and they count, too (R54).
struct work_goes_on {
  std::vector<mass_work> works; /// what is left; the first is under way
  std::vector<std::string> leads;
  std::size_t next = 0;
};

using errand = std::variant<
  handle_event, handle_timer, timer_given_up, own_for_transfer, outcome_due,
  assign_anew, try_again, its_turn, gate_opened, go_along, refuse_held,
  opt_in_again, turn_used, leg_rings, leg_closed, has_answered, call_taken,
  call_over, cover_requested, leads_done, begin_routing, go_on, routing_over,
  ring_again, look_again, told_of_agent, apply_parked, target_gone, keep_ledger,
  task_called_off, work_on, work_goes_on, serve_waiting>;

/// One stop on a step's way: which entity it visits, and what for.
struct visit {
  entity_kind kind = entity_kind::team;
  std::string id; /// empty: the team
  errand what;
};

// An errand that its entity does not know fails to compile.

template <class Errand, class... Known>
concept one_of = (std::same_as<Errand, Known> || ...);

template <one_of<handle_event, work_on, work_goes_on, serve_waiting> Errand>
[[nodiscard]] visit to_team(Errand what) {
  return {entity_kind::team, "", std::move(what)};
}

template <one_of<handle_event, turn_used, leg_rings, leg_closed, has_answered,
                 call_taken, call_over, cover_requested, leads_done>
            Errand>
[[nodiscard]] visit to_agent(std::string id, Errand what) {
  return {entity_kind::agent, std::move(id), std::move(what)};
}

template <
  one_of<handle_event, own_for_transfer, outcome_due, assign_anew, try_again,
         its_turn, gate_opened, go_along, refuse_held, opt_in_again>
    Errand>
[[nodiscard]] visit to_lead(std::string id, Errand what) {
  return {entity_kind::lead, std::move(id), std::move(what)};
}

template <one_of<handle_event, begin_routing, go_on, routing_over, ring_again,
                 look_again, told_of_agent, apply_parked, target_gone,
                 keep_ledger, task_called_off>
            Errand>
[[nodiscard]] visit to_call(std::string id, Errand what) {
  return {entity_kind::call, std::move(id), std::move(what)};
}

} // namespace fairlead
