#include "commands/board.hpp"

#include "commands/board/feed.hpp"
#include "commands/board/kafka_feed.hpp"
#include "commands/board/rights.hpp"
#include "commands/board/routes.hpp"
#include "commands/board/rules_trial.hpp"
#include "commands/board/sent_event.hpp"
#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/service/signals.hpp"
#include "commands/version.hpp"
#include "connectors/board_store/store.hpp"
#include "connectors/http/server.hpp"
#include "connectors/kafka/event_sink.hpp"
#include "connectors/log.hpp"
#include "connectors/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr auto stops_within = 4800ms;

} // namespace

int run_board(const board_options& o, std::ostream& out) {
  const auto& s = o.config;
  if (s.brokers.empty())
    throw wrong_use("Specify where the topics are: --brokers HOST:PORT. An "
                    "embedded service has its board on its own port.");
  auto address = parse_host_port(s.http);
  if (!address)
    throw wrong_use("Specify where to listen: --http ADDRESS:PORT.");
  stop_signals signals;
  start_log(s.log_level);
  auto kafka = kafka_settings_of(s);
  (void)checked_topics(kafka);
  std::unique_ptr<board_store::store> kept;
  if (!s.data.empty())
    kept = std::make_unique<board_store::store>(s.data, s.topic_prefix);
  board::model model{board_surroundings(
    {}, version_json(),
    {.in = kept.get(), .hours_max = std::int64_t{24} * s.sums_days})};
  kafka::event_sink sink{kafka};
  kafka_board_feed feed{model, kafka, kept.get()};
  metrics counts;
  auto routes = board_routes(model);
  rules_trial trial{{.config = s, .url = {}, .token = {}, .team = {}}};
  routes.push_back(trial.route());
  std::unique_ptr<rights> who;
  if (!s.http_token_file.empty()) {
    who = std::make_unique<rights>(s.http_token_file, holders_in(model));
    for (auto& r : who->routes())
      routes.push_back(std::move(r));
  }
  http::server server{{.address = address->host,
                       .port = address->port,
                       .token = who ? who->a_token() : std::string{}},
                      {.sink = &sink,
                       .events = &json_decoder(),
                       .counts = &counts,
                       .not_ready = [&feed] { return feed.not_ready(); },
                       .gates_events = false,
                       .version_json = version_json(),
                       .routes = std::move(routes),
                       .identify = who ? identifier(*who) : nullptr,
                       .refusal = who ? refuser(*who) : nullptr,
                       .effects = effects_in(model)}};
  feed.tell([&server] { server.changed(); });
  out << "The board: http://" << address->host << ":" << server.port() << "/"
      << std::endl;
  while (!signals.came(200ms))
    if (auto why = feed.failure()) {
      feed.tell({});
      throw std::runtime_error(*why);
    }
  stop_deadline deadline{stops_within};
  feed.tell({});
  return exit_code::fine;
}

} // namespace fairlead
