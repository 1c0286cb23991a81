#pragma once

#include "config/settings.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fairlead {

/// The running service, in one of its two modes, with HTTP in front. Starts
/// with the constructor, which throws one sentence if it can't. Signals are the
/// caller's business.
class service {
public:
  /// `clock`: the wall clock; empty: the system's. The demo brings its own.
  explicit service(const settings& s, std::function<instant()> clock = {});
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// Stops HTTP first, so that nothing is acknowledged that is not durable;
  /// then the partitions commit or abort what is open. Once.
  void stop();

  /// Whether everything that came in has been processed (embedded only).
  [[nodiscard]] bool idle() const;
  /// Whether every partition of ours has its state and takes inputs.
  [[nodiscard]] bool ready() const;
  /// Why the service can't go on; nothing while it can.
  [[nodiscard]] std::optional<std::string> failure() const;
  /// The port that HTTP listens on; 0: HTTP is off.
  [[nodiscard]] std::uint16_t port() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead
