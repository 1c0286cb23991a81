#pragma once

#include "actors/partition/partition.hpp"

#include <memory>

namespace fairlead {

class inline_scheduler;

/// The actors of one partition: its batches' steps travel through them. One
/// thread calls, and the actors run in that call: a step has one holder at a
/// time, so other threads would only hand each other the work and the memory.
/// Partitions run side by side, each with actors of its own.
class partition_actors {
public:
  explicit partition_actors(partition& p);
  /// For tests: in the system of their own scheduler.
  partition_actors(partition& p, inline_scheduler& scheduler);
  ~partition_actors();
  partition_actors(const partition_actors&) = delete;
  partition_actors& operator=(const partition_actors&) = delete;

  /// Runs the batch's steps until it is complete or has failed (see
  /// partition::failure()).
  void run(batch b);

  /// Between batches, when nothing has come for a while: the partition rests,
  /// and its actors end.
  void rest();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead
