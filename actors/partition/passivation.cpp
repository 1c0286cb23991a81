// What a partition lets go of: entities and teams that have not been used for
// long (only their bytes stay), and what R15 forgets (nothing stays).

#include "actors/core/state/snapshot.hpp"
#include "actors/partition/live_team.hpp"
#include "actors/partition/partition.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// R15, as far as a snapshot tells. Whatever still waits for a time is kept:
/// held outreach, parked events, a call that goes on.
bool may_be_forgotten(entity_kind kind, std::string_view value, instant now) {
  if (kind == entity_kind::lead) {
    auto head = stored_head(value);
    return !head.has_held && forgotten(head, now);
  }
  if (kind != entity_kind::call || stored_due(kind, value))
    return false;
  call_state call;
  fairlead::restore(value, call);
  return forgotten(call, now);
}

} // namespace

void partition::drop(const std::string& team) {
  auto it = teams_.find(team);
  live_ -= it->second->counted;
  teams_.erase(it);
  store_.forget_if_empty(team);
  dropped_.push_back(team);
}

void partition::passivate() {
  for (const auto& id : batch_teams_) {
    auto& t = *teams_.at(id);
    live_ += t.state.live() - t.counted;
    t.counted = t.state.live();
  }
  passivate_teams();
  passivate_entities();
}

void partition::passivate_teams() {
  if (teams_.size() <= settings_.live_teams_max)
    return;
  std::vector<std::pair<std::uint64_t, std::string>> by_age;
  for (const auto& [id, t] : teams_)
    by_age.emplace_back(t->batch, id);
  std::sort(by_age.begin(), by_age.end());
  by_age.resize(by_age.size() - settings_.live_teams_max / 2);
  for (const auto& [unused, id] : by_age)
    drop(id);
}

void partition::passivate_entities() {
  if (live_ <= settings_.live_max)
    return;
  // What the latest batches used stays longest. Down to the half, so that the
  // next look at everything is a while away.
  ages by_age{};
  for (const auto& [unused, t] : teams_)
    t->state.count_ages(batch_no_, by_age);
  std::uint64_t keep = 0; // batches
  for (std::size_t kept = by_age[0];
       keep + 1 < by_age.size() && kept <= settings_.live_max / 2; ++keep)
    kept += by_age[keep + 1];
  auto before = batch_no_ + 1 - std::min(keep, batch_no_ + 1);
  for (auto& [id, t] : teams_) {
    t->state.passivate(before, [&, &team = id](const entity_name& e) {
      gone_.emplace_back(team, e);
    });
    live_ -= t->counted - t->state.live();
    t->counted = t->state.live();
  }
}

void partition::sweep() {
  // R15: what is forgotten is found out when it is looked up; this only gives
  // the bytes back, a few snapshots in each batch: more than a step writes.
  std::vector<std::pair<std::string, entity_name>> found;
  auto now = batch_.wall;
  store_.sweep(
    settings_.sweep_per_batch + 4 * steps_in_batch_,
    [now](entity_kind kind, std::string_view value) {
      return may_be_forgotten(kind, value, now);
    },
    [&found](const state_name& name, std::string_view) {
      found.emplace_back(name.team,
                         entity_name{name.kind, std::string{name.id}});
    });
  for (const auto& [team, e] : found) {
    auto& t = open_team(team).state;
    // A team whose own clock is behind still knows the entity.
    if (e.kind == entity_kind::lead) {
      auto h = t.head(e.id);
      if (!h || !forgotten(*h, std::min(now, t.counters().now)))
        continue;
    } else if (!forgotten(t.call_cell(e.id).state,
                          std::min(now, t.counters().now))) {
      continue;
    }
    t.forget(e);
    take_timers(t);
  }
}

} // namespace fairlead
