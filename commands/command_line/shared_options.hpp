#pragma once

#include "commands/endpoints/endpoint.hpp"
#include "config/settings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace fairlead {

/// The options that several commands share, as they were given. They are read
/// and checked when the command runs.
struct given_settings {
  std::string file;
  setting_values values;
  std::vector<std::string> kafka; /// NAME=VALUE
};

struct given_endpoint {
  given_settings config;
  std::string url, token_file, team;
};

/// Names the value of an option in its help and in errors about it.
CLI::Option* named(CLI::Option* option, const char* value);

/// An option for one setting. `key`: its name in the settings file.
CLI::Option* add_setting(CLI::App& command, given_settings& to,
                         const char* option, const char* key, const char* value,
                         const std::string& help);

/// `--config`, `--brokers`, `--topic-prefix`, `--kafka`, and `--embedded` where
/// the command can use a folder.
void add_log_options(CLI::App& command, given_settings& to);
void add_embedded_option(CLI::App& command, given_settings& to);
/// `--url` and `--token-file`.
void add_http_options(CLI::App& command, given_endpoint& to);
/// `--from`, with the words that it accepts.
void add_from_option(CLI::App& command, bool& from_beginning);

/// Splits NAME=VALUE; throws wrong_use that names the option.
[[nodiscard]] std::pair<std::string, std::string>
split_property(const std::string& option, const std::string& text);

/// All layers of settings. `uses_kafka`: what is said about Kafka is checked
/// as well. Throws wrong_use with all faults.
[[nodiscard]] settings load(const given_settings& given,
                            bool uses_kafka = true);
[[nodiscard]] endpoint load(const given_endpoint& given);

} // namespace fairlead
