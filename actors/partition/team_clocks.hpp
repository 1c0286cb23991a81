#pragma once

#include "messages/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace fairlead {

/// The clocks of teams whose `now` is ahead of the wall clock (R1): the
/// machine's clock was set back, or the one before it was fast. Such a team's
/// clock is its `now` and what a monotonic clock has counted since its last
/// step here.
///
/// Remembers a moment for each team that has had a step, of 100 000 teams at
/// most; of the others it counts from when it was made.
class team_clocks {
public:
  using moment = std::chrono::milliseconds; /// of the monotonic clock

  /// From here on it counts.
  void begin(moment at) { start_ = at; }

  /// The state of a team was read, whose last step was somewhere else.
  void restored(instant now) { latest_ = std::max(latest_, now); }

  /// A team has made a step.
  void stepped(const std::string& team, instant now, moment at) {
    latest_ = std::max(latest_, now);
    if (last_.size() >= teams_max && !last_.contains(team)) {
      last_.clear();
      start_ = at;
    }
    last_.insert_or_assign(team, at);
  }

  /// True if a team may be ahead; as a rule none is.
  [[nodiscard]] bool ahead_of(instant wall) const { return latest_ > wall; }
  /// How far the wall clock is behind the team that is furthest ahead.
  [[nodiscard]] std::chrono::milliseconds behind(instant wall) const {
    return std::max(latest_ - wall, std::chrono::milliseconds{0});
  }
  /// No timer that is due later can be due by any team's clock.
  [[nodiscard]] instant latest(moment at) const {
    return latest_ + (at - std::min(at, start_));
  }

  [[nodiscard]] instant clock_of(const std::string& team, instant now,
                                 instant wall, moment at) const {
    if (now <= wall)
      return wall;
    auto it = last_.find(team);
    auto since = it == last_.end() ? start_ : it->second;
    return now + (at - std::min(at, since));
  }

private:
  static constexpr std::size_t teams_max = 100'000;

  instant latest_;
  moment start_{};
  std::unordered_map<std::string, moment> last_;
};

} // namespace fairlead
