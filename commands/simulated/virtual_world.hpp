#pragma once

#include "actors/partition/partition.hpp"
#include "messages/records.hpp"
#include "messages/time.hpp"

#include <functional>
#include <memory>

namespace fairlead {

/// One partition and its actors in virtual time: records are handed in, the
/// clock is moved by hand, and what is written is handed out at once.
class virtual_world {
public:
  using sink = std::function<void(const new_record&)>;
  explicit virtual_world(sink written);
  ~virtual_world();

  [[nodiscard]] instant now() const { return clock_; }
  /// Moves the clock to `to`, unless it is there already; timers that are due
  /// by then fire on the way, each at its time.
  void advance(instant to);
  /// Moves the clock to the record's timestamp, unless it is later already,
  /// and takes the record. Timers that are due at that very time fire after it.
  void take(const raw_record& r);

private:
  void fire_timers(instant to, bool inclusive);
  void run(const batch& b);

  struct impl;
  std::unique_ptr<impl> impl_;
  sink written_;
  instant clock_;
  input_positions positions_ = no_positions;
};

} // namespace fairlead
