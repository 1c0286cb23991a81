#include "connectors/kafka/kafka_settings.hpp"

#include "connectors/kafka/kafka_client.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace fairlead {

namespace {

struct refusal {
  std::string_view name;
  std::string_view why;
};

// What must never come from outside. The first six would silently break
// exactly-once; the others have a setting of their own, or this program counts
// on the value that it sets.
constexpr std::array refusals{
  refusal{"transactional.id",
          "each partition has its own, made of the group id and its number, "
          "so that a new owner shuts out the old one"},
  refusal{"enable.auto.commit",
          "offsets are committed in the transaction of their outputs"},
  refusal{"isolation.level",
          "only committed records may be read, else aborted ones count"},
  refusal{"enable.idempotence", "transactions need it, it is always on"},
  refusal{"acks", "transactions need all replicas, it is always `all`"},
  refusal{"request.required.acks",
          "transactions need all replicas, it is always `all`"},
  refusal{"partition.assignment.strategy",
          "only `range` keeps a partition of all topics with one owner"},
  refusal{"enable.auto.offset.store",
          "offsets are committed in the transaction of their outputs"},
  refusal{"auto.offset.reset", "a new group starts at the earliest record"},
  refusal{"enable.partition.eof",
          "the end of a partition is how the program knows it is restored"},
  refusal{"partitioner", "teams are spread like Java's default does it"},
  refusal{"bootstrap.servers", "use the setting for the brokers instead"},
  refusal{"metadata.broker.list", "use the setting for the brokers instead"},
  refusal{"group.id", "use the setting for the group id instead"},
  refusal{"group.instance.id", "use the setting for the instance id instead"},
};

bool is_secret(std::string_view name) {
  for (const auto* part : {"password", "secret", "token", ".pem", "private",
                           "sasl.oauthbearer.config", "jaas"})
    if (name.find(part) != std::string_view::npos)
      return true;
  return false;
}

} // namespace

void check(const kafka_settings& settings) {
  using namespace std::chrono_literals;
  if (settings.brokers.empty())
    throw kafka_settings_error("no Kafka broker is given: name at least one "
                               "as host:port");
  if (settings.topic_prefix.empty())
    throw kafka_settings_error("the topic prefix must not be empty");
  if (settings.group_id.empty())
    throw kafka_settings_error("the group id must not be empty");
  for (const auto& [name, value] : settings.properties)
    for (const auto& r : refusals)
      if (name == r.name)
        throw kafka_settings_error("the Kafka property " + name
                                   + " can't be set: " + std::string{r.why});
  using named_time = std::pair<const char*, std::chrono::milliseconds>;
  const std::array times{
    named_time{"session_timeout", settings.session_timeout},
    named_time{"heartbeat_interval", settings.heartbeat_interval},
    named_time{"transaction_timeout", settings.transaction_timeout},
    named_time{"connect_timeout", settings.connect_timeout},
    named_time{"stop_timeout", settings.stop_timeout},
    named_time{"watchdog_limit", settings.watchdog_limit}};
  for (const auto& [name, time] : times)
    if (time <= 0ms)
      throw kafka_settings_error(std::string{name} + " must be > 0");
  if (settings.heartbeat_interval * 2 > settings.session_timeout)
    throw kafka_settings_error("heartbeat_interval must be at most half of "
                               "session_timeout");
  if (settings.watchdog_limit <= settings.transaction_timeout)
    throw kafka_settings_error("watchdog_limit must be longer than "
                               "transaction_timeout");
  // librdkafka judges the rest; the transactional producer knows every
  // property of a producer, the member every one of a consumer.
  for (const auto role : {client_role::transactional, client_role::member})
    static_cast<void>(make_conf(settings, role));
}

std::map<std::string, std::string>
printable_properties(const kafka_settings& settings) {
  auto shown = settings.properties;
  for (auto& [name, value] : shown)
    if (is_secret(name))
      value = "***";
  return shown;
}

std::string kafka_name(const kafka_settings& settings, topic t) {
  return settings.topic_prefix + '.' + std::string{name_of(t)};
}

std::string kafka_client_version() {
  return rd_kafka_version_str();
}

} // namespace fairlead
