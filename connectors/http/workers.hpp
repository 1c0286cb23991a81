#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fairlead::http {

/// Threads that come when needed and stay, and the jobs that wait for one; one
/// is there from the start, and where the system gives no more, that has to do.
/// Who adds jobs bounds them (here: one per connection); a job does not throw.
/// Threads: add() from any; stop() and the destructor from one, once nobody
/// adds any more.
class workers {
public:
  /// `max` is at least 1. Throws std::system_error without a first thread.
  explicit workers(std::size_t max);
  ~workers();
  workers(const workers&) = delete;
  workers& operator=(const workers&) = delete;

  void add(std::function<void()> job);

  /// Returns when all jobs are done.
  void stop();

private:
  void run();

  const std::size_t max_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

} // namespace fairlead::http
