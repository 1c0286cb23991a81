#include "commands/service/service.hpp"

#include "actors/engine.hpp"
#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/service/log.hpp"
#include "commands/service/partition_thread.hpp"
#include "commands/version.hpp"
#include "connectors/embedded/embedded_log.hpp"
#include "connectors/http/server.hpp"
#include "connectors/kafka/event_sink.hpp"
#include "connectors/kafka/group_member.hpp"
#include "messages/wire/decode.hpp"

#include <algorithm>
#include <mutex>

namespace fairlead {
namespace {

/// The first thing that made the service end.
class first_failure {
public:
  void set(const std::string& why) {
    std::lock_guard guard{mutex_};
    if (!why_)
      why_ = why;
  }
  [[nodiscard]] std::optional<std::string> get() const {
    std::lock_guard guard{mutex_};
    return why_;
  }

private:
  mutable std::mutex mutex_;
  std::optional<std::string> why_;
};

/// A mode: where records come from and go to.
class mode {
public:
  virtual ~mode() = default;
  [[nodiscard]] virtual event_sink& sink() = 0;
  [[nodiscard]] virtual history* past() = 0;
  /// Why not everything that is ours is at work; nothing: it is.
  [[nodiscard]] virtual std::optional<std::string> not_ready() const = 0;
  /// Events are taken only by who is ready to work on them.
  [[nodiscard]] virtual bool gates_events() const = 0;
  [[nodiscard]] virtual bool idle() const { return true; }
  /// Brings the levels of the metrics up to date.
  virtual void measure(metrics& m) = 0;
  virtual void stop() = 0;
};

constexpr const char* restoring
  = "The state is still being restored; come back in a moment.";

class embedded_mode final : public mode {
public:
  embedded_mode(const unit_surroundings& around, first_failure& failure)
    : log_{{.folder = around.at.embedded,
            .retention_days = static_cast<int>(around.at.retention_days),
            .clock = around.clock,
            .on_broken
            = [&failure](const std::string& why) { failure.set(why); }}},
      unit_{std::make_unique<partition_unit>(around, log_)} {}
  ~embedded_mode() override { embedded_mode::stop(); }

  event_sink& sink() override { return log_; }
  history* past() override { return &log_; }
  [[nodiscard]] std::optional<std::string> not_ready() const override {
    if (unit_ && unit_->ready())
      return std::nullopt;
    return restoring;
  }
  [[nodiscard]] bool gates_events() const override { return true; }
  [[nodiscard]] bool idle() const override {
    auto done = log_.committed();
    for (std::size_t i = 0; i < input_topic_count; ++i)
      if (std::max<std::int64_t>(done[i], 0)
          < log_.end_of(static_cast<topic>(i)))
        return false;
    return true;
  }

  void measure(metrics& m) override {
    auto c = log_.counts();
    m.gauge("fairlead_log_file_bytes", "Size of the embedded log's file.")
      .set(static_cast<double>(c.file_bytes));
    m.gauge("fairlead_log_queued_records", "Records waiting to be written.")
      .set(static_cast<double>(c.queued));
    m.counter("fairlead_log_transactions_total", "Transactions of the log.")
      .raise_to(static_cast<double>(c.transactions));
    m.counter("fairlead_log_records_total", "Records written to the log.")
      .raise_to(static_cast<double>(c.written));
    m.counter("fairlead_log_records_expired_total",
              "Records that retention has deleted.")
      .raise_to(static_cast<double>(c.expired));
  }

  void stop() override {
    if (!unit_)
      return;
    unit_->stop();
    unit_->join();
    // ready() may be asked from another thread: the unit stays.
  }

private:
  embedded_log log_;
  std::unique_ptr<partition_unit> unit_;
};

class kafka_mode final : public mode {
public:
  kafka_mode(const unit_surroundings& around, first_failure& failure,
             std::int32_t partitions)
    : sink_{kafka_settings_of(around.at)},
      member_{kafka_settings_of(around.at), partitions,
              [around](std::unique_ptr<partition_log> log) {
                return std::make_unique<partition_unit>(around, std::move(log));
              },
              [&failure](const std::string& why) { failure.set(why); }} {}

