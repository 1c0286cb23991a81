#pragma once

#include "connectors/history.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace httplib {
struct Request;
struct Response;
} // namespace httplib

namespace fairlead::http {

/// How many may stream or wait at once, and how often a stream speaks.
struct results_bounds {
  std::size_t streams_max = 0;
  std::size_t waits_max = 0;
  std::chrono::milliseconds heartbeat{}; /// of a silent stream
};

/// Results out: pages of records, and event streams of the topics that others
/// may read. Threads: any worker of the transport, only inside its `head`; a
/// stream goes on after that.
class results {
public:
  /// `past` outlives this; null: the topics are in Kafka, not here.
  results(history* past, results_bounds bounds);

  /// Answers with a page of a topic, or with the reason why there is none.
  void page(const std::string& topic_name, const httplib::Request& q,
            httplib::Response& a);

  /// Turns the response into a stream of events, or answers with the reason
  /// why not.
  void stream(const httplib::Request& q, httplib::Response& a);

  [[nodiscard]] std::size_t open_streams() const { return *streams_; }

private:
  history* const past_;
  const results_bounds bounds_;
  std::shared_ptr<std::atomic<std::size_t>> streams_, waits_;
};

} // namespace fairlead::http
