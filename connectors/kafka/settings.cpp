#include "connectors/kafka/settings.hpp"

#include "connectors/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace fairlead::kafka {
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
          "each partition has its own, made from the prefix and its number, "
          "so that a new owner shuts out the old one"},
  refusal{"enable.auto.commit",
          "offsets are committed in the transaction of their outputs"},
  refusal{"isolation.level",
          "only committed records may be read; aborted ones must not count"},
  refusal{"enable.idempotence", "transactions need it; it is always on"},
  refusal{"acks", "transactions need all replicas; it is always `all`"},
  refusal{"request.required.acks",
          "transactions need all replicas; it is always `all`"},
  refusal{"partition.assignment.strategy",
          "only `range` gives partition N of every topic to the same owner"},
  refusal{"enable.auto.offset.store",
          "offsets are committed in the transaction of their outputs"},
  refusal{"auto.offset.reset",
          "a new group starts at the earliest record, and what is missing "
          "later is noticed"},
  refusal{"enable.partition.eof",
          "the program recognises by it that a partition is restored"},
  refusal{"partitioner",
          "teams are spread over partitions as Java's default does it"},
  refusal{"bootstrap.servers", "use the setting for the brokers instead"},
  refusal{"metadata.broker.list", "use the setting for the brokers instead"},
  refusal{"group.id", "use the setting for the group id instead"},
  refusal{"group.instance.id", "use the setting for the instance id instead"},
};

} // namespace

std::vector<std::string> faults_of(const settings& s) {
  using namespace std::chrono_literals;
  std::vector<std::string> out;
  auto fault = [&out](std::string sentence) {
    if (std::find(out.begin(), out.end(), sentence) == out.end())
      out.push_back(std::move(sentence));
  };
  if (s.brokers.empty())
    fault("no Kafka broker is given: name at least one, as host:port");
  using named_time = std::pair<const char*, std::chrono::milliseconds>;
  std::array times{named_time{"session_timeout", s.session_timeout},
                   named_time{"heartbeat_interval", s.heartbeat_interval},
                   named_time{"transaction_timeout", s.transaction_timeout},
                   named_time{"connect_timeout", s.connect_timeout},
                   named_time{"stop_timeout", s.stop_timeout},
                   named_time{"watchdog_limit", s.watchdog_limit}};
  for (const auto& [name, time] : times)
    if (time <= 0ms)
      fault(std::string{name} + " must be > 0");
  if (s.heartbeat_interval * 2 > s.session_timeout)
    fault("heartbeat_interval must be at most half of session_timeout");
  if (s.watchdog_limit <= s.transaction_timeout)
    fault("watchdog_limit must be longer than transaction_timeout");
  // Each property alone, so that every fault is named, and then all of them
  // together as the handles get them: some exclude each other, and a file that
  // is missing shows only there. No broker is asked, and none is looked for.
  auto trial = s;
  trial.brokers.clear();
  trial.properties.clear();
  for (const auto& [name, value] : s.properties) {
    const auto* refused = std::find_if(
      refusals.begin(), refusals.end(),
      [&name = name](const refusal& r) { return name == r.name; });
    if (refused != refusals.end()) {
      fault("the Kafka property " + name
            + " can't be set: " + std::string{refused->why});
      continue;
    }
    auto one = trial;
    one.properties = {{name, value}};
    try {
      static_cast<void>(make_conf(one, client_role::admin));
      trial.properties[name] = value;
    } catch (const settings_error& e) {
      fault(e.what());
    }
  }
  for (auto role :
       {client_role::member, client_role::transactional, client_role::sink})
    try {
      static_cast<void>(
        make_client(trial, role, {.transactional_id = "fairlead"}));
    } catch (const settings_error& e) {
      fault(e.what());
    }
  return out;
}

std::string topic_name(const settings& s, topic t) {
  return s.topic_prefix + '.' + std::string{name_of(t)};
}

std::string transactional_id(const settings& s, std::int32_t partition) {
  return s.topic_prefix + '-' + std::to_string(partition);
}

std::string client_version() {
  return rd_kafka_version_str();
}

} // namespace fairlead::kafka
