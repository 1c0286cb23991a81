#include "commands/past/past.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace fairlead {
namespace {

using nlohmann::json;

journal_step step_of(const json& s) {
  journal_step out;
  auto name = s.at(0).get<std::string>();
  auto way = timer_way_named(name);
  if (!way) {
    auto on = topic_named(name);
    if (!on)
      throw std::runtime_error("The journal names an unknown topic: " + name
                               + ".");
    out.record
      = position{*on, s.at(1).get<std::int32_t>(), s.at(2).get<std::int64_t>()};
    out.now = at_ms(s.at(3).get<std::int64_t>());
    out.wall = at_ms(s.at(4).get<std::int64_t>());
    return out;
  }
  out.way = *way;
  out.team = s.at(1).get<std::string>();
  auto kind = s.at(2).get<std::string>();
  if (kind.size() != 1)
    throw std::runtime_error(
      "The journal names a timer of an unknown kind: " + kind + ".");
  out.timer
    = {static_cast<entity_kind>(kind.front()), s.at(3).get<std::string>()};
  out.due = at_ms(s.at(4).get<std::int64_t>());
  out.now = at_ms(s.at(5).get<std::int64_t>());
  out.wall = at_ms(s.at(6).get<std::int64_t>());
  return out;
}

} // namespace

journal_entry decode_journal(std::string_view text) {
  try {
    journal_entry out;
    for (const auto& s : json::parse(text)) {
      if (!s.is_object()) {
        out.steps.push_back(step_of(s));
        continue;
      }
      out.edition = s.at("edition").get<int>();
      if (s.contains("state"))
        out.takes_over = s.at("state").get<input_positions>();
    }
    if (out.edition > rules_edition)
      throw std::runtime_error(
        "The journal was written by edition " + std::to_string(out.edition)
        + " of the rules, and this program knows those "
          "up to "
        + std::to_string(rules_edition) + ": use the program that wrote it.");
    return out;
  } catch (const json::exception& e) {
    throw std::runtime_error(
      std::string{"The journal can't be read; was it written by another "
                  "version? "}
      + e.what());
  }
}

void past::read(raw_record r) {
  auto& p = parts_[r.partition];
  if (r.on == topic::journal)
    read_journal(std::move(r), p);
  else if (is_input(r.on))
    p.inputs.emplace(r.where(), std::move(r));
  advance(p);
}

void past::read_journal(raw_record r, part& p) {
  if (r.key) {
    // Without its beginning, which retention has deleted, a copy is none.
    if (p.taken_over)
      p.taken_over->snapshots[*r.key] = r.value.value_or("");
    return;
  }
  auto entry = decode_journal(r.value.value_or(""));
  if (entry.takes_over) {
    p.taken_over = {.positions = *entry.takes_over, .snapshots = {}};
    return;
  }
  p.waiting.push_back({.partition = r.partition,
                       .offset = r.offset,
                       .edition = entry.edition,
                       .steps = std::move(entry.steps),
                       .inputs = {},
                       .before = std::exchange(p.taken_over, std::nullopt)});
}

void past::advance(part& p) {
  while (!p.waiting.empty()) {
    auto& next = p.waiting.front();
    for (const auto& s : next.steps)
      if (s.record && !p.inputs.contains(*s.record))
        return;
    auto t = std::move(next);
    p.waiting.pop_front();
    for (const auto& s : t.steps)
      if (s.record)
        t.inputs.insert(p.inputs.extract(*s.record));
    each_(std::move(t));
  }
}

std::optional<past::gap> past::first_gap() const {
  for (const auto& [number, p] : parts_)
    if (!p.waiting.empty())
      for (const auto& s : p.waiting.front().steps)
        if (s.record && !p.inputs.contains(*s.record))
          return gap{number, *s.record};
  return std::nullopt;
}

void past::skip_to_takeover() {
  for (auto& [unused, p] : parts_) {
    auto last
      = std::find_if(p.waiting.rbegin(), p.waiting.rend(),
                     [](const auto& t) { return t.before.has_value(); });
    if (last == p.waiting.rend())
      continue;
    p.waiting.erase(p.waiting.begin(), std::prev(last.base()));
    advance(p);
  }
}

std::size_t past::inputs_left() const {
  std::size_t n = 0;
  for (const auto& [unused, p] : parts_)
    n += p.inputs.size();
  return n;
}

} // namespace fairlead
