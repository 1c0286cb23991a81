#pragma once

#include "actors/core/state/team.hpp"
#include "actors/partition/settings.hpp"
#include "actors/partition/snapshot_store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// The teams of a partition that are live: decoded, with those of their
/// entities that steps have asked for. They stay so between batches. Beyond the
/// bounds, what has not been used for the longest time is let go of
/// (passivated): its bytes stay in the store, and it is decoded again when a
/// step asks for it. A bound costs speed and never changes a decision.
class live_teams {
public:
  /// Of the settings, `live_max` and `live_teams_max` count.
  live_teams(snapshot_store& store, const partition_settings& bounds);
  ~live_teams();
  live_teams(const live_teams&) = delete;
  live_teams& operator=(const live_teams&) = delete;

  /// From here on, what is opened is used by another batch.
  void begin_batch();
  /// The team's state, decoded if it is not live. It stays where it is until
  /// the team is dropped.
  [[nodiscard]] team_state& open(const std::string& id);
  /// When its last step was, without making it live.
  [[nodiscard]] instant now_of(const std::string& id) const;
  /// The teams that the batch has opened, by id, until the next one begins.
  [[nodiscard]] const std::vector<std::string>& opened();
  /// The batch stands in the log: brings what is beyond a bound down to half of
  /// it, so that the next look at everything is a while away.
  void passivate();
  /// Between batches, when nothing has come for a while: lets go of all teams.
  void let_go_of_all();
  /// Forgets what is decoded of a team, committed or not.
  void drop(const std::string& id);

  /// The entity is not live, so its actor is free.
  void note_gone(const std::string& team, entity_name e);
  /// What has been let go of since the last call: entities, and whole teams.
  [[nodiscard]] std::vector<std::pair<std::string, entity_name>> take_gone();
  [[nodiscard]] std::vector<std::string> take_dropped();

private:
  struct live_team {
    live_team(snapshot_store& store, const std::string& id)
      : snapshots{store, id}, state{id, snapshots} {}
    team_snapshots snapshots;
    team_state state;
    std::uint64_t batch = 0; /// the last one that it took part in
    std::size_t counted = 0; /// its part of live_
  };

  void passivate_teams();
  void passivate_entities();

  snapshot_store& store_;
  const partition_settings& bounds_;
  std::map<std::string, std::unique_ptr<live_team>> teams_;
  std::size_t live_ = 0; /// entities of all teams, at the last commit
  std::uint64_t batch_ = 0;
  std::vector<std::string> opened_;
  std::vector<std::pair<std::string, entity_name>> gone_;
  std::vector<std::string> dropped_;
};

} // namespace fairlead
