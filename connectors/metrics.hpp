#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// A number that only grows. Cheap, from any thread.
class counter {
public:
  virtual ~counter() = default;
  virtual void add(double n = 1) = 0;
  /// For a count that somebody else keeps: raises it to `total`.
  virtual void raise_to(double total) = 0;
};

/// A number that goes up and down.
class gauge {
public:
  virtual ~gauge() = default;
  virtual void set(double value) = 0;
};

/// How often values fell into which range.
class histogram {
public:
  virtual ~histogram() = default;
  virtual void observe(double value) = 0;
};

/// What the service measures, in Prometheus' text format. Names:
/// docs/metrics.md. Asking twice for a name and its labels gives the same
/// metric; it lives as long as the registry. Safe from any thread.
class metrics {
public:
  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  /// `fairlead_…_total`
  fairlead::counter& counter(const std::string& name, const std::string& help,
                             const metric_labels& labels = {});
  fairlead::gauge& gauge(const std::string& name, const std::string& help,
                         const metric_labels& labels = {});
  /// Ends all gauges of that name: those that are set again begin anew. No
  /// other thread may hold one of them.
  void drop(const std::string& name);
  /// Ends the one with those labels.
  void drop(const std::string& name, const metric_labels& labels);
  /// `fairlead_…_seconds`, `fairlead_…_bytes`; `bounds` ascending.
  fairlead::histogram& histogram(const std::string& name,
                                 const std::string& help,
                                 const std::vector<double>& bounds,
                                 const metric_labels& labels = {});

  /// Everything, as a scraper reads it.
  [[nodiscard]] std::string text() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Bounds for what takes from 0.5 ms to 10 s.
[[nodiscard]] std::vector<double> latency_bounds();

} // namespace fairlead
