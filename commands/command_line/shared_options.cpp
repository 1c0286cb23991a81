#include "commands/command_line/shared_options.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h> // environ

#include <cstdlib>
#include <utility>

namespace fairlead {
namespace {

constexpr const char* topics_group = "Where the topics are";
constexpr const char* kafka_group = "Kafka";

std::string token_in(const std::string& file) {
  if (!file.empty())
    return read_token(file);
  const auto* token = std::getenv("FAIRLEAD_HTTP_TOKEN");
  return token == nullptr ? "" : token;
}

} // namespace

CLI::Option* named(CLI::Option* option, const char* value) {
  return option->type_name(value)->option_text(value);
}

CLI::Option* add_setting(CLI::App& command, given_settings& to,
                         const char* option, const char* key, const char* value,
                         const std::string& help) {
  return named(command.add_option_function<std::string>(
                 option,
                 [&to, key](const std::string& text) {
                   to.values.emplace_back(key, text);
                 },
                 help),
               value);
}

void add_log_options(CLI::App& command, given_settings& to) {
  named(command.add_option("--config", to.file,
                           "Read settings from FILE (JSON with comments)"),
        "FILE");
  add_setting(command, to, "--brokers", "brokers", "HOST:PORT,...",
              "The Kafka brokers to start from")
    ->group(topics_group);
  add_setting(command, to, "--topic-prefix", "topic_prefix", "PREFIX",
              "Topics are named PREFIX.leads and so on (default: "
                + settings{}.topic_prefix + ")")
    ->group(kafka_group);
  named(command.add_option("-X,--kafka", to.kafka,
                           "Set a librdkafka property, e.g. for TLS or SASL; "
                           "may be repeated"),
        "NAME=VALUE")
    ->allow_extra_args(false)
    ->group(kafka_group);
}

void add_embedded_option(CLI::App& command, given_settings& to) {
  add_setting(command, to, "--embedded", "embedded", "FOLDER",
              "The folder of an embedded service, running or not")
    ->group(topics_group);
}

void add_http_options(CLI::App& command, given_endpoint& to) {
  named(command.add_option("--url", to.url,
                           "A running service, e.g. http://127.0.0.1:8080"),
        "URL")
    ->group(topics_group);
  named(command.add_option("--token-file", to.token_file,
                           "With --url: a file with the service's bearer "
                           "token (default: the variable "
                           "FAIRLEAD_HTTP_TOKEN)"),
        "FILE")
    ->group(topics_group);
}

void add_from_option(CLI::App& command, bool& from_beginning) {
  named(command
          .add_option_function<std::string>(
            "--from",
            [&from_beginning](const std::string& text) {
              from_beginning = text == "beginning";
            },
            "Where to start reading: beginning or end (default: end)")
          ->check(CLI::IsMember({"beginning", "end"})),
        "PLACE");
}

std::pair<std::string, std::string> split_property(const std::string& option,
                                                   const std::string& text) {
  auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw wrong_use(option + " must be NAME=VALUE, not \"" + text + "\".");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

settings load(const given_settings& given, bool uses_kafka) {
  auto values = given.values;
  for (const auto& property : given.kafka) {
    auto [name, value] = split_property("--kafka", property);
    values.emplace_back("kafka." + name, std::move(value));
  }
  auto [s, faults]
    = load_settings({.file = given.file,
                     .environment = environment_settings(environ),
                     .command_line = std::move(values)});
  if (uses_kafka && !s.brokers.empty())
    for (auto& f : kafka::faults_of(kafka_settings_of(s)))
      faults.sentences.push_back(std::move(f));
  if (!faults.sentences.empty())
    throw wrong_use(lines_of(faults.sentences));
  return s;
}

endpoint load(const given_endpoint& given) {
  if (!given.url.empty())
    for (const auto& [key, unused] : given.config.values)
      if (key == "brokers" || key == "embedded")
        throw wrong_use("--url and --" + key
                        + " exclude each other: leave one of them out.");
  return {.config = load(given.config, given.url.empty()),
          .url = given.url,
          .token = token_in(given.token_file),
          .team = given.team};
}

} // namespace fairlead
