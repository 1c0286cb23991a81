#include "connectors/careful_clock.hpp"

#include <ctime>
#include <utility>

namespace fairlead {
namespace {

instant system_wall() {
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

std::chrono::milliseconds system_counting() {
  std::timespec t{};
  ::clock_gettime(CLOCK_BOOTTIME, &t);
  return std::chrono::seconds{t.tv_sec}
         + std::chrono::milliseconds{t.tv_nsec / 1'000'000};
}

std::string in_hours(std::chrono::milliseconds t) {
  return std::to_string(
           std::chrono::duration_cast<std::chrono::hours>(t).count())
         + " h";
}

} // namespace

careful_clock::careful_clock(std::chrono::milliseconds wait,
                             std::function<void(const std::string&)> tell,
                             wall_clock wall, counting_clock counting)
  : wait_{wait},
    tell_{std::move(tell)},
    wall_{wall ? std::move(wall) : system_wall},
    counting_{counting ? std::move(counting) : system_counting} {
}

instant careful_clock::now() {
  std::string news;
  instant out;
  {
    std::lock_guard lock{mutex_};
    auto wall = wall_();
    auto at = counting_();
    auto expected = last_ + (at - last_at_);
    auto ahead = wall - expected;
    bool leapt = begun_ && wait_.count() > 0 && (ahead > leap || ahead < -leap);
    out = wall;
    if (!leapt) {
      if (leapt_at_)
        news = "the clock of this machine is back where it was";
      leapt_at_.reset();
    } else if (!leapt_at_) {
      leapt_at_ = at;
      out = expected;
      news = "the clock of this machine has leapt by " + in_hours(ahead)
             + "; time goes on as before until that has stood for "
             + std::to_string(wait_.count() / 1000)
             + " s (clock_leap_wait_s): is the clock right?";
    } else if (at - *leapt_at_ < wait_) {
      out = expected;
    } else {
      leapt_at_.reset();
      news = "the clock of this machine stays where it has leapt to, "
             + in_hours(ahead) + " away, and is believed now";
    }
    last_ = out;
    last_at_ = at;
    begun_ = true;
  }
  if (!news.empty() && tell_)
    tell_(news);
  return out;
}

} // namespace fairlead
