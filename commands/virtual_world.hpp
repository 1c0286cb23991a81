#pragma once

#include "actors/partition/partition.hpp"
#include "messages/records.hpp"
#include "messages/time.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead {

/// One partition in virtual time (design, `simulate`): records are handed in,
/// the clock is moved by hand, what is written is handed out at once.
class virtual_world {
public:
  using sink = std::function<void(const new_record&)>;
  /// `with_actors`: through the actors, as in the service; else on the spot.
  virtual_world(sink written, bool with_actors);
  ~virtual_world();

  [[nodiscard]] instant now() const { return clock_; }
  /// The clock runs up to `t`; timers due before it fire on the way, with
  /// `inclusive` those due at it, too.
  void advance(instant t, bool inclusive);
  /// The clock runs up to the record's timestamp, if that is later, and the
  /// record is taken.
  void take(raw_record r);
  [[nodiscard]] const partition& part() const;

private:
  void run(batch b);

  struct impl;
  std::unique_ptr<impl> impl_;
  sink written_;
  instant clock_;
  input_positions positions_ = no_positions;
};

} // namespace fairlead
