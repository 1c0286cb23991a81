#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fairlead::http {

/// Threads that are started when needed and stay, and the jobs that wait for
/// one. One is there from the start; if the system gives no more, it has to do.
/// The caller bounds the jobs (here: one per connection); a job does not throw.
/// Threads: add() from any; stop() and the destructor from one, when nobody
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
