#include "connectors/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace fairlead {
namespace {

class counter_of final : public counter {
public:
  explicit counter_of(prometheus::Counter& c) : c_{c} {}
  void add(double n) override { c_.Increment(n); }
  void raise_to(double total) override {
    std::lock_guard lock{mutex_};
    if (auto now = c_.Value(); total > now)
      c_.Increment(total - now);
  }

private:
  std::mutex mutex_;
  prometheus::Counter& c_;
};

class gauge_of final : public gauge {
public:
  explicit gauge_of(prometheus::Gauge& g) : g_{g} {}
  void set(double value) override { g_.Set(value); }
  [[nodiscard]] prometheus::Gauge& metric() { return g_; }

private:
  prometheus::Gauge& g_;
};

class histogram_of final : public histogram {
public:
  explicit histogram_of(prometheus::Histogram& h) : h_{h} {}
  void observe(double value) override { h_.Observe(value); }

private:
  prometheus::Histogram& h_;
};

prometheus::Labels labels_of(const metric_labels& labels) {
  return {labels.begin(), labels.end()};
}

} // namespace

struct metrics::impl {
  using key = std::pair<std::string, prometheus::Labels>;
  std::mutex mutex;
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::map<key, std::unique_ptr<counter_of>> counters;
  std::map<key, std::unique_ptr<gauge_of>> gauges;
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> gauge_families;
  std::map<key, std::unique_ptr<histogram_of>> histograms;
};

metrics::metrics() : impl_{std::make_unique<impl>()} {
}

metrics::~metrics() = default;

counter& metrics::counter(const std::string& name, const std::string& help,
                          const metric_labels& labels) {
  std::lock_guard lock{impl_->mutex};
  auto& at = impl_->counters[{name, labels_of(labels)}];
  if (!at)
    at = std::make_unique<counter_of>(prometheus::BuildCounter()
                                        .Name(name)
                                        .Help(help)
                                        .Register(impl_->registry)
                                        .Add(labels_of(labels)));
  return *at;
}

gauge& metrics::gauge(const std::string& name, const std::string& help,
                      const metric_labels& labels) {
  std::lock_guard lock{impl_->mutex};
  auto& at = impl_->gauges[{name, labels_of(labels)}];
  if (!at) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(
      impl_->registry);
    impl_->gauge_families[name] = &family;
    at = std::make_unique<gauge_of>(family.Add(labels_of(labels)));
  }
  return *at;
}

void metrics::drop(const std::string& name) {
  std::lock_guard lock{impl_->mutex};
  auto family = impl_->gauge_families.find(name);
  if (family == impl_->gauge_families.end())
    return;
  for (auto it = impl_->gauges.lower_bound({name, {}});
       it != impl_->gauges.end() && it->first.first == name;) {
    family->second->Remove(&it->second->metric());
    it = impl_->gauges.erase(it);
  }
}

void metrics::drop(const std::string& name, const metric_labels& labels) {
  std::lock_guard lock{impl_->mutex};
  auto it = impl_->gauges.find({name, labels_of(labels)});
  if (it == impl_->gauges.end())
    return;
  impl_->gauge_families.at(name)->Remove(&it->second->metric());
  impl_->gauges.erase(it);
}

histogram& metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& bounds,
                              const metric_labels& labels) {
  std::lock_guard lock{impl_->mutex};
  auto& at = impl_->histograms[{name, labels_of(labels)}];
  if (!at)
    at = std::make_unique<histogram_of>(
      prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(labels_of(labels),
             prometheus::Histogram::BucketBoundaries{bounds}));
  return *at;
}

std::string metrics::text() const {
  return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

std::vector<double> latency_bounds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
          0.1,    0.25,  0.5,    1,     2.5,  10};
}

} // namespace fairlead