  event_sink& sink() override { return sink_; }
  history* past() override { return nullptr; }
  [[nodiscard]] std::optional<std::string> not_ready() const override {
    auto s = member_.status();
    if (s.ready())
      return std::nullopt;
    if (!s.failure.empty())
      return s.failure;
    // These don't come back by themselves, the others do.
    if (s.stopped > 0)
      return std::to_string(s.stopped) + " of the " + std::to_string(s.assigned)
             + " partitions of this instance can't go on; its log says why.";
    if (!s.joined)
      return "The group has not given out its partitions yet; come back in a "
             "moment.";
    return restoring;
  }
  // They go to the broker; whose partition it is matters to nobody here.
  [[nodiscard]] bool gates_events() const override { return false; }

  void measure(metrics& m) override {
    auto s = member_.status();
    auto level = [&m](const char* name, const char* help, std::int32_t n) {
      m.gauge(name, help).set(static_cast<double>(n));
    };
    level("fairlead_partitions_assigned", "Partitions the group has given us.",
          s.assigned);
    level("fairlead_partitions_serving",
          "Partitions that are restored and at work.", s.serving);
    level("fairlead_partitions_stopped",
          "Partitions that can't go on; the log says why.", s.stopped);
  }

  void stop() override {
    if (!std::exchange(stopped_, true))
      member_.stop();
  }

private:
  kafka_event_sink sink_;
  kafka_group_member member_;
  bool stopped_ = false;
};

std::int32_t checked_partitions(const settings& s) {
  auto report = checked_topics(kafka_settings_of(s));
  for (const auto& w : report.warnings)
    log_warning(w);
  return report.partitions;
}

} // namespace

struct service::impl {
  impl(const settings& s, std::function<instant()> clock)
    : at{s},
      around{at, counts,
             [this](std::int32_t, const std::string& why) {
               // On Kafka the other partitions go on; readiness tells.
               if (!at.embedded.empty())
                 failure.set(why);
             },
             std::move(clock)} {
    register_engine_metrics(counts);
    if (!at.embedded.empty()) {
      log_info("embedded in " + at.embedded + ", records are kept "
               + std::to_string(at.retention_days) + " days");
      how = std::make_unique<embedded_mode>(around, failure);
    } else {
      auto n = checked_partitions(at);
      log_info("Kafka at " + at.brokers + ", group " + at.group_id + ", "
               + std::to_string(n) + " partitions");
      how = std::make_unique<kafka_mode>(around, failure, n);
    }
    if (at.http != "off")
      start_http();
  }

  void start_http() {
    auto address = parse_host_port(at.http);
    http = std::make_unique<http_server>(
      http_settings{.address = address->host,
                    .port = address->port,
                    .token = at.http_token_file.empty()
                               ? std::string{}
                               : read_token(at.http_token_file)},
      http_parts{.sink = &how->sink(),
                 .events = &json_decoder(),
                 .past = how->past(),
                 .counts = &counts,
                 .not_ready = [this] { return not_ready(); },
                 .gates_events = how->gates_events(),
                 .version_json = version_json(),
                 .before_metrics = [this] { how->measure(counts); }});
    log_info("HTTP on " + address->host + " port "
             + std::to_string(http->port()));
  }

  [[nodiscard]] std::optional<std::string> not_ready() const {
    auto why = failure.get();
    return why ? why : how->not_ready();
  }

  const settings at;
  metrics counts;
  first_failure failure;
  unit_surroundings around;
  std::unique_ptr<mode> how;
  std::unique_ptr<http_server> http;
};

service::service(const settings& s, std::function<instant()> clock) {
  if (s.embedded.empty() && s.brokers.empty())
    throw wrong_use("Say where the topics are: --brokers HOST:PORT for Kafka, "
                    "or --embedded FOLDER for a log of our own.");
  impl_ = std::make_unique<impl>(s, std::move(clock));
}

service::~service() {
  stop();
}

void service::stop() {
  impl_->http.reset();
  impl_->how->stop();
}

bool service::ready() const {
  return !impl_->how->not_ready();
}

bool service::idle() const {
  return impl_->how->idle();
}

std::optional<std::string> service::failure() const {
  return impl_->failure.get();
}

std::uint16_t service::port() const {
  return impl_->http ? impl_->http->port() : std::uint16_t{0};
}

} // namespace fairlead
