#include "connectors/http/workers.hpp"

#include <system_error>
#include <utility>

namespace fairlead::http {

workers::workers(std::size_t max) : max_{max} {
  threads_.emplace_back([this] { run(); });
}

workers::~workers() {
  stop();
}

void workers::add(std::function<void()> job) {
  {
    std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && threads_.size() < max_) {
      try {
        threads_.emplace_back([this] { run(); });
      } catch (const std::system_error&) {
        // The job waits for a thread that is there.
      }
    }
  }
  work_.notify_one();
}

void workers::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  work_.notify_all();
  for (auto& t : threads_)
    if (t.joinable())
      t.join();
}

void workers::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    ++idle_;
    work_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty())
      return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

} // namespace fairlead::http
