#include "actors/supervisor.hpp"

#include "actors/baton.hpp"
#include "actors/core/invariant.hpp"
#include "actors/core/step.hpp"
#include "actors/entity_actors.hpp"
#include "actors/partition.hpp"
#include "actors/shell.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace fairlead {

namespace {

/// Steps without a visit to an actor that are made in one go: a long batch must
/// not starve the scheduler.
constexpr int steps_in_a_row = 64;

bool has_actor(entity_kind k) {
  return k == entity_kind::agent || k == entity_kind::lead
         || k == entity_kind::call;
}

} // namespace

caf::behavior supervisor::make_behavior(partition* p,
                                        std::function<void()> done) {
  partition_ = p;
  done_ = std::move(done);
  return {[this](run_batch) {
            tidy();
            next_steps();
          },
          [this](run_next) { next_steps(); },
          [this](baton& b) {
            if (travel(std::move(b)))
              next_steps();
          },
          [this](const baton_lost& l) { lost(l.what); },
          [this](stand_down) {
            for (auto& [unused, team] : children_)
              end_all(team);
            children_.clear();
            self_->quit();
          }};
}

void supervisor::next_steps() {
  for (int i = 0; i < steps_in_a_row; ++i) {
    step* s = nullptr;
    try {
      s = partition_->next_step();
    } catch (const std::exception& e) {
      return lost(e.what());
    }
    if (s == nullptr)
      return done_();
    if (!travel(baton{s, self_}))
      return;
  }
  self_->send(self_, run_next{});
}

/// Sends the step to its next stop; true: it has made all its visits.
bool supervisor::travel(baton b) {
  try {
    // The team's own visits are decided here; they have no actor of their own.
    while (const auto* v = b.held().upcoming()) {
      if (v->kind != entity_kind::counters) {
        const auto& next
          = actor_for(b.held().team().id(), entity_name{v->kind, v->id});
        self_->send(next, std::move(b));
        return false;
      }
      auto own = b.held().arrive();
      decide_team(b.held(), own);
    }
    b.release();
    partition_->finish();
    return true;
  } catch (const std::exception& e) {
    b.release();
    lost(e.what());
    return false;
  }
}

void supervisor::lost(const std::string& what) {
  partition_->fail(what);
  done_();
}

void supervisor::tidy() {
  for (const auto& [team, e] : partition_->take_gone()) {
    auto t = children_.find(team);
    if (t == children_.end() || !has_actor(e.kind))
      continue;
    auto& actors = t->second.of(e.kind);
    if (auto it = actors.find(e.id); it != actors.end()) {
      self_->send(it->second, passivate{});
      actors.erase(it);
    }
  }
  for (const auto& team : partition_->take_dropped_teams()) {
    auto t = children_.find(team);
    if (t == children_.end())
      continue;
    end_all(t->second);
    children_.erase(t);
  }
}

void supervisor::end_all(const team_actors& team) {
  for (const auto* kind : {&team.agents, &team.leads, &team.calls})
    for (const auto& [unused, child] : *kind)
      self_->send(child, passivate{});
}

supervisor::team_actors::by_id& supervisor::team_actors::of(entity_kind k) {
  require(has_actor(k), "a visit to something without an actor");
  return k == entity_kind::agent  ? agents
         : k == entity_kind::lead ? leads
                                  : calls;
}

const caf::actor& supervisor::actor_for(const std::string& team,
                                        const entity_name& e) {
  auto& child = children_[team].of(e.kind)[e.id];
  if (child)
    return child;
  if (e.kind == entity_kind::lead)
    child = spawn_shell<lead_actor, caf::lazy_init>(*self_, e.id);
  else if (e.kind == entity_kind::agent)
    child = spawn_shell<agent_actor, caf::lazy_init>(*self_, e.id);
  else
    child = spawn_shell<routing_actor, caf::lazy_init>(*self_, e.id);
  return child;
}

} // namespace fairlead
