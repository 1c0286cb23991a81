#pragma once

#include <chrono>

namespace fairlead {

/// SIGINT, SIGTERM and SIGHUP (unless it is ignored, as by nohup) as a question
/// to ask, instead of a handler that interrupts. Create it before any thread
/// starts: threads inherit the mask.
class stop_signals {
public:
  stop_signals();
  /// True if one of them has come or comes within that time.
  [[nodiscard]] bool came(std::chrono::milliseconds within) const;
};

/// Ends the process if this object still lives after the limit: whatever hangs,
/// the next start recovers.
class stop_deadline {
public:
  explicit stop_deadline(std::chrono::milliseconds limit);
  ~stop_deadline();
  stop_deadline(const stop_deadline&) = delete;
  stop_deadline& operator=(const stop_deadline&) = delete;

private:
  struct impl;
  impl* impl_;
};

} // namespace fairlead
