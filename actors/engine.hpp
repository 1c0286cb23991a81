#pragma once

#include "actors/partition/partition.hpp"

#include <functional>
#include <memory>

namespace caf {
class actor_system;
}

namespace fairlead {

/// Runs batches on a partition through its supervisor and the actors. One
/// thread calls, and the actors run in that call: a step has one holder at a
/// time, so other threads would only hand each other the work and the memory.
/// Partitions run side by side, each with actors of its own.
class engine {
public:
  explicit engine(partition& p);
  /// For tests: the actors live in that system, and `drive` runs them until
  /// there is no message left, in whatever order.
  engine(caf::actor_system& system, partition& p, std::function<void()> drive);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Runs the batch's steps until it is complete or has failed (see
  /// partition::failure()).
  void run(batch b);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead
