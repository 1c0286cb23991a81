#include "actors/partition/forgetting.hpp"

#include "actors/core/state/snapshot.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// What still waits for a time is kept: held outreach, parked events, a call
/// that goes on.
bool looks_forgotten(entity_kind kind, std::string_view value, instant now) {
  if (kind == entity_kind::lead) {
    auto head = stored_head(value);
    return !head.has_held && forgotten(head, now);
  }
  if (kind != entity_kind::call || stored_due(kind, value))
    return false;
  call_state call;
  restore(value, call);
  return forgotten(call, now);
}

} // namespace

std::vector<std::pair<std::string, entity_name>>
look_for_forgotten(snapshot_store& store, std::size_t max, instant now) {
  std::vector<std::pair<std::string, entity_name>> found;
  store.sweep(
    max,
    [now](entity_kind kind, std::string_view value) {
      return looks_forgotten(kind, value, now);
    },
    [&found](const state_name& name, std::string_view) {
      found.emplace_back(name.team,
                         entity_name{name.kind, std::string{name.id}});
    });
  return found;
}

bool forget(team_state& team, const entity_name& e, instant now) {
  auto by = std::min(now, team.counters().now);
  if (e.kind == entity_kind::lead) {
    auto head = team.head(e.id);
    if (!head || !forgotten(*head, by))
      return false;
  } else if (!forgotten(team.call_cell(e.id).state, by)) {
    return false;
  }
  team.forget(e);
  return true;
}

} // namespace fairlead
