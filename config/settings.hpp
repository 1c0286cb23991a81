#pragma once

#include "actors/partition/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// A size, as settings have their numbers.
constexpr std::int64_t as_number(std::size_t n) {
  return static_cast<std::int64_t>(n);
}

/// What `fairlead run` and `fairlead board` can be told. Names are those of the
/// settings file; every number has its bounds in the table of settings.cpp.
struct settings {
  // -- where the topics are: one of the two ---------------------------------
  std::string brokers;  /// Kafka, host:port separated by commas
  std::string embedded; /// a folder of our own

  // -- Kafka ------------------------------------------------------------------
  std::string topic_prefix = "fairlead";
  std::string group_id;                     /// empty: named like the prefix
  std::string instance_id;                  /// empty: a dynamic member
  std::map<std::string, std::string> kafka; /// librdkafka's own properties

  // -- HTTP -------------------------------------------------------------------
  std::string http = "127.0.0.1:8080"; /// or `off`
  std::string http_token_file;
  std::int64_t http_streams_max = 1'000; /// event streams that may be open

  // -- embedded ---------------------------------------------------------------
  std::int64_t retention_days = 30;

  // -- the board --------------------------------------------------------------
  std::string data; /// a folder for its history; empty: in memory only
  std::int64_t sums_days = 400; /// how long the sums of an hour are kept

  // -- the engine -------------------------------------------------------------
  // The defaults have one source: actors/partition/settings.hpp.
  std::int64_t batch_records_max
    = as_number(runner_settings{}.batch_records_max);
  std::int64_t batch_bytes_max
    = as_number(partition_settings{}.batch_bytes_max);
  std::int64_t buffered_records_max = as_number(runner_settings{}.buffered_max);
  std::int64_t live_entities_max = as_number(partition_settings{}.live_max);
  std::int64_t sweep_per_batch
    = as_number(partition_settings{}.sweep_per_batch);
  std::int64_t timer_grace_ms = runner_settings{}.timer_grace.count();
  std::int64_t partitions_at_once = 0; /// 0: two a core, four at least
  std::int64_t pause_max_ms = runner_settings{}.pause_max.count();
  std::int64_t idle_wait_ms = runner_settings{}.idle_wait.count();
  std::int64_t tries_max = runner_settings{}.tries_max;
  /// How long a leap of the clock by more than a day must stand; 0: not at all.
  std::int64_t clock_leap_wait_s = 300;

  std::string log_level = "info";
};

/// The consumer group: the prefix's own, unless another one is named.
[[nodiscard]] inline const std::string& consumer_group_of(const settings& s) {
  return s.group_id.empty() ? s.topic_prefix : s.group_id;
}

/// A key and its value as text.
using setting_values = std::vector<std::pair<std::string, std::string>>;

/// Where settings come from, in rising precedence.
struct settings_sources {
  std::string file; /// JSON with comments; empty: none
  setting_values environment;
  setting_values command_line; /// named like in the file; `kafka.x` for x
};

/// What is wrong, a sentence for each fault.
struct settings_faults {
  std::vector<std::string> sentences;
};

/// Reads and checks all layers. A key that nobody knows is a fault, and all
/// faults are found in one go.
[[nodiscard]] std::pair<settings, settings_faults>
load_settings(const settings_sources& from);

/// The `FAIRLEAD_…` variables, without those that belong to scripts and tests.
[[nodiscard]] setting_values environment_settings(const char* const* environ);

/// The result as a settings file, secrets masked.
[[nodiscard]] std::string print_settings(const settings& s);

/// The bearer token in a file: its first line, without spaces and returns at
/// its end. Throws std::invalid_argument with a sentence if there is none.
[[nodiscard]] std::string read_token(const std::string& file);

/// `host:port`, `[v6]:port`.
struct host_port {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] std::optional<host_port> parse_host_port(std::string_view text);

[[nodiscard]] runner_settings runner_settings_of(const settings& s);
[[nodiscard]] partition_settings partition_settings_of(const settings& s);

} // namespace fairlead
