#include "actors/partition/live_teams.hpp"

#include "actors/core/state/snapshot.hpp"

#include <algorithm>

namespace fairlead {

live_teams::live_teams(snapshot_store& store, const partition_settings& bounds)
  : store_{store}, bounds_{bounds} {
}

live_teams::~live_teams() = default;

void live_teams::begin_batch() {
  ++batch_;
  opened_.clear();
}

team_state& live_teams::open(const std::string& id) {
  auto& t = teams_[id];
  if (!t)
    t = std::make_unique<live_team>(store_, id);
  if (std::exchange(t->batch, batch_) != batch_) {
    opened_.push_back(id);
    t->state.begin_batch(batch_);
  }
  return t->state;
}

instant live_teams::now_of(const std::string& id) const {
  if (auto it = teams_.find(id); it != teams_.end())
    return it->second->state.counters().now;
  team_counters c;
  if (auto bytes = store_.find(store_.part_of(id), entity_kind::team, ""))
    restore(*bytes, c);
  return c.now;
}

const std::vector<std::string>& live_teams::opened() {
  std::sort(opened_.begin(), opened_.end());
  return opened_;
}

void live_teams::drop(const std::string& id) {
  auto it = teams_.find(id);
  if (it == teams_.end())
    return;
  live_ -= it->second->counted;
  teams_.erase(it);
  store_.forget_if_empty(id);
  dropped_.push_back(id);
}

void live_teams::let_go_of_all() {
  while (!teams_.empty())
    drop(std::string{teams_.begin()->first});
  opened_.clear();
}

void live_teams::passivate() {
  for (const auto& id : opened_) {
    auto& t = *teams_.at(id);
    live_ += t.state.live() - t.counted;
    t.counted = t.state.live();
  }
  passivate_teams();
  passivate_entities();
}

void live_teams::passivate_teams() {
  if (teams_.size() <= bounds_.live_teams_max)
    return;
  std::vector<std::pair<std::uint64_t, std::string>> by_age;
  for (const auto& [id, t] : teams_)
    by_age.emplace_back(t->batch, id);
  std::sort(by_age.begin(), by_age.end());
  by_age.resize(by_age.size() - bounds_.live_teams_max / 2);
  for (const auto& [unused, id] : by_age)
    drop(id);
}

void live_teams::passivate_entities() {
  if (live_ <= bounds_.live_max)
    return;
  // What the latest batches used stays longest.
  ages by_age{};
  for (const auto& [unused, t] : teams_)
    t->state.count_ages(batch_, by_age);
  std::uint64_t keep = 0; // batches
  for (std::size_t kept = by_age[0];
       keep + 1 < by_age.size() && kept <= bounds_.live_max / 2; ++keep)
    kept += by_age[keep + 1];
  auto before = batch_ + 1 - std::min(keep, batch_ + 1);
  for (auto& [id, t] : teams_) {
    t->state.passivate(
      before, [&, &team = id](const entity_name& e) { note_gone(team, e); });
    live_ -= t->counted - t->state.live();
    t->counted = t->state.live();
  }
}

void live_teams::note_gone(const std::string& team, entity_name e) {
  gone_.emplace_back(team, std::move(e));
}

std::vector<std::pair<std::string, entity_name>> live_teams::take_gone() {
  return std::exchange(gone_, {});
}

std::vector<std::string> live_teams::take_dropped() {
  return std::exchange(dropped_, {});
}

} // namespace fairlead
