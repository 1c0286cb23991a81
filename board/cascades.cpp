#include "board/queries.hpp"
#include "messages/english/in_words.hpp"
#include "messages/wire/decode.hpp"
#include "messages/wire/read_outputs.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead::board {
namespace {

constexpr std::size_t calls_max = 10;
constexpr std::size_t records_max = 500;

struct shown_leg {
  std::string leg_id, name;
  std::int64_t attempt = 0;
  ring_step step = ring_step::owner;
  instant from;
  std::optional<instant> until;
  std::string how = "ringing";
};

struct shown_call {
  std::vector<shown_leg> legs;
  std::optional<instant> ended;
  std::string result = "open";
  std::optional<std::string> reason;
  std::optional<std::int64_t> waited_ms;

  void end(const std::string& leg, std::string_view how, instant at) {
    for (auto& l : legs)
      if (l.leg_id == leg && !l.until) {
        l.until = at;
        l.how = how;
      }
  }
};

std::string name_of_leg(const rung_leg& l) {
  return l.name ? *l.name : l.agent_id ? *l.agent_id : in_words(l.number);
}

void take(shown_call& c, const published_output& o) {
  if (const auto* r = std::get_if<ring_requested>(&*o.body)) {
    c.result = "open"; // R44: routed once more
    for (const auto& l : r->legs)
      c.legs.push_back({.leg_id = l.leg_id,
                        .name = name_of_leg(l),
                        .attempt = r->attempt,
                        .step = r->step,
                        .from = o.time,
                        .until = std::nullopt});
  } else if (const auto* x = std::get_if<ring_cancelled>(&*o.body)) {
    for (const auto& l : x->legs)
      c.end(l.leg_id, l.reason ? to_string(*l.reason) : "cancelled", o.time);
  } else if (const auto* w = std::get_if<transfer_connected>(&*o.body)) {
    c.end(w->leg_id, "won", o.time);
    c.result = "connected";
    c.ended = o.time;
    c.waited_ms = w->waited_ms;
  } else if (const auto* m = std::get_if<transfer_missed>(&*o.body)) {
    c.result = "missed";
    c.reason = std::string{in_words(m->reason)};
    c.ended = o.time;
  }
}

/// A win that was none (R33).
void take_back(shown_call& c, const std::string& leg, std::string_view how,
               instant at) {
  for (auto& l : c.legs)
    if (l.leg_id == leg && l.how == "won") {
      l.how = how;
      l.until = at;
    }
}

/// What telephony said of a leg.
void take(shown_call& c, const input_body& e, instant at) {
  if (const auto* f = std::get_if<call_bridge_failed>(&e))
    return take_back(c, f->leg_id, "failed", at);
  const auto* r = std::get_if<ring_reported>(&e);
  if (r == nullptr || r->report == leg_report::answered
      || r->report == leg_report::accepted)
    return; // a win, or told by what cancels it
  auto how = type_of(r->report).substr(std::string_view{"ring."}.size());
  if (r->report == leg_report::machine)
    take_back(c, r->leg_id, how, at);
  c.end(r->leg_id, how, at);
}

} // namespace

json cascades(const model::view& v, const std::string& lead) {
  const auto& team = v.team.here.id();
  std::vector<std::string> order;
  for (const auto& n :
       v.all.log().of(team, {recent::about::lead, lead}, records_max))
    if (n.record->on == topic::rings)
      if (auto o = read_output(*n.record); o && o->body)
        if (auto call = call_of(*o->body))
          if (std::find(order.begin(), order.end(), *call) == order.end())
            order.push_back(*call);
  auto out = json::array();
  for (auto id = order.rbegin(); id != order.rend() && out.size() < calls_max;
       ++id) {
    // Topics are read side by side: by time, what came in before its effect.
    struct part {
      instant at;
      bool output;
      std::uint64_t sequence;
      const raw_record* record;
    };
    std::vector<part> parts;
    for (const auto& n :
         v.all.log().of(team, {recent::about::call, *id}, records_max)) {
      auto o = is_input(n.record->on) ? std::nullopt : read_output(*n.record);
      parts.push_back({o ? o->time : n.record->timestamp, o.has_value(),
                       o ? o->sequence : 0, n.record});
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const part& a, const part& b) {
                       return std::tuple{a.at, a.output, a.sequence}
                              < std::tuple{b.at, b.output, b.sequence};
                     });
    shown_call c;
    for (const auto& p : parts) {
      if (p.output) {
        if (auto o = read_output(*p.record); o && o->body)
          take(c, *o);
        continue;
      }
      auto read = json_decoder().decode(*p.record);
      if (const auto* e = std::get_if<input_event>(&read))
        take(c, e->body, p.at);
    }
    if (c.legs.empty() && c.result == "open")
      continue;
    auto legs = json::array();
    for (const auto& l : c.legs)
      legs.push_back({{"name", l.name},
                      {"attempt", l.attempt},
                      {"step", to_string(l.step)},
                      {"from", to_rfc3339(l.from)},
                      {"until", l.until ? json(to_rfc3339(*l.until)) : json{}},
                      {"how", l.how}});
    out.push_back(
      {{"call_id", *id},
       {"started", c.legs.empty() ? to_rfc3339(*c.ended)
                                  : to_rfc3339(c.legs.front().from)},
       {"ended", c.ended ? json(to_rfc3339(*c.ended)) : json{}},
       {"result", c.result},
       {"reason_text", c.reason ? json(*c.reason) : json{}},
       {"waited_ms", c.waited_ms ? json(*c.waited_ms) : json{}},
       {"legs", std::move(legs)}});
  }
  return out;
}

} // namespace fairlead::board
