#pragma once

#include <chrono>

namespace fairlead {

/// SIGINT and SIGTERM as a question that is asked instead of a handler that
/// interrupts. Make it before any thread starts: they inherit the mask.
class stop_signals {
public:
  stop_signals();
  /// True if one of them came, now or within that time.
  [[nodiscard]] bool came(std::chrono::milliseconds within) const;
};

/// Ends the process if stopping takes too long: whatever hangs, the next start
/// recovers. Lives for as long as the stopping may take.
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
