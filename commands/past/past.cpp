#include "commands/past/past.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <stdexcept>

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

std::vector<journal_step> decode_journal(std::string_view text) {
  try {
    std::vector<journal_step> out;
    for (const auto& s : json::parse(text))
      out.push_back(step_of(s));
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
  auto number = r.partition;
  if (r.on == topic::journal)
    p.waiting.emplace_back(r.offset, decode_journal(r.value.value_or("")));
  else if (is_input(r.on))
    p.inputs.emplace(r.where(), std::move(r));
  advance(number, p);
}

void past::advance(std::int32_t number, part& p) {
  while (!p.waiting.empty()) {
    auto& [offset, steps] = p.waiting.front();
    for (const auto& s : steps)
      if (s.record && !p.inputs.contains(*s.record))
        return;
    past_transaction t{.partition = number,
                       .offset = offset,
                       .steps = std::move(steps),
                       .inputs = {}};
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
      for (const auto& s : p.waiting.front().second)
        if (s.record && !p.inputs.contains(*s.record))
          return gap{number, *s.record};
  return std::nullopt;
}

std::size_t past::inputs_left() const {
  std::size_t n = 0;
  for (const auto& [unused, p] : parts_)
    n += p.inputs.size();
  return n;
}

} // namespace fairlead
