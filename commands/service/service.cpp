#include "commands/service/service.hpp"

#include "commands/board/rights.hpp"
#include "commands/board/sent_event.hpp"
#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/service/embedded_mode.hpp"
#include "commands/service/kafka_mode.hpp"
#include "commands/service/memory.hpp"
#include "commands/service/partition_thread.hpp"
#include "commands/version.hpp"
#include "commands/words/counts.hpp"
#include "connectors/careful_clock.hpp"
#include "connectors/http/server.hpp"
#include "connectors/log.hpp"
#include "connectors/process.hpp"
#include "messages/wire/decode.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

/// A token of fewer characters is warned about.
constexpr std::size_t token_length_min = 16;

/// The first reason that made the service fail. Safe from any thread.
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

/// How many partitions commit at once while little comes in. A commit is waiting
/// for the broker more than it works (docs/performance.md).
std::size_t places_of(const settings& s) {
  auto cores = std::max(std::thread::hardware_concurrency(), 2U);
  return s.partitions_at_once == 0
           ? 2 * cores
           : static_cast<std::size_t>(s.partitions_at_once);
}

} // namespace

struct service::impl {
  impl(settings s, std::function<instant()> clock)
    : config{std::move(s)},
      wall{std::chrono::seconds{config.clock_leap_wait_s}, log_error},
      line{places_of(config)},
      context{config, counts,
              [this](std::int32_t, const std::string& why) {
                // On Kafka the other partitions go on; readiness tells.
                if (!config.embedded.empty())
                  failure.set(why);
              },
              clock ? std::move(clock) : [this] { return wall.now(); }, &line} {
    register_engine_metrics(counts);
    counts
      .gauge("fairlead_build_info", "Always 1; the labels tell the versions.",
             build_labels())
      .set(1);
    mode = config.embedded.empty() ? on_kafka() : on_own_log();
    if (config.http != "off")
      start_http();
    // Only now does it join the group: a start that fails, for a port that is
    // taken, must not cost the others a rebalance.
    mode->start();
  }

  std::unique_ptr<service_mode> on_own_log() {
    log_info(
      "embedded in " + config.embedded + "; records are kept for "
      + count_of(static_cast<std::uint64_t>(config.retention_days), "day"));
    return std::make_unique<embedded_mode>(
      context, [this](const std::string& why) { failure.set(why); });
  }

  std::unique_ptr<service_mode> on_kafka() {
    auto report = checked_topics(kafka_settings_of(config));
    for (const auto& w : report.warnings)
      log_warning(w);
    log_info(
      "Kafka at " + config.brokers + ", group " + consumer_group_of(config)
      + ", "
      + count_of(static_cast<std::uint64_t>(report.partitions), "partition"));
    return std::make_unique<kafka_mode>(
      context, report.partitions,
      [this](const std::string& why) { failure.set(why); });
  }

  void start_http() {
    auto address = parse_host_port(config.http);
    auto routes = mode->routes();
    if (!config.http_token_file.empty()) {
      who = std::make_unique<rights>(
        config.http_token_file,
        mode->shown() != nullptr ? holders_in(*mode->shown()) : nullptr);
      for (auto& r : who->routes())
        routes.push_back(std::move(r));
      if (who->a_token().size() < token_length_min)
        log_warning("the token in " + config.http_token_file
                    + " is short enough to be guessed; `head -c 24 "
                      "/dev/urandom | base64` makes a better one");
      using std::filesystem::perms;
      std::error_code none;
      auto file = std::filesystem::status(config.http_token_file, none);
      if (!none && (file.permissions() & perms::others_write) != perms::none)
        log_warning("everybody on this machine may write to the token file "
                    + config.http_token_file + ": chmod o-w");
    }
    http = std::make_unique<http::server>(
      http::settings{.address = address->host,
                     .port = address->port,
                     .token = who ? who->a_token() : std::string{},
                     .streams_max
                     = static_cast<std::size_t>(config.http_streams_max)},
      http::parts{.sink = &mode->sink(),
                  .events = &json_decoder(),
                  .past = mode->past(),
                  .counts = &counts,
                  .not_ready = [this] { return not_ready(); },
                  .gates_events = mode->gates_events(),
                  .version_json = version_json(),
                  .before_metrics =
                    [this] {
                      measure_process(counts);
                      mode->measure(counts);
                    },
                  .routes = std::move(routes),
                  .identify = who ? identifier(*who) : nullptr,
                  .refusal = who ? refuser(*who) : nullptr,
                  .effects = mode->shown() != nullptr
                               ? effects_in(*mode->shown())
                               : nullptr});
    mode->tell_changes([this] { http->changed(); });
    log_info("HTTP on " + address->host + " port "
             + std::to_string(http->port()));
  }

  [[nodiscard]] std::optional<std::string> not_ready() const {
    auto why = failure.get();
    return why ? why : mode->not_ready();
  }

  const settings config;
  metrics counts;
  first_failure failure;
  careful_clock wall;
  turnstile line;
  partition_context context;
  std::unique_ptr<service_mode> mode;
  std::unique_ptr<rights> who; // null: no token is asked for
  std::unique_ptr<http::server> http;
};

service::service(const settings& s, std::function<instant()> clock) {
  if (s.embedded.empty() && s.brokers.empty())
    throw wrong_use("Specify where the topics are: --brokers HOST:PORT for "
                    "Kafka, or --embedded FOLDER for a log of our own.");
  keep_no_freed_memory();
  impl_ = std::make_unique<impl>(s, std::move(clock));
}

service::~service() {
  stop();
}

void service::stop() {
  impl_->mode->tell_changes({});
  impl_->http.reset();
  impl_->mode->stop();
}

bool service::ready() const {
  return !impl_->mode->not_ready();
}

bool service::idle() const {
  return impl_->mode->idle();
}

std::optional<std::string> service::failure() const {
  return impl_->failure.get();
}

std::uint16_t service::port() const {
  return impl_->http ? impl_->http->port() : std::uint16_t{0};
}

} // namespace fairlead
