#pragma once

#include "board/model.hpp"
#include "connectors/history.hpp"
#include "connectors/http/exchange.hpp"
#include "connectors/metrics.hpp"
#include "connectors/streams.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// The mode that the service runs in: where its records come from and go to,
/// and the partitions that work on them.
class service_mode {
public:
  virtual ~service_mode() = default;

  /// Begins to work: what could fail without disturbing anybody has been
  /// checked by now (settings, token, port).
  virtual void start() = 0;
  /// Takes events.
  [[nodiscard]] virtual event_sink& sink() = 0;
  /// What HTTP can read back; null: nothing.
  [[nodiscard]] virtual history* past() = 0;
  /// Paths that the mode answers itself.
  [[nodiscard]] virtual std::vector<http::route> routes() { return {}; }
  /// What the mode's board knows; null: it has none.
  [[nodiscard]] virtual board::model* shown() { return nullptr; }
  /// Calls `changed` when their live views may have something new; an empty
  /// one ends that, and has ended it when this returns.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): an override keeps it
  virtual void tell_changes(std::function<void()> /*changed*/) {}
  /// Why not every partition of ours is at work; nothing: all of them are.
  [[nodiscard]] virtual std::optional<std::string> not_ready() const = 0;
  /// Whether HTTP must refuse events while the service is not ready.
  [[nodiscard]] virtual bool gates_events() const = 0;
  /// Whether everything that came in has been processed.
  [[nodiscard]] virtual bool idle() const { return true; }
  /// Brings the metrics up to date.
  virtual void measure(metrics& m) = 0;
  virtual void stop() = 0;
};

/// Told the reason when a mode can't go on, from any thread.
using failure_handler = std::function<void(const std::string& why)>;

inline constexpr const char* still_restoring
  = "The state is still being restored; try again in a moment.";

} // namespace fairlead
