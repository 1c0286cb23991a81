#pragma once

#include "actors/core/state/team.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace fairlead {

/// One timer of a partition. An entity has one at a time: its next.
struct due_timer {
  instant due;
  std::string team;
  entity_name entity;
};

/// Orders as R1 fires them: due time, team, what it belongs to.
struct by_due_time {
  bool operator()(const due_timer& a, const due_timer& b) const {
    if (a.due != b.due)
      return a.due < b.due;
    if (a.team != b.team)
      return a.team < b.team;
    return by_kind_and_id{}(a.entity, b.entity);
  }
};

/// The timers of a partition: an index of what the snapshots say, nothing of
/// its own.
class timer_index {
public:
  /// The entity's next timer is due then, or it has none.
  void set(const std::string& team, const entity_name& e,
           std::optional<instant> due) {
    auto of_team = due_of_.find(team);
    if (of_team != due_of_.end()) {
      auto& has = of_team->second;
      if (auto it = has.find(e); it != has.end()) {
        if (it->second == due)
          return;
        order_.erase({it->second, team, e});
        has.erase(it);
        if (has.empty() && !due)
          due_of_.erase(of_team);
      }
    }
    if (due) {
      due_of_[team].emplace(e, *due);
      order_.insert({*due, team, e});
    }
  }
  void drop_team(const std::string& team) {
    auto it = due_of_.find(team);
    if (it == due_of_.end())
      return;
    for (const auto& [e, due] : it->second)
      order_.erase({due, team, e});
    due_of_.erase(it);
  }
  void clear() {
    due_of_.clear();
    order_.clear();
  }
  [[nodiscard]] const std::set<due_timer, by_due_time>& in_order() const {
    return order_;
  }
  [[nodiscard]] std::optional<instant> first() const {
    if (order_.empty())
      return std::nullopt;
    return order_.begin()->due;
  }

private:
  std::unordered_map<std::string,
                     std::map<entity_name, instant, by_kind_and_id>>
    due_of_;
  std::set<due_timer, by_due_time> order_;
};

} // namespace fairlead
