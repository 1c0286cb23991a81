#pragma once

#include "actors/partition/partition.hpp"

namespace fairlead {

/// A team that is decoded, with what the partition counts about it. For the
/// partition's own files.
struct partition::live_team {
  live_team(snapshot_store& store, const std::string& id)
    : snapshots{store, id}, state{id, snapshots} {}
  team_snapshots snapshots;
  team_state state;
  std::uint64_t batch = 0; /// the last one that it took part in
  std::size_t counted = 0; /// its part of partition::live_
};

} // namespace fairlead
