#include "commands/board/sent_event.hpp"

#include "board/queries.hpp"
#include "messages/wire/decode.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {
namespace {

using board::json;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Between two looks: so late a client that is gone is noticed.
constexpr auto look = 40ms;
// A step that says nothing is believed only after this: a dead letter is on a
// topic of its own.
constexpr auto silence = 150ms;

struct sent {
  std::string team, source, id;
  json found = json::object();
  std::optional<clock::time_point> silent_since{};
  [[nodiscard]] bool done() const { return found.value("state", "") == "done"; }
};

void ask(board::model& of, sent& s) {
  (void)of.with(s.team, [&s](const board::model::view& v) {
    s.found = board::effect(v, s.source, s.id);
  });
  if (!s.done() || !s.found.value("outputs", json::array()).empty())
    return;
  if (!s.silent_since)
    s.silent_since = clock::now();
  if (clock::now() - *s.silent_since < silence)
    s.found["state"] = "pending";
}

json as_told(const sent& s) {
  json out{{"team_id", s.team}, {"source", s.source}, {"id", s.id}};
  bool done = s.done();
  out["state"] = done ? "done" : "pending";
  out["outputs"] = s.found.value("outputs", json::array());
  if (s.found.contains("dead_letter"))
    out["dead_letter"] = s.found["dead_letter"];
  out["text"] = !done ? "taken; what comes of it is not known yet"
                : s.found.contains("dead_letter")
                  ? s.found["dead_letter"].get<std::string>()
                : out["outputs"].empty() ? "taken, nothing changed"
                                         : "done";
  return out;
}

} // namespace

std::optional<input_event> event_in(const new_record& sent) {
  raw_record r;
  r.on = sent.on;
  r.key = sent.key;
  r.value = sent.value;
  r.headers = sent.headers;
  auto read = json_decoder().decode(r);
  if (auto* e = std::get_if<input_event>(&read))
    return std::move(*e);
  return std::nullopt;
}

http::effect_waiter effects_in(board::model& of) {
  return [&of](const http::request& q, const std::vector<new_record>& events,
               std::chrono::seconds wait) {
    auto until = clock::now() + wait;
    std::vector<sent> all;
    for (const auto& e : events)
      if (auto in = event_in(e))
        all.push_back({in->team, in->source, in->id});
    for (;;) {
      const sent* waits_for = nullptr;
      std::uint64_t seen = 0;
      for (auto& s : all)
        if (!s.done()) {
          auto changes = of.wait_changed(s.team, 0, 0ms);
          ask(of, s);
          if (!s.done() && waits_for == nullptr) {
            waits_for = &s;
            seen = changes;
          }
        }
      auto left
        = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
      if (waits_for == nullptr || left <= 0ms || !q.awaited())
        break;
      (void)of.wait_changed(waits_for->team, seen,
                            std::min<std::chrono::milliseconds>(left, look));
    }
    http::effects out{.events = {}, .all_done = true};
    json list = json::array();
    for (const auto& s : all) {
      list.push_back(as_told(s));
      out.all_done = out.all_done && s.done();
    }
    out.events = list.dump(-1, ' ', false, json::error_handler_t::replace);
    return out;
  };
}

} // namespace fairlead
