#include "commands/topics.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/words/counts.hpp"
#include "connectors/kafka/move.hpp"
#include "connectors/kafka/topics.hpp"

#include <cstdint>
#include <ostream>

namespace fairlead {
namespace {

void require_brokers(const settings& s) {
  if (s.brokers.empty())
    throw wrong_use("Specify the Kafka brokers: --brokers HOST:PORT,...");
}

} // namespace

int topics_check(const topics_options& o, std::ostream& out,
                 std::ostream& err) {
  require_brokers(o.config);
  auto report = kafka::check_topics(kafka_settings_of(o.config));
  for (const auto& w : report.warnings)
    err << "fairlead: warning: " << w << '\n';
  for (const auto& p : report.problems)
    err << "fairlead: " << p << '\n';
  if (!report.problems.empty())
    return exit_code::failed;
  auto misfits
    = kafka::check_state(kafka_settings_of(o.config), report.partitions);
  for (const auto& m : misfits)
    err << "fairlead: " << m << '\n';
  if (!misfits.empty())
    return exit_code::failed;
  out << topic_count << " topics with "
      << count_of(static_cast<std::uint64_t>(report.partitions), "partition")
      << " each: the service can start on them\n";
  return exit_code::fine;
}

int topics_create(const topics_options& o, std::ostream& out,
                  std::ostream& err) {
  require_brokers(o.config);
  auto made = kafka::create_topics(
    kafka_settings_of(o.config),
    {.partitions = o.partitions,
     .replication_factor = o.replication_factor,
     .retention_days = static_cast<std::int32_t>(o.config.retention_days)});
  for (const auto& name : made.created)
    out << "created  " << name << '\n';
  for (const auto& name : made.existing)
    out << "existed  " << name << '\n';
  auto code = topics_check(o, out, err);
  if (code != exit_code::fine || made.existing.empty())
    return code;
  if (auto n = kafka::check_topics(kafka_settings_of(o.config)).partitions;
      n != o.partitions)
    out << "they existed and keep their " << n << " partitions, not "
        << o.partitions
        << "; `fairlead topics move` copies them to another number\n";
  return code;
}

int topics_move(const topics_options& o, const std::string& to_prefix,
                std::ostream& out, std::ostream& err) {
  require_brokers(o.config);
  auto to = o.config;
  to.topic_prefix = to_prefix;
  to.group_id.clear();
  if (to_prefix == o.config.topic_prefix)
    throw wrong_use("The new prefix must be another one than "
                    + o.config.topic_prefix + '.');
  auto m = kafka::move_topics(
    kafka_settings_of(o.config), kafka_settings_of(to),
    {.partitions = o.partitions,
     .replication_factor = o.replication_factor,
     .retention_days = static_cast<std::int32_t>(o.config.retention_days)});
  out << "copied " << count_of(m.teams, "team") << ", "
      << count_of(m.entities, "snapshot") << " and "
      << count_of(m.unread, "unread record") << " to the prefix " << to_prefix
      << "; publishers must write there now\n";
  auto checked = o;
  checked.config = to;
  return topics_check(checked, out, err);
}

} // namespace fairlead
