#include "actors/partition/turnstile.hpp"

#include <algorithm>

namespace fairlead {

turnstile::place turnstile::enter(std::chrono::milliseconds at_most) {
  std::unique_lock lock{mutex_};
  const void* me = &lock;
  line_.push_back(me);
  bool my_turn = changed_.wait_for(
    lock, at_most, [&] { return free_ > 0 && line_.front() == me; });
  line_.erase(std::find(line_.begin(), line_.end(), me));
  if (my_turn)
    --free_;
  // The next one may be first in line now.
  changed_.notify_all();
  return my_turn ? place{*this} : place{};
}

void turnstile::leave() {
  {
    std::lock_guard lock{mutex_};
    ++free_;
  }
  changed_.notify_all();
}

} // namespace fairlead
