#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

namespace fairlead {

/// Lets a few partitions of a process work at once, in the order in which they
/// come. A broker that is busy with a dozen small transactions at the same time
/// answers each of them late; one after the other they are quick, and what
/// comes in meanwhile goes into one transaction more often. Any thread.
class turnstile {
public:
  /// At least one place.
  explicit turnstile(std::size_t places) : free_{places} {}
  turnstile(const turnstile&) = delete;
  turnstile& operator=(const turnstile&) = delete;

  /// A place, until it is destroyed; or none.
  class place {
  public:
    place() = default;
    place(place&& other) noexcept : of_{std::exchange(other.of_, nullptr)} {}
    place& operator=(place&&) = delete;
    ~place() {
      if (of_ != nullptr)
        of_->leave();
    }

  private:
    friend class turnstile;
    explicit place(turnstile& of) : of_{&of} {}
    turnstile* of_ = nullptr;
  };

  /// Waits for a place, at most so long, and goes without one then: whoever
  /// has a place may hang on a broker that the others don't need.
  [[nodiscard]] place enter(std::chrono::milliseconds at_most);

private:
  void leave();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t free_;
  std::deque<const void*> line_; /// whoever waits, by an address of its own
};

} // namespace fairlead
