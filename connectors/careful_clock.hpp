#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace fairlead {

/// The wall clock, which is not believed at once when it leaps by more than a
/// day: a machine without a battery wakes up in 1970, and a wrong time server
/// would let retention delete everything and every timer fire. Until the leap
/// has stood for a while, time goes on from where it was, by a clock that only
/// counts. Safe from any thread.
class careful_clock {
public:
  using wall_clock = std::function<instant()>;
  /// Counts on while the machine sleeps.
  using counting_clock = std::function<std::chrono::milliseconds()>;

  static constexpr std::chrono::milliseconds leap = std::chrono::hours{24};

  /// `wait`: how long a leap must stand; 0: it is believed at once. `tell` gets
  /// a sentence when a leap is seen, believed, or gone again.
  careful_clock(std::chrono::milliseconds wait,
                std::function<void(const std::string&)> tell,
                wall_clock wall = {}, counting_clock counting = {});

  [[nodiscard]] instant now();

private:
  const std::chrono::milliseconds wait_;
  const std::function<void(const std::string&)> tell_;
  const wall_clock wall_;
  const counting_clock counting_;
  std::mutex mutex_;
  instant last_; /// what was told last
  std::chrono::milliseconds last_at_{0};
  bool begun_ = false;
  std::optional<std::chrono::milliseconds> leapt_at_; /// and not believed yet
};

} // namespace fairlead
