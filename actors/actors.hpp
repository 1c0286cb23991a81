#pragma once

#include "actors/core/step/step.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <utility>
#include <vector>

/// All actors of a partition on one page: who spawns whom, which messages each
/// of them takes, and who answers.
///
///   partition_actors            plain code, one per partition
///      │ spawns; run_step, let_go
///      ▼
///   supervisor                  one per partition
///    │  ▲  │ spawns
///    │  │  └──▶ lead_actor, agent_actor, routing_actor
///    │  │ baton, step_lost
///    ▼  │ visit + baton
///   lead ◀──▶ agent ◀──▶ routing
///
/// Nobody is asked and nobody answers: each message hands the step on, and the
/// last one hands it home. One step is out at a time, so one message is on its
/// way at a time. What is missing here by intent: requests, timers (they are
/// inputs of a batch), monitors (partition_actors.cpp says why).
///
/// The handles are typed: what an actor does not take can't be sent to it. That
/// costs nothing in CAF 0.17.6, where a hop takes the same 1821 instructions
/// through a typed and an untyped handle.
namespace fairlead {

class directory;

/// Begins a step's way: sent to the supervisor by who makes the batch's steps.
struct run_step {
  step* begun;
};

/// What these entities' and teams' actors were spawned for has been let go of
/// since the last batch: they are free for others.
struct let_go {
  std::vector<std::string> teams;
  std::vector<std::pair<std::string, entity_name>> entities; /// with their team
};

/// A step on its way. Whoever has got it from a message may read and change the
/// step and the team's state that it carries, and then has the directory hand
/// it on; nobody else may. Nobody keeps it, so a step has one holder at a time
/// and the state needs no lock.
///
/// It only points: the step belongs to the partition and the directory to the
/// supervisor, both outlive the message, and all of them stay on one thread.
struct baton {
  step* held;
  directory* actors;
};

/// The step can't go on: what the core threw.
struct step_lost {
  std::string what;
};

/// The actor of a lead, an agent or a call, whichever the visit names. It is
/// not told before whose actor it is, and remembers nothing: the visit names
/// the entity, and the team in the step has its state.
using entity_actor = caf::typed_actor<
  // Decides what the visit asks for, and hands the step on.
  caf::reacts_to<visit, baton>>;

/// One per partition, the parent of its entity actors.
using supervisor_actor = caf::typed_actor<
  // A step begins: to the actor that it visits first.
  caf::reacts_to<run_step>,
  // A step comes by: the team's own visits are decided here. If it has no visit
  // left it is home.
  caf::reacts_to<baton>,
  // A step does not come home.
  caf::reacts_to<step_lost>,
  // Between batches.
  caf::reacts_to<let_go>>;

} // namespace fairlead

// Messages stay in this process; none needs a serial form.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::run_step)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::let_go)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::visit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::baton)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::step_lost)
