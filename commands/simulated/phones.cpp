#include "commands/simulated/phones.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/json_file.hpp"
#include "commands/files/json_text.hpp"
#include "messages/wire/read_outputs.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>
#include <variant>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto accepts_after = 1s;
// A carrier needs so long to tell a mailbox from a person.
constexpr auto recognised_after = 3s;

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

bool is_habit(const std::string& does) {
  for (auto known : {"answered", "accepted", "declined", "busy", "failed",
                     "machine", "no_answer", "mailbox"})
    if (does == known)
      return true;
  return false;
}

/// A phone, with its extension as messages/phone.hpp writes it, or an endpoint.
std::string number_in(const json& habit) {
  auto phone = text_in(habit, "phone");
  if (phone.empty())
    return text_in(habit, "endpoint");
  auto extension = text_in(habit, "extension");
  return extension.empty() ? phone : phone + ";ext=" + extension;
}

} // namespace

std::map<std::string, phone_habit> read_habits(const std::string& text,
                                               const std::string& name) {
  std::map<std::string, phone_habit> out;
  for (const auto& v : json_values(text)) {
    auto at = name + ":" + std::to_string(line_at(text, v.from)) + ": ";
    auto h = json::parse(text.substr(v.from, v.to - v.from), nullptr, false);
    if (!h.is_object() || number_in(h).empty())
      throw wrong_use(
        at
        + "expected an object such as {\"phone\":\"+12125550142\","
          "\"does\":\"answered\",\"after_s\":5,\"talk_s\":60}.");
    phone_habit habit;
    if (h.contains("does"))
      habit.does = text_in(h, "does");
    if (!is_habit(habit.does))
      throw wrong_use(at
                      + "\"does\" must be answered, accepted, declined, busy, "
                        "failed, machine, mailbox or no_answer.");
    for (auto [key, to] : {std::pair{"after_s", &habit.after_s},
                           std::pair{"talk_s", &habit.talk_s}})
      if (auto n = h.find(key); n != h.end()) {
        if (!n->is_number() || n->get<double>() < 0)
          throw wrong_use(at + "\"" + key + "\" must be a number of seconds.");
        *to = n->get<double>();
      }
    out[number_in(h)] = habit;
  }
  return out;
}

phone_habit phones::habit_for(const dialled& number,
                              const std::string& leg) const {
  auto it
    = habits_.of.find(number.phone.empty() ? number.endpoint : number.phone);
  if (it != habits_.of.end())
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
  auto o = read_output(r);
  if (!o || !o->body)
    return;
  if (const auto* rings = std::get_if<ring_requested>(&*o->body))
    ring(o->team, *rings, now);
  else if (const auto* cancelled = std::get_if<ring_cancelled>(&*o->body))
    stop_ringing(*cancelled);
  else if (const auto* connected = std::get_if<transfer_connected>(&*o->body))
    talk(o->team, *connected, now);
}

void phones::ring(const std::string& team, const ring_requested& rings,
                  instant now) {
  // A ring of the past, read from the beginning of the topic.
  if (rings.expires_at <= now)
    return;
  for (const auto& leg : rings.legs) {
    auto habit = habit_for(leg.number, leg.leg_id);
    // Nothing is reported for a phone that just rings: the timeout sees it.
    if (habit.does == "no_answer")
      continue;
    auto at = now + seconds_of(habit.after_s);
    auto report = [&](instant when, std::string type) {
      plans_.emplace(when,
                     planned{team, rings.call_id, leg.leg_id, std::move(type)});
    };
    if (habit.does == "mailbox") {
      report(at, "ring.answered");
      report(at + recognised_after, "ring.machine");
    } else {
      report(at, "ring." + habit.does);
    }
    if (rings.confirm && habit.does == "answered")
      report(at + accepts_after, "ring.accepted");
    talks_[leg.leg_id] = habit.talk_s;
  }
}

void phones::stop_ringing(const ring_cancelled& cancelled) {
  for (const auto& leg : cancelled.legs) {
    std::erase_if(plans_,
                  [&](const auto& p) { return p.second.leg == leg.leg_id; });
    talks_.erase(leg.leg_id);
  }
}

void phones::talk(const std::string& team, const transfer_connected& connected,
                  instant now) {
  auto talk = talks_.find(connected.leg_id);
  plans_.emplace(now + seconds_of(talk == talks_.end() ? 60 : talk->second),
                 planned{team, connected.call_id, "", "call.ended"});
  if (talk != talks_.end())
    talks_.erase(talk);
}

/// The conversation that had begun with it does not take place.
void phones::hangs_up_on_a_machine(const std::string& call) {
  std::erase_if(plans_, [&](const auto& p) {
    return p.second.call == call && p.second.type == "call.ended";
  });
}

std::vector<std::string> phones::due(instant now) {
  std::vector<std::string> out;
  while (!plans_.empty() && plans_.begin()->first <= now) {
    auto [at, p] = *plans_.begin();
    plans_.erase(plans_.begin());
    if (p.type == "ring.machine")
      hangs_up_on_a_machine(p.call);
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

} // namespace fairlead
