#include "commands/what_if/past_calls.hpp"

#include "messages/documents.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

namespace fairlead::what_if {
namespace {

void end_at(past_leg& l, instant at) {
  if (!l.until || at < *l.until)
    l.until = at;
}

} // namespace

std::string target_of(const rung_leg& l) {
  if (l.agent_id)
    return "agent " + *l.agent_id;
  return l.number.phone.empty() ? "endpoint " + l.number.endpoint
                                : "phone " + l.number.phone;
}

void past_calls::output(const published_output& o) {
  if (!o.body)
    return;
  if (const auto* r = std::get_if<ring_requested>(&*o.body)) {
    auto& c = calls_[r->call_id];
    c.lead_id = o.lead_id;
    past_attempt a{.at = o.time, .legs = {}};
    for (const auto& l : r->legs)
      a.legs.push_back({.leg_id = l.leg_id,
                        .target = target_of(l),
                        .agent = l.agent_id,
                        .until = std::nullopt});
    c.attempts[r->attempt] = std::move(a);
  } else if (const auto* x = std::get_if<ring_cancelled>(&*o.body)) {
    auto& c = calls_[x->call_id];
    for (const auto& l : x->legs)
      if (auto* was = leg_of(c, l.leg_id))
        end_at(*was, o.time);
  } else if (const auto* w = std::get_if<transfer_connected>(&*o.body)) {
    auto& c = calls_[w->call_id];
    c.lead_id = o.lead_id;
    c.ends.push_back({.at = o.time, .winner = w->leg_id});
  } else if (const auto* m = std::get_if<transfer_missed>(&*o.body)) {
    auto& c = calls_[m->call_id];
    c.lead_id = o.lead_id;
    c.ends.push_back({.at = o.time, .winner = std::nullopt});
  }
}

void past_calls::input(const input_body& e, instant now) {
  if (const auto* r = std::get_if<ring_reported>(&e)) {
    if (r->report == leg_report::answered || r->report == leg_report::accepted)
      return;
    auto c = calls_.find(r->call_id);
    if (c != calls_.end())
      if (auto* l = leg_of(c->second, r->leg_id))
        end_at(*l, now);
    return;
  }
  const auto* ended = std::get_if<call_ended>(&e);
  const auto* hung_up = std::get_if<caller_hung_up>(&e);
  if (ended == nullptr && hung_up == nullptr)
    return;
  auto c = calls_.find(ended != nullptr ? ended->call_id : hung_up->call_id);
  if (c != calls_.end())
    c->second.hung_up = now;
}

const past_call* past_calls::find(const std::string& call) const {
  auto it = calls_.find(call);
  return it == calls_.end() ? nullptr : &it->second;
}

std::optional<past_calls::rung>
past_calls::find_leg(const std::string& call, const std::string& leg) const {
  const auto* c = find(call);
  if (c == nullptr)
    return std::nullopt;
  for (const auto& [no, a] : c->attempts)
    for (const auto& l : a.legs)
      if (l.leg_id == leg)
        return rung{&l, no};
  return std::nullopt;
}

past_leg* past_calls::leg_of(past_call& c, const std::string& leg) {
  for (auto& [unused, a] : c.attempts)
    for (auto& l : a.legs)
      if (l.leg_id == leg)
        return &l;
  return nullptr;
}

std::vector<busy_time> past_calls::busy_after(const std::string& call,
                                              instant at) const {
  std::vector<busy_time> out;
  const auto* c = find(call);
  if (c == nullptr)
    return out;
  auto add = [&](const std::optional<std::string>& agent, instant from,
                 instant until, bool talked) {
    if (agent && until > at)
      out.push_back({.agent = *agent,
                     .from = std::max(from, at),
                     .until = until,
                     .talked = talked});
  };
  // What ends an attempt for all its legs: the next one, or a routing's end.
  auto over = [&](instant from, std::int64_t attempt) {
    std::optional<instant> first;
    auto next = c->attempts.upper_bound(attempt);
    if (next != c->attempts.end())
      first = next->second.at;
    for (const auto& e : c->ends)
      if (e.at >= from && (!first || e.at < *first))
        first = e.at;
    return first;
  };
  for (const auto& [no, a] : c->attempts)
    for (const auto& l : a.legs) {
      auto until = l.until;
      if (auto end = over(a.at, no); end && (!until || *end < *until))
        until = end;
      if (until)
        add(l.agent, a.at, *until, false);
    }
  for (std::size_t i = 0; i < c->ends.size(); ++i) {
    const auto& e = c->ends[i];
    if (!e.winner)
      continue;
    auto found = find_leg(call, *e.winner);
    if (!found)
      continue;
    // Taken back, ended, or never said to have ended (R34).
    auto until = e.at + std::chrono::seconds{call_settings{}.max_call_s};
    if (c->hung_up && *c->hung_up >= e.at)
      until = std::min<instant>(until, *c->hung_up);
    if (i + 1 < c->ends.size())
      until = std::min(until, c->ends[i + 1].at);
    add(found->leg->agent, e.at, until, true);
  }
  return out;
}

std::optional<instant> past_calls::won_at(const std::string& call) const {
  const auto* c = find(call);
  if (c == nullptr || c->ends.empty() || !c->ends.back().winner)
    return std::nullopt;
  return c->ends.back().at;
}

} // namespace fairlead::what_if
