#pragma once

// Private: ends the process when a thread hangs.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::kafka {

/// What one thread is doing, and since when.
class watched_thread {
public:
  explicit watched_thread(std::string name);

  /// The thread begins something that has to end within the limit; the text
  /// must live for ever.
  void begins(const char* what);

  /// The thread waits, for as long as it likes.
  void rests();

  [[nodiscard]] const std::string& name() const { return name_; }

  /// How long the present work has taken so far; zero if there is none.
  [[nodiscard]] std::chrono::milliseconds age() const;

  [[nodiscard]] const char* what() const { return what_; }

private:
  std::string name_;
  std::atomic<const char*> what_{""};
  std::atomic<std::int64_t> since_ms_{0}; // of the steady clock; 0: rests
};

/// Any call into librdkafka can hang after a fatal error
/// (confluentinc/librdkafka 4420), and a thread that hangs in our own code
/// keeps its partition dark, since librdkafka goes on sending heartbeats. If
/// the process ends instead, the next start recovers.
class watchdog {
public:
  using action = std::function<void(const std::string& sentence)>;

  /// `bite` is for tests; by default the process ends with code 70.
  explicit watchdog(std::chrono::milliseconds limit, action bite = {});
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// The thread is watched for as long as somebody holds the result.
  [[nodiscard]] std::shared_ptr<watched_thread> watch(std::string name);

private:
  void run();

  std::chrono::milliseconds limit_;
  action bite_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::vector<std::weak_ptr<watched_thread>> threads_;
  std::thread thread_;
};

} // namespace fairlead::kafka
