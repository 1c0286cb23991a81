#include "actors/directory.hpp"

#include "actors/core/invariant.hpp"
#include "actors/entity_actors.hpp"
#include "actors/shell.hpp"

#include <caf/send.hpp>

#include <utility>

namespace fairlead {
namespace {

/// Free actors that are kept, of each kind: what a long batch lets go of.
constexpr std::size_t free_max = 1000;

caf::actor spawn(caf::event_based_actor& host, const visit& v) {
  if (v.kind == entity_kind::lead)
    return spawn_shell<lead_actor, caf::lazy_init>(host, v.id);
  if (v.kind == entity_kind::agent)
    return spawn_shell<agent_actor, caf::lazy_init>(host, v.id);
  return spawn_shell<routing_actor, caf::lazy_init>(host, v.id);
}

} // namespace

bool has_actor(entity_kind k) {
  return k == entity_kind::agent || k == entity_kind::lead
         || k == entity_kind::call;
}

template <class T>
T& directory::of_kinds<T>::of(entity_kind k) {
  require(has_actor(k), "a visit to something without an actor");
  return k == entity_kind::agent  ? agents
         : k == entity_kind::lead ? leads
                                  : calls;
}

const caf::actor& directory::actor_for(caf::event_based_actor& host,
                                       const std::string& team,
                                       const visit& v) {
  auto& actor = teams_[team].of(v.kind)[v.id];
  if (actor)
    return actor;
  auto& free = free_.of(v.kind);
  if (free.empty()) {
    actor = spawn(host, v);
  } else {
    actor = std::move(free.back());
    free.pop_back();
    host.send(actor, act_for{v.id});
  }
  return actor;
}

void directory::let_go(caf::event_based_actor& host, const std::string& team,
                       const entity_name& e) {
  auto t = teams_.find(team);
  if (t == teams_.end() || !has_actor(e.kind))
    return;
  auto& actors = t->second.of(e.kind);
  auto it = actors.find(e.id);
  if (it == actors.end())
    return;
  if (auto& free = free_.of(e.kind); free.size() < free_max)
    free.push_back(std::move(it->second));
  else
    host.send(it->second, end_acting{});
  actors.erase(it);
}

void directory::end_team(caf::event_based_actor& host,
                         const std::string& team) {
  auto t = teams_.find(team);
  if (t == teams_.end())
    return;
  t->second.each([&host](const auto& x) { host.send(x.second, end_acting{}); });
  teams_.erase(t);
}

void directory::end_all(caf::event_based_actor& host) {
  while (!teams_.empty())
    end_team(host, std::string{teams_.begin()->first});
  free_.each([&host](const auto& actor) { host.send(actor, end_acting{}); });
  free_ = {};
}

} // namespace fairlead
