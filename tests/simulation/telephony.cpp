// Telephony and the people: they answer to what rings and what is to be done.

#include "tests/simulation/world.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>

namespace fairlead::test {

/// Telephony and the people: they read what is committed and answer to it.
void world::follow_the_log() {
  for (std::int32_t p = 0; p < options_.partitions; ++p) {
    constexpr std::array topics{topic::rings, topic::tasks};
    for (std::size_t t = 0; t < topics.size(); ++t) {
      auto& next = followed_[static_cast<std::size_t>(p)][t];
      auto got = log_.fetch(topics[t], p, next, 1'000'000);
      next = got.next;
      for (const auto& r : got.records)
        answer(*r.value);
    }
  }
}

void world::answer(const std::string& value) {
  auto event = nlohmann::json::parse(value);
  const std::string type = event["type"];
  const std::string team = event["partitionkey"];
  const auto& data = event["data"];
  auto later = [&](std::int64_t low_s, std::int64_t high_s, topic on,
                   const char* reply, json_object body) {
    replies_.emplace(
      now_
        + std::chrono::milliseconds{dice_.between(low_s * 1000, high_s * 1000)},
      history_.make(on, reply, team, body.str()));
  };
  if (type == "task.created") {
    if (dice_.chance(200))
      later(1, 120, topic::leads, "task.completed",
            json_object{}
              .text("lead_id", data["lead_id"].get<std::string>())
              .text("task_id", data["task_id"].get<std::string>()));
    return;
  }
  auto call = [&] {
    return json_object{}.text("call_id", data["call_id"].get<std::string>());
  };
  if (type == "ring.requested") {
    for (const auto& leg : data["legs"]) {
      auto body = call().text("leg_id", leg["leg_id"].get<std::string>());
      auto how = dice_.below(100);
      if (how < 35)
        later(0, 20, topic::calls, "ring.answered", body);
      else if (how < 45)
        later(0, 10, topic::calls, "ring.accepted", body);
      else if (how < 60)
        later(0, 10, topic::calls,
              dice_.pick({"ring.declined", "ring.busy", "ring.failed",
                          "ring.machine", "ring.no_answer"}),
              body);
    }
  } else if (type == "transfer.missed") {
    if (dice_.chance(150)) // the bot tries once more (R44)
      later(0, 60, topic::calls, "transfer.requested",
            call().text("lead_id", data["lead_id"].get<std::string>()));
  } else if (type == "transfer.connected") {
    auto leg = call().text("leg_id", data["leg_id"].get<std::string>());
    if (dice_.chance(150))
      later(0, 5, topic::calls, "call.bridge_failed", leg);
    else if (dice_.chance(150)) // it was a mailbox (R33)
      later(1, 6, topic::calls, "ring.machine", leg);
    if (dice_.chance(700))
      later(5, 200, topic::calls, "call.ended", call());
  }
}

void world::publish_replies() {
  while (!replies_.empty() && replies_.begin()->first <= now_) {
    auto w = std::move(replies_.begin()->second);
    replies_.erase(replies_.begin());
    publish(w);
  }
}

} // namespace fairlead::test
