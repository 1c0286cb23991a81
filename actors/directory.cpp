#include "actors/directory.hpp"

#include "actors/core/invariant.hpp"
#include "actors/entity_actors.hpp"

#include <caf/send.hpp>

#include <utility>

namespace fairlead {
namespace {

/// Free actors that are kept, of each kind: what a long batch lets go of.
constexpr std::size_t free_max = 1000;

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

void directory::hand_on(step& s) {
  const baton b{&s, this};
  const auto* next = s.upcoming();
  if (next == nullptr || !has_actor(next->kind))
    return caf::anon_send(supervisor_actor{&parent_}, b);
  const auto& to = actor_for(s.team().id(), *next);
  caf::anon_send(to, s.arrive(), b);
}

void directory::lose(std::string what) {
  caf::anon_send(supervisor_actor{&parent_}, step_lost{std::move(what)});
}

const entity_actor& directory::actor_for(const std::string& team,
                                         const visit& v) {
  auto& actor = teams_[team].of(v.kind)[v.id];
  if (actor)
    return actor;
  auto& free = free_.of(v.kind);
  if (free.empty()) {
    actor = spawn(v.kind);
  } else {
    actor = std::move(free.back());
    free.pop_back();
  }
  return actor;
}

/// The supervisor is the parent, whoever holds the step that needs the actor.
entity_actor directory::spawn(entity_kind k) {
  if (k == entity_kind::lead)
    return parent_.spawn<lead_actor, caf::lazy_init>();
  if (k == entity_kind::agent)
    return parent_.spawn<agent_actor, caf::lazy_init>();
  return parent_.spawn<routing_actor, caf::lazy_init>();
}

void directory::let_go(const std::string& team, const entity_name& e) {
  auto t = teams_.find(team);
  if (t == teams_.end() || !has_actor(e.kind))
    return;
  auto& actors = t->second.of(e.kind);
  if (auto it = actors.find(e.id); it != actors.end()) {
    free(e.kind, std::move(it->second));
    actors.erase(it);
  }
}

void directory::let_go(const std::string& team) {
  auto t = teams_.find(team);
  if (t == teams_.end())
    return;
  for (auto k : {entity_kind::agent, entity_kind::lead, entity_kind::call})
    for (auto& [id, actor] : t->second.of(k))
      free(k, std::move(actor));
  teams_.erase(t);
}

void directory::free(entity_kind k, entity_actor actor) {
  if (auto& free = free_.of(k); free.size() < free_max)
    free.push_back(std::move(actor));
}

} // namespace fairlead
