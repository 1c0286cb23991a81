#include "commands/endpoints/endpoints.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "connectors/embedded/embedded_log.hpp"
#include "connectors/http/client/client.hpp"
#include "connectors/kafka/event_sink.hpp"

namespace fairlead {
namespace {

http_place http_of(const place& p) {
  return {.url = p.url, .token = p.token, .team = p.team};
}

} // namespace

std::unique_ptr<topic_reader>
open_topics(const place& p, const std::vector<topic>& topics, read_start from) {
  if (!p.url.empty()) {
    if (from == read_start::beginning)
      return http_pages(http_of(p), topics);
    return http_stream(http_of(p), topics, false);
  }
  if (!p.at.embedded.empty()) {
    read_from start;
    if (from == read_start::end)
      start.at = read_from::place::end;
    return read_embedded(p.at.embedded, topics, start);
  }
  if (!p.at.brokers.empty())
    return open_kafka_topics(p.at, topics, from, p.team);
  throw wrong_use("Say where the topics are: --brokers HOST:PORT, --embedded "
                  "FOLDER or --url http://HOST:PORT.");
}

std::unique_ptr<event_sink> open_sink(const place& p) {
  if (!p.url.empty())
    return http_sink(http_of(p));
  if (!p.at.brokers.empty()) {
    // The sink connects in the background; a person wants to know at once. Who
    // only publishes need not see the other topics.
    auto k = kafka_settings_of(p.at);
    (void)checked_topics(k, {topic::roster, topic::leads, topic::calls});
    return std::make_unique<kafka_event_sink>(k);
  }
  throw wrong_use("Say where the events go: --brokers HOST:PORT or --url "
                  "http://HOST:PORT (an embedded folder is written by its "
                  "service only).");
}

int partition_count(const place& p) {
  if (!p.url.empty() || p.at.brokers.empty())
    return 1;
  return checked_topics(kafka_settings_of(p.at)).partitions;
}

std::vector<topic> output_topics() {
  return {topic::assignments, topic::rings,    topic::notifications,
          topic::tasks,       topic::outreach, topic::decisions,
          topic::dead_letters};
}

} // namespace fairlead
