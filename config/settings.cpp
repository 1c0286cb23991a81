#include "config/settings.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <set>
#include <stdexcept>

namespace fairlead {
namespace {

using nlohmann::json;

struct text_key {
  std::string_view name;
  std::string settings::*member;
};

struct number_key {
  std::string_view name;
  std::int64_t settings::*member;
  std::int64_t min, max;
};

constexpr std::array text_keys{
  text_key{"brokers", &settings::brokers},
  text_key{"embedded", &settings::embedded},
  text_key{"topic_prefix", &settings::topic_prefix},
  text_key{"group_id", &settings::group_id},
  text_key{"instance_id", &settings::instance_id},
  text_key{"http", &settings::http},
  text_key{"http_token_file", &settings::http_token_file},
  text_key{"data", &settings::data},
  text_key{"log_level", &settings::log_level},
};

constexpr std::array number_keys{
  number_key{"http_streams_max", &settings::http_streams_max, 1, 100'000},
  number_key{"retention_days", &settings::retention_days, 1, 36'500},
  number_key{"sums_days", &settings::sums_days, 1, 36'500},
  number_key{"batch_records_max", &settings::batch_records_max, 1, 100'000},
  number_key{"batch_bytes_max", &settings::batch_bytes_max, 64 * 1024,
             256 * 1024 * 1024},
  number_key{"buffered_records_max", &settings::buffered_records_max, 16,
             1'000'000},
  number_key{"live_entities_max", &settings::live_entities_max, 100,
             10'000'000},
  number_key{"sweep_per_batch", &settings::sweep_per_batch, 1, 100'000},
  number_key{"timer_grace_ms", &settings::timer_grace_ms, 0, 10'000},
  number_key{"partitions_at_once", &settings::partitions_at_once, 0, 10'000},
  number_key{"pause_max_ms", &settings::pause_max_ms, 0, 10'000},
  number_key{"idle_wait_ms", &settings::idle_wait_ms, 1, 60'000},
  number_key{"tries_max", &settings::tries_max, 1, 100},
  number_key{"clock_leap_wait_s", &settings::clock_leap_wait_s, 0, 86'400},
};

constexpr std::array log_levels{"trace", "debug", "info",
                                "warn",  "error", "off"};

constexpr int settings_depth_max = 16;
constexpr std::string_view kafka_prefix = "kafka.";

/// One source of settings while it is applied.
class layer {
public:
  layer(settings& s, std::vector<std::string>& faults)
    : settings_{s}, faults_{faults} {}

  /// `said` names the place for the person who wrote it: a key of the file, a
  /// variable, an option.
  void put(std::string_view name, const std::string& said,
           const std::string& text) {
    if (name.starts_with(kafka_prefix)) {
      settings_.kafka[std::string{name.substr(kafka_prefix.size())}] = text;
      return;
    }
    for (const auto& k : text_keys)
      if (k.name == name) {
        settings_.*k.member = text;
        note_log(name, text);
        return;
      }
    for (const auto& k : number_keys)
      if (k.name == name)
        return put_number(k, said, text);
    if (name == "live_actors_max")
      return fault(said + " is called live_entities_max now");
    fault(said
          + " is not a setting; config/fairlead.example.json lists all of "
            "them");
  }

  /// A log chosen here replaces one that was chosen below.
  void end() {
    if (brokers_ && embedded_)
      fault("brokers and embedded exclude each other: the topics are in Kafka "
            "or in a folder; leave one of them out");
    else if (brokers_)
      settings_.embedded.clear();
    else if (embedded_)
      settings_.brokers.clear();
  }

  void fault(std::string sentence) { faults_.push_back(std::move(sentence)); }

private:
  void note_log(std::string_view name, const std::string& text) {
    if (text.empty())
      return;
    brokers_ = brokers_ || name == "brokers";
    embedded_ = embedded_ || name == "embedded";
  }

  void put_number(const number_key& k, const std::string& said,
                  const std::string& text) {
    std::int64_t n = 0;
    auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc{} || end != text.data() + text.size() || n < k.min
        || n > k.max)
      return fault(said + " must be a whole number from "
                   + std::to_string(k.min) + " to " + std::to_string(k.max)
                   + ", not " + (text.empty() ? "empty" : text));
    settings_.*k.member = n;
  }

  settings& settings_;
  std::vector<std::string>& faults_;
  bool brokers_ = false, embedded_ = false;
};

/// A JSON value as text; nothing for what can't be one.
std::optional<std::string> text_of(const json& v) {
  if (v.is_string())
    return v.get<std::string>();
  if (v.is_number_integer() || v.is_boolean() || v.is_number_float())
    return v.dump();
  return std::nullopt;
}

void put_kafka(layer& to, const json& properties) {
  if (!properties.is_object())
    return to.fault("kafka must be an object of librdkafka's properties, such "
                    "as {\"security.protocol\": \"ssl\"}");
  for (const auto& [name, value] : properties.items()) {
    auto said = "kafka." + name;
    if (auto text = text_of(value))
      to.put(said, said, *text);
    else
      to.fault(said + " must be a text, a number, true or false");
  }
}

bool wants_text(std::string_view name) {
  return std::any_of(text_keys.begin(), text_keys.end(),
                     [&](const text_key& k) { return k.name == name; });
}

void put_file(layer& to, const std::string& file) {
  std::ifstream in{file};
  if (!in)
    return to.fault("The settings file " + file
                    + " can't be read; check the path and its permissions");
  json all;
  // A key that appears twice would silently lose its first value.
  std::vector<std::set<std::string>> seen;
  std::string twice;
  bool deep = false; // a value of many levels would be written down again
  auto watch = [&](int depth, json::parse_event_t event, json& value) {
    deep = deep || depth > settings_depth_max;
    if (deep)
      return false;
    if (event == json::parse_event_t::object_start)
      seen.emplace_back();
    else if (event == json::parse_event_t::object_end)
      seen.pop_back();
    else if (event == json::parse_event_t::key
             && !seen.back().insert(value.get<std::string>()).second)
      twice = value.get<std::string>();
    return true;
  };
  try {
    all = json::parse(in, watch, true, true);
  } catch (const json::parse_error& e) {
    std::string what = e.what();
    auto at = what.find("at line");
    return to.fault("The settings file " + file + " is not JSON "
                    + (at == std::string::npos ? what : what.substr(at)));
  }
  if (deep)
    return to.fault("The settings file " + file
                    + " has values within values; it needs two levels");
  if (!twice.empty())
    to.fault(twice + " appears twice in " + file + "; leave one");
  if (!all.is_object())
    return to.fault("The settings file " + file
                    + " must hold one JSON object, such as {\"http\": "
                      "\"127.0.0.1:8080\"}");
  for (const auto& [name, value] : all.items()) {
    if (name == "kafka") {
      put_kafka(to, value);
    } else if (value.is_null()) {
      to.fault(name + " is null; leave the line out to get the default");
    } else if (wants_text(name) && !value.is_string()) {
      to.fault(name + " must be a text in quotes");
    } else if (!wants_text(name) && value.is_number_float()) {
      to.put(name, name, value.dump());
    } else if (auto text = text_of(value);
               text && (wants_text(name) || value.is_number())) {
      to.put(name, name, *text);
    } else if (auto dumped = value.dump(); !wants_text(name)) {
      to.put(name, name, dumped); // says what it wants instead
    }
  }
}

/// FAIRLEAD_HTTP_TOKEN_FILE is http_token_file; FAIRLEAD_KAFKA_SASL_PASSWORD
/// is librdkafka's sasl.password.
std::string name_of_variable(const std::string& variable) {
  auto name = variable.substr(std::string_view{"FAIRLEAD_"}.size());
  for (auto& c : name)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (name.starts_with("kafka_"))
    std::replace(name.begin(), name.end(), '_', '.');
  return name;
}

/// On the command line: what has no option of its own comes by --set.
std::string said_as(const std::string& name) {
  if (!wants_text(name) && name != "retention_days" && name != "sums_days")
    return "--set " + name;
  auto said = "--" + name;
  std::replace(said.begin(), said.end(), '_', '-');
  return said;
}

bool is_secret(const std::string& property) {
  for (auto part : {"password", "secret", "token", ".pem", "private",
                    "oauthbearer.config", "jaas", "kinit.cmd", "ssl.engine"})
    if (property.find(part) != std::string::npos)
      return true;
  return false;
}

std::string masked(const std::string& name, const std::string& value) {
  return is_secret(name) && !value.empty() ? "(secret)" : value;
}

void check_whole(const settings& s, std::vector<std::string>& faults) {
  if (s.http != "off" && !parse_host_port(s.http))
    faults.push_back("http must be an address and a port such as "
                     "127.0.0.1:8080 or [::1]:8080, or off, not "
                     + s.http);
  if (!s.data.empty() && s.data == s.embedded)
    faults.emplace_back("data and embedded must be two folders: each belongs "
                        "to one process");
  if (s.topic_prefix.empty())
    faults.emplace_back("topic_prefix must not be empty; the default is "
                        "fairlead");
  if (std::find(log_levels.begin(), log_levels.end(), s.log_level)
      == log_levels.end())
    faults.push_back("log_level must be trace, debug, info, warn, error or "
                     "off, not "
                     + s.log_level);
  if (s.buffered_records_max < s.batch_records_max)
    faults.push_back("buffered_records_max ("
                     + std::to_string(s.buffered_records_max)
                     + ") must not be less than batch_records_max ("
                     + std::to_string(s.batch_records_max) + ")");
}

} // namespace

std::pair<settings, settings_faults>
load_settings(const settings_sources& from) {
  settings s;
  settings_faults f;
  if (!from.file.empty()) {
    layer file{s, f.sentences};
    put_file(file, from.file);
    file.end();
  }
  layer environment{s, f.sentences};
  for (const auto& [variable, value] : from.environment)
    environment.put(name_of_variable(variable), variable, value);
  environment.end();
  layer command_line{s, f.sentences};
  for (const auto& [name, value] : from.command_line)
    command_line.put(name, said_as(name), value);
  command_line.end();
  check_whole(s, f.sentences);
  return {std::move(s), std::move(f)};
}

setting_values environment_settings(const char* const* environ) {
  setting_values out;
  for (auto v = environ; v != nullptr && *v != nullptr; ++v) {
    std::string_view text{*v};
    auto eq = text.find('=');
    if (!text.starts_with("FAIRLEAD_") || eq == std::string_view::npos)
      continue;
    std::string name{text.substr(0, eq)};
    // The clients' token, and what our scripts and tests are told.
    if (name == "FAIRLEAD_HTTP_TOKEN" || name == "FAIRLEAD_JOBS"
        || name == "FAIRLEAD_KAFKA_HEAP" || name.starts_with("FAIRLEAD_TEST_"))
      continue;
    out.emplace_back(std::move(name), std::string{text.substr(eq + 1)});
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string print_settings(const settings& s) {
  nlohmann::ordered_json out;
  for (const auto& k : text_keys)
    if (!(s.*k.member).empty())
      out[std::string{k.name}] = s.*k.member;
  for (const auto& k : number_keys)
    out[std::string{k.name}] = s.*k.member;
  if (!s.kafka.empty()) {
    auto& properties = out["kafka"];
    for (const auto& [name, value] : s.kafka)
      properties[name] = masked(name, value);
  }
  return out.dump(2, ' ', false,
                  nlohmann::ordered_json::error_handler_t::replace);
}

std::string read_token(const std::string& file) {
  std::ifstream in{file};
  if (!in)
    throw std::invalid_argument("The token file " + file
                                + " can't be read; check the path and its "
                                  "permissions.");
  std::string token;
  std::getline(in, token);
  token.erase(token.find_last_not_of(" \t\r") + 1);
  token.erase(0, token.find_first_not_of(" \t"));
  if (token.empty())
    throw std::invalid_argument("The first line of the token file " + file
                                + " is empty; put the bearer token there.");
  // RFC 6750: others could not be sent.
  auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0
           || std::string_view{"-._~+/="}.find(c) != std::string_view::npos;
  };
  if (!std::all_of(token.begin(), token.end(), fits))
    throw std::invalid_argument(
      "The token in " + file
      + " has characters that a bearer token can't have; use letters, digits "
        "and - . _ ~ + / =.");
  return token;
}

std::optional<host_port> parse_host_port(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  if (host.front() == '[') {
    if (host.back() != ']' || host.size() < 3)
      return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  unsigned port = 0;
  auto [end, ec]
    = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || ec != std::errc{}
      || end != digits.data() + digits.size() || port > 65'535)
    return std::nullopt;
  return host_port{std::string{host}, static_cast<std::uint16_t>(port)};
}

runner_settings runner_settings_of(const settings& s) {
  using std::chrono::milliseconds;
  return {.batch_records_max = static_cast<std::size_t>(s.batch_records_max),
          .buffered_max = static_cast<std::size_t>(s.buffered_records_max),
          .timer_grace = milliseconds{s.timer_grace_ms},
          .pause_max = milliseconds{s.pause_max_ms},
          .idle_wait = milliseconds{s.idle_wait_ms},
          .tries_max = static_cast<int>(s.tries_max)};
}

partition_settings partition_settings_of(const settings& s) {
  return {.number = 0,
          .count = 1,
          .consumer_group = consumer_group_of(s),
          .live_max = static_cast<std::size_t>(s.live_entities_max),
          .batch_bytes_max = static_cast<std::size_t>(s.batch_bytes_max),
          .sweep_per_batch = static_cast<std::size_t>(s.sweep_per_batch)};
}

} // namespace fairlead
