#pragma once

#include "actors/core/state/call.hpp"
#include "actors/core/state/team.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

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
/// Do what an outcome asks for (R39).
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
/// The owner has gone, or everything is handed on (R17).
struct assign_anew {
  bool open = false; /// every open lead, not only one with open tasks
};
/// The lead waits: try again (R11).
struct try_again {};
/// Somebody with the lead's phone or e-mail has opted out (R18).
struct refuse_held {};
/// Somebody with the lead's phone or e-mail has opted in again (R18).
struct opt_in_again {};

// -- to an agent --------------------------------------------------------------

/// A turn of theirs was used (R6, R7).
struct turn_used {};
/// A leg of theirs rings (R26).
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
/// They have answered (a late answer counts, too: R35).
struct has_answered {};
/// They have won the call.
struct call_taken {
  std::string call_id;
};
/// Their call is over.
struct call_over {
  std::string call_id;
  std::int64_t wrap_up_s = 0;
};
/// They are asked to cover for somebody off duty (R41).
struct cover_requested {};

// -- to a call ----------------------------------------------------------------

/// The lead has its owner: start to ring.
struct begin_routing {};
/// Nothing rings any more: go on with the cascade.
struct go_on {};
/// The routing is over, no matter what is left to ring (R24, R30).
struct routing_over {
  miss_reason why = miss_reason::no_answer;
};
/// A bridge failed: ring those again whom that win had cancelled (R33).
struct ring_again {
  std::string failed_leg;
};
/// Apply what was parked, one event after the other (R45).
struct apply_parked {};
/// The agent can't be rung any more (R29).
struct target_gone {
  std::string agent_id;
};
/// What the lead did about the call's outcome.
struct keep_ledger {
  call_ledger ledger;
};

// -- to the team --------------------------------------------------------------

/// Mass work has come up (R17), and the retry that follows a roster event
/// (R11).
struct work_on {
  std::optional<mass_work> added;
};

using errand
  = std::variant<handle_event, handle_timer, timer_given_up, own_for_transfer,
                 outcome_due, assign_anew, try_again, refuse_held, opt_in_again,
                 turn_used, leg_rings, leg_closed, has_answered, call_taken,
                 call_over, cover_requested, begin_routing, go_on, routing_over,
                 ring_again, apply_parked, target_gone, keep_ledger, work_on>;

/// One stop on a step's way: which entity it visits, and what for.
struct visit {
  entity_kind kind = entity_kind::team;
  std::string id; /// empty: the team
  errand what;
};

// An errand that its entity does not know fails to compile.

template <class Errand, class... Known>
concept one_of = (std::same_as<Errand, Known> || ...);

template <one_of<handle_event, work_on> Errand>
[[nodiscard]] visit to_team(Errand what) {
  return {entity_kind::team, "", std::move(what)};
}

template <one_of<handle_event, turn_used, leg_rings, leg_closed, has_answered,
                 call_taken, call_over, cover_requested>
            Errand>
[[nodiscard]] visit to_agent(std::string id, Errand what) {
  return {entity_kind::agent, std::move(id), std::move(what)};
}

template <one_of<handle_event, own_for_transfer, outcome_due, assign_anew,
                 try_again, refuse_held, opt_in_again>
            Errand>
[[nodiscard]] visit to_lead(std::string id, Errand what) {
  return {entity_kind::lead, std::move(id), std::move(what)};
}

template <one_of<handle_event, begin_routing, go_on, routing_over, ring_again,
                 apply_parked, target_gone, keep_ledger>
            Errand>
[[nodiscard]] visit to_call(std::string id, Errand what) {
  return {entity_kind::call, std::move(id), std::move(what)};
}

} // namespace fairlead
