// Who publishes, and what goes wrong with records on their way: late, twice, in
// the wrong partition, broken, or too much for their decoder.

#include "messages/partitioner.hpp"
#include "tests/simulation/world.hpp"

#include <algorithm>
#include <chrono>

namespace fairlead::test {

std::variant<input_event, dead_letter>
poisoned_decoder::decode(const raw_record& r) const {
  auto out = json_decoder().decode(r);
  if (auto* e = std::get_if<input_event>(&out)) {
    if (const auto* lead = std::get_if<lead_received>(&e->body))
      if (lead->lead_id == lead_that_throws)
        throw std::runtime_error{"a record that is too much for its decoder"};
    // A zone that nobody knows: the step throws when half its work is done.
    if (auto* team = std::get_if<team_configured>(&e->body))
      if (team->document.name == team_that_throws)
        team->document.time_zone = "Nowhere";
  }
  return out;
}

void world::append(raw_record r) {
  note([&] {
    return "published " + to_string(r.where()) + " "
           + r.value.value_or("(none)").substr(0, 2000);
  });
  sent_.push_back(r);
  log_.append(std::move(r));
  ++published_;
  ++figures_.inputs;
}

void world::garble(raw_record& r) {
  auto& v = *r.value;
  switch (dice_.below(6)) {
    case 0:
      v.resize(dice_.below(v.size()));
      break;
    case 1:
      r.value.reset();
      break;
    case 2:
      v = "[1,2]";
      break;
    case 3:
      v.replace(v.find("\"type\""), 6, "\"tipe\"");
      break;
    case 4:
      v[dice_.below(v.size())] = static_cast<char>(dice_.below(256));
      break;
    default:
      r.key = std::string(200, 'k');
      break;
  }
}

void world::publish(const wish& w) {
  const auto& sky = options_.sky;
  raw_record r{.on = w.on,
               .partition = partition_of(w.team, options_.partitions),
               .offset = 0,
               .timestamp = now_,
               .log_append_time = false,
               .key = w.team,
               .value = w.value,
               .headers = {}};
  if (dice_.chance(sky.late)) // across topics, and within one
    r.timestamp -= std::chrono::milliseconds{dice_.between(0, 40'000)};
  if (dice_.chance(sky.misrouted))
    r.partition = static_cast<std::int32_t>(
      dice_.below(static_cast<std::size_t>(options_.partitions)));
  if (dice_.chance(100))
    r.key.reset(); // `partitionkey` tells
  if (dice_.chance(sky.garbled))
    garble(r);
  append(std::move(r));
}

void world::publish_something() {
  const auto& sky = options_.sky;
  if (!sent_.empty() && dice_.chance(sky.duplicate)) {
    // Most of them soon after, some long after.
    auto back = dice_.chance(800) ? std::min<std::size_t>(sent_.size(), 5)
                                  : sent_.size();
    auto r = sent_[sent_.size() - 1 - dice_.below(back)];
    r.timestamp = now_;
    return append(std::move(r));
  }
  if (dice_.chance(sky.poison)) {
    auto team = dice_.pick({"acme", "bolt"});
    if (dice_.chance(500))
      return publish(
        history_.make(topic::leads, "lead.received", team,
                      json_object{}
                        .text("lead_id", poisoned_decoder::lead_that_throws)
                        .str()));
    return publish(
      history_.make(topic::roster, "team.configured", team,
                    json_object{}
                      .text("team_id", team)
                      .text("name", poisoned_decoder::team_that_throws)
                      .text("account_owner", "a1")
                      .str()));
  }
  publish(history_.next());
}

} // namespace fairlead::test
