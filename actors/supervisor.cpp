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

caf::behavior supervisor::make_behavior(partition* p,
                                        std::function<void()> done) {
  partition_ = p;
  done_ = std::move(done);
  self_->set_down_handler([this](caf::down_msg& d) {
    auto it = names_.find(d.source.id());
    if (it == names_.end())
      return;
    auto child = children_.find(it->second);
    if (child != children_.end() && child->second.id() == d.source.id())
      children_.erase(child);
    names_.erase(it);
  });
  return {[this](run_batch) {
            tidy();
            next_step();
          },
          [this](run_next) { next_step(); },
          [this](baton& b) { travel(std::move(b)); },
          [this](const baton_lost& l) { lost(l.what); },
          [this](stand_down) {
            for (const auto& [unused, child] : children_)
              self_->send(child, passivate{});
            children_.clear();
            self_->quit();
          }};
}

void supervisor::next_step() {
  step* s = nullptr;
  try {
    s = partition_->next_step();
  } catch (const std::exception& e) {
    return lost(e.what());
  }
  if (s == nullptr)
    return done_();
  travel(baton{s, self_});
}

void supervisor::travel(baton b) {
  try {
    // The team's own visits are decided here; they have no actor of their own.
    while (const auto* v = b.held().upcoming()) {
      if (v->kind != entity_kind::counters) {
        const auto& next
          = actor_for(b.held().team().id(), entity_name{v->kind, v->id});
        return self_->send(next, std::move(b));
      }
      auto own = b.held().arrive();
      decide_team(b.held(), own);
    }
    b.release();
    partition_->finish();
  } catch (const std::exception& e) {
    b.release();
    return lost(e.what());
  }
  // By message, not by a call: a long batch must not starve the scheduler.
  self_->send(self_, run_next{});
}

void supervisor::lost(const std::string& what) {
  partition_->fail(what);
  done_();
}

void supervisor::tidy() {
  auto end = [this](auto it) {
    self_->send(it->second, passivate{});
    return children_.erase(it);
  };
  for (const auto& gone : partition_->take_gone())
    if (auto it = children_.find(gone); it != children_.end())
      end(it);
  for (const auto& team : partition_->take_dropped_teams()) {
    auto it = children_.lower_bound({team, {entity_kind::counters, ""}});
    while (it != children_.end() && it->first.first == team)
      it = end(it);
  }
}

const caf::actor& supervisor::actor_for(const std::string& team,
                                        const entity_name& e) {
  std::pair whose{team, e};
  if (auto it = children_.find(whose); it != children_.end())
    return it->second;
  constexpr auto options = caf::lazy_init + caf::monitored;
  caf::actor child;
  if (e.kind == entity_kind::lead)
    child = spawn_shell<lead_actor, options>(*self_, e.id);
  else if (e.kind == entity_kind::agent)
    child = spawn_shell<agent_actor, options>(*self_, e.id);
  else if (e.kind == entity_kind::call)
    child = spawn_shell<routing_actor, options>(*self_, e.id);
  require(static_cast<bool>(child), "a visit to something without an actor");
  names_.emplace(child.id(), whose);
  return children_.emplace(std::move(whose), std::move(child)).first->second;
}

} // namespace fairlead
