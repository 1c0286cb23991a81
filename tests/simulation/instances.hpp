#pragma once

#include "tests/simulation/world.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace fairlead::test {

// For the files of the world alone: what stands behind its instances.

/// One partition on one instance, from its restore to the next rebalance.
struct world::worker {
  worker(world& w, instance& i, std::int32_t number,
         memory::group_metadata group);

  instance& owner;
  std::int32_t generation;
  memory::partition_log log;
  partition part;
  std::unique_ptr<partition_actors> actors; /// null: on the spot
  std::optional<runner> loop;
};

/// One process of the service.
struct world::instance {
  int number = 0;
  bool up = true;
  bool busy = false; // somewhere inside a turn
  bool deaf = false; // has not heard of the last rebalance: a zombie
  memory::group_metadata group;
  std::vector<std::unique_ptr<worker>> workers;
};

} // namespace fairlead::test
