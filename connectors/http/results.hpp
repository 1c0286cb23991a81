#pragma once

#include "connectors/history.hpp"
#include "connectors/http/exchange.hpp"
#include "connectors/http/tail.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace fairlead::http {

inline constexpr const char* too_many_waits
  = "Too many requests are waiting already; come back later, or ask without "
    "wait_s.";

/// Results out: pages of records, and event streams of the topics that others
/// may read. Threads: any worker.
class results {
public:
  /// `past` outlives this; null: the topics are in Kafka, not here. `changed`:
  /// streams may have something new.
  results(history* past, std::size_t waits_max, std::function<void()> changed);

  /// A page of the topic in the path, or the reason why there is none.
  [[nodiscard]] response page(const request& q);

  /// A stream of events, or the reason why not.
  [[nodiscard]] response stream(const request& q);

  /// A place among the requests that wait, until it is dropped; null: all are
  /// taken.
  [[nodiscard]] std::shared_ptr<void> take_wait();

  /// `changed` is not called any more.
  void stop();

private:
  history* const past_;
  const std::size_t waits_max_;
  std::shared_ptr<std::atomic<std::size_t>> waits_;
  std::shared_ptr<tail> tail_;
};

} // namespace fairlead::http
