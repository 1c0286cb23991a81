#include "commands/topics.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/words/counts.hpp"
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
  return topics_check(o, out, err);
}

} // namespace fairlead
