#include "connectors/kafka/watchdog.hpp"

#include "connectors/log.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace fairlead::kafka {
namespace {

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

void end_process(const std::string& sentence) {
  log_critical(sentence);
  std::_Exit(70);
}

} // namespace

watched_thread::watched_thread(std::string name) : name_{std::move(name)} {
}

void watched_thread::begins(const char* what) {
  what_ = what;
  since_ms_ = steady_ms();
}

void watched_thread::rests() {
  since_ms_ = 0;
}

std::chrono::milliseconds watched_thread::age() const {
  auto since = since_ms_.load();
  return std::chrono::milliseconds{since == 0 ? 0 : steady_ms() - since};
}

watchdog::watchdog(std::chrono::milliseconds limit, action bite)
  : limit_{limit},
    bite_{bite ? std::move(bite) : action{end_process}},
    thread_{[this] { run(); }} {
}

watchdog::~watchdog() {
  {
    std::lock_guard lock{mutex_};
    ended_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::shared_ptr<watched_thread> watchdog::watch(std::string name) {
  auto out = std::make_shared<watched_thread>(std::move(name));
  std::lock_guard lock{mutex_};
  std::erase_if(threads_, [](const auto& t) { return t.expired(); });
  threads_.push_back(out);
  return out;
}

void watchdog::run() {
  using namespace std::chrono_literals;
  auto pause = std::clamp<std::chrono::milliseconds>(limit_ / 8, 1ms, 1s);
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, pause, [this] { return ended_; }))
    for (const auto& weak : threads_)
      if (auto thread = weak.lock(); thread && thread->age() > limit_) {
        auto sentence = thread->name() + " has been stuck in " + thread->what()
                        + " for " + std::to_string(thread->age().count())
                        + " ms: the process ends; the next start "
                          "recovers";
        thread->rests(); // once is enough
        bite_(sentence);
      }
}

} // namespace fairlead::kafka
