#pragma once

#include "actors/partition.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace caf {
class actor_system;
}

namespace fairlead {

/// The worker threads that all actors of the program share. Owns CAF's actor
/// system: scheduler policy `sharing`, no configuration from outside.
class actor_threads {
public:
  /// `workers` 0: as many as there are cores.
  explicit actor_threads(std::size_t workers);
  ~actor_threads();
  actor_threads(const actor_threads&) = delete;
  actor_threads& operator=(const actor_threads&) = delete;
  [[nodiscard]] caf::actor_system& system();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Runs batches on a partition through its supervisor and the actors. One
/// thread calls; the partition is touched by nobody else between calls.
class engine {
public:
  /// `wait_until` blocks until the predicate holds, which an actor thread
  /// makes true; the default waits on a condition variable, a test drives its
  /// own scheduler instead.
  engine(caf::actor_system& system, partition& p);
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
