#include "commands/endpoints/endpoint.hpp"

#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "connectors/embedded/topic_reader.hpp"
#include "connectors/http/client/client.hpp"
#include "connectors/kafka/event_sink.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr auto busy_max = 60s;

http::instance http_of(const endpoint& e) {
  return {.url = e.url, .token = e.token, .team = e.team};
}

} // namespace

std::unique_ptr<topic_reader> open_topics(const endpoint& from,
                                          const std::vector<topic>& topics,
                                          read_start start) {
  if (!from.url.empty()) {
    if (start == read_start::beginning)
      return http::open_pages(http_of(from), topics);
    return http::open_stream(http_of(from), topics, read_start::end);
  }
  if (!from.config.embedded.empty())
    return std::make_unique<embedded::topic_reader>(from.config.embedded,
                                                    topics, start);
  if (!from.config.brokers.empty())
    return open_kafka_topics(from.config, topics, start, from.team);
  throw wrong_use("Specify where the topics are: --brokers HOST:PORT, "
                  "--embedded FOLDER or --url http://HOST:PORT.");
}

std::unique_ptr<event_sink> open_sink(const endpoint& to) {
  if (!to.url.empty())
    return http::open_sink(http_of(to));
  if (!to.config.brokers.empty()) {
    // The sink connects in the background, but a person wants to know at once
    // whether it can. Publishing does not need to see the other topics.
    auto k = kafka_settings_of(to.config);
    (void)checked_topics(k, {topic::roster, topic::leads, topic::calls});
    return std::make_unique<kafka::event_sink>(k);
  }
  throw wrong_use("Specify where the events go: --brokers HOST:PORT or --url "
                  "http://HOST:PORT (only its own service writes to an "
                  "embedded folder).");
}

void append_all(event_sink& to, const std::vector<new_record>& records) {
  auto until = std::chrono::steady_clock::now() + busy_max;
  for (auto pause = 20ms;; pause = std::min(pause * 2, 1000ms)) {
    std::string why;
    switch (to.append(records, why)) {
      case event_sink::verdict::durable:
        return;
      case event_sink::verdict::busy:
        if (std::chrono::steady_clock::now() > until)
          throw std::runtime_error("Not accepted for a minute: " + why);
        std::this_thread::sleep_for(pause);
        break;
      case event_sink::verdict::failed:
        throw std::runtime_error(why);
    }
  }
}

int partition_count(const endpoint& e) {
  if (!e.url.empty() || e.config.brokers.empty())
    return 1;
  return checked_topics(kafka_settings_of(e.config)).partitions;
}

bool begins_with(const endpoint& e, topic on, std::int32_t partition,
                 std::int64_t first) {
  // On Kafka what stands before it may be a transaction that was aborted.
  return first == 0
         || (!e.config.brokers.empty()
             && first_kafka_offset(e.config, on, partition) == 0);
}

std::vector<topic> output_topics() {
  return {topic::assignments, topic::rings,    topic::notifications,
          topic::tasks,       topic::outreach, topic::decisions,
          topic::dead_letters};
}

} // namespace fairlead
