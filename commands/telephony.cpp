#include "commands/telephony.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/json_places.hpp"
#include "commands/files/json_text.hpp"
#include "commands/publish.hpp"
#include "commands/service/signals.hpp"
#include "commands/words/counts.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <ostream>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto accepts_after = 1s;

/// Numbers from 0 to 1 that depend on the seed and the leg only, so the order
/// in which rings are heard does not matter (splitmix64 over FNV-1a).
class dice {
public:
  dice(std::uint64_t seed, const std::string& leg) : state_{seed} {
    for (char c : leg)
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  double roll() {
    state_ += 0x9e3779b97f4a7c15ULL;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) / 9007199254740992.0;
  }
  double between(double from, double to) { return from + roll() * (to - from); }

private:
  std::uint64_t state_;
};

std::chrono::milliseconds seconds_of(double s) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(s * 1000)};
}

bool is_report(const std::string& does) {
  for (auto known : {"answered", "accepted", "declined", "busy", "failed",
                     "machine", "no_answer"})
    if (does == known)
      return true;
  return false;
}

} // namespace

std::map<std::string, phone_habit> read_habits(const std::string& text,
                                               const std::string& name) {
  std::map<std::string, phone_habit> out;
  for (const auto& v : json_values(text)) {
    auto at = name + ":" + std::to_string(line_at(text, v.from)) + ": ";
    auto h = json::parse(text.substr(v.from, v.to - v.from), nullptr, false);
    if (!h.is_object() || text_in(h, "phone").empty())
      throw wrong_use(
        at
        + "expected an object such as {\"phone\":\"+12125550142\","
          "\"does\":\"answered\",\"after_s\":5,\"talk_s\":60}.");
    phone_habit habit;
    if (h.contains("does"))
      habit.does = text_in(h, "does");
    if (!is_report(habit.does))
      throw wrong_use(at
                      + "\"does\" must be answered, accepted, declined, busy, "
                        "failed, machine or no_answer.");
    for (auto [key, to] : {std::pair{"after_s", &habit.after_s},
                           std::pair{"talk_s", &habit.talk_s}})
      if (auto n = h.find(key); n != h.end()) {
        if (!n->is_number() || n->get<double>() < 0)
          throw wrong_use(at + "\"" + key + "\" must be a number of seconds.");
        *to = n->get<double>();
      }
    out[text_in(h, "phone")] = habit;
  }
  return out;
}

phone_habit phones::habit_for(const std::string& phone,
                              const std::string& leg) const {
  if (auto it = habits_.of.find(phone); it != habits_.of.end())
    return it->second;
  dice d{habits_.seed, leg};
  phone_habit h;
  auto roll = d.roll() * 100;
  h.does = roll < habits_.answered_percent ? "answered"
           : roll < habits_.answered_percent + habits_.declined_percent
             ? "declined"
           : roll < habits_.answered_percent + habits_.declined_percent
                      + habits_.busy_percent
             ? "busy"
             : "no_answer";
  h.after_s = d.between(habits_.after_min_s, habits_.after_max_s);
  h.talk_s = d.between(habits_.talk_min_s, habits_.talk_max_s);
  return h;
}

void phones::hear(const raw_record& r, instant now) {
  auto event = event_in(r.value);
  if (!event)
    return;
  const auto& data = event->at("data");
  auto type = text_in(*event, "type");
  auto team = text_in(data, "team_id");
  auto call = text_in(data, "call_id");
  if (type == "ring.requested") {
    auto confirm = data.value("confirm", false);
    for (const auto& l : data.value("legs", json::array())) {
      auto leg = text_in(l, "leg_id");
      auto habit = habit_for(text_in(l, "phone"), leg);
      // Nothing is reported for a phone that just rings: the timeout sees it.
      if (habit.does == "no_answer")
        continue;
      auto at = now + seconds_of(habit.after_s);
      plans_.emplace(at, planned{team, call, leg, "ring." + habit.does});
      if (confirm && habit.does == "answered")
        plans_.emplace(at + accepts_after,
                       planned{team, call, leg, "ring.accepted"});
      talks_[leg] = habit.talk_s;
    }
  } else if (type == "ring.cancelled") {
    std::set<std::string> gone;
    for (const auto& l : data.value("legs", json::array()))
      gone.insert(text_in(l, "leg_id"));
    std::erase_if(plans_,
                  [&](const auto& p) { return gone.contains(p.second.leg); });
    for (const auto& leg : gone)
      talks_.erase(leg);
  } else if (type == "transfer.connected") {
    auto leg = text_in(data, "leg_id");
    auto talk = talks_.find(leg);
    plans_.emplace(now + seconds_of(talk == talks_.end() ? 60 : talk->second),
                   planned{team, call, "", "call.ended"});
    if (talk != talks_.end())
      talks_.erase(talk);
  }
}

std::vector<std::string> phones::due(instant now) {
  std::vector<std::string> out;
  while (!plans_.empty() && plans_.begin()->first <= now) {
    auto [at, p] = *plans_.begin();
    plans_.erase(plans_.begin());
    json event{
      {"specversion", "1.0"},
      {"id", "phone-" + (p.leg.empty() ? p.call : p.leg) + "-" + p.type},
      {"source", "/telephony/simulated"},
      {"type", p.type},
      {"partitionkey", p.team},
      {"time", to_rfc3339(at)},
      {"data", {{"call_id", p.call}}}};
    if (!p.leg.empty())
      event["data"]["leg_id"] = p.leg;
    out.push_back(event.dump());
  }
  return out;
}

std::optional<instant> phones::next() const {
  if (plans_.empty())
    return std::nullopt;
  return plans_.begin()->first;
}

int simulate_telephony(telephony_options o, std::ostream& out) {
  stop_signals signals;
  if (!o.script.empty()) {
    std::ifstream in{o.script};
    if (!in)
      throw wrong_use("Can't read " + o.script
                      + "; check the path and its permissions.");
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    o.habits.of = read_habits(text, o.script);
  }
  auto wall = [] {
    return std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::system_clock::now());
  };
  auto sink = open_sink(o.service);
  auto rings
    = open_topics(o.service, {topic::rings},
                  o.from_beginning ? read_start::beginning : read_start::end);
  phones all{std::move(o.habits)};
  std::uint64_t published = 0;
  out << "The phones are ready. Press Ctrl-C to stop." << std::endl;
  while (!signals.came(0ms)) {
    auto wait = 100ms;
    if (auto next = all.next())
      wait = std::clamp(*next - wall(), 0ms, 100ms);
    if (auto r = rings->next(wait))
      if (o.service.team.empty() || r->key == o.service.team)
        all.hear(*r, wall());
    std::vector<new_record> events;
    for (const auto& e : all.due(wall()))
      events.push_back(record_for(e));
    published += events.size();
    if (!events.empty())
      append_all(*sink, std::move(events));
  }
  out << count_of(published, "event") << " published\n";
  return exit_code::fine;
}

} // namespace fairlead
