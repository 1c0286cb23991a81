#include "commands/words/report.hpp"

#include "actors/core/overload.hpp"
#include "commands/words/counts.hpp"
#include "commands/words/terminal.hpp"
#include "messages/wire/decode.hpp"
#include "messages/wire/read_outputs.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <utility>
#include <variant>

namespace fairlead {
namespace {

std::int64_t percentile(std::vector<std::int64_t> values, int p) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  auto i = (values.size() * static_cast<std::size_t>(p) + 99) / 100;
  return values[std::min(values.size() - 1, i == 0 ? 0 : i - 1)];
}

std::string time_text(std::int64_t ms) {
  if (ms < 1000)
    return std::to_string(ms) + " ms";
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100)
         + " s";
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "-"
                    : std::to_string((part * 100 + whole / 2) / whole) + " %";
}

std::string number(std::uint64_t n, std::size_t width = 0) {
  auto text = std::to_string(n);
  return text.size() < width ? std::string(width - text.size(), ' ') + text
                             : text;
}

} // namespace

void report::input(const raw_record& r) {
  auto read = json_decoder().decode(r);
  const auto* e = std::get_if<input_event>(&read);
  if (e == nullptr)
    return;
  auto& team = teams_[e->team];
  if (const auto* t = std::get_if<team_configured>(&e->body)) {
    team.pools.clear();
    for (const auto& p : t->document.pools) {
      auto& members = team.pools[p.id];
      for (const auto& m : p.members)
        members.emplace_back(m.agent_id, m.weight);
    }
  } else if (const auto* a = std::get_if<agent_configured>(&e->body)) {
    team.agents[a->document.agent_id].name = a->document.name;
  } else if (const auto* l = std::get_if<lead_received>(&e->body)) {
    lead_came(e->team, l->lead_id, r.timestamp);
  }
}

void report::lead_came(const std::string& team, const std::string& lead,
                       instant at) {
  auto& t = teams_[team];
  ++t.leads;
  t.came.emplace(lead, at);
}

void report::output(const new_record& r) {
  output(r.on, r.value, std::nullopt);
}

void report::output(topic on, const std::optional<std::string>& value,
                    std::optional<instant> seen) {
  if (on == topic::dead_letters) {
    ++dead_letters_;
    return;
  }
  auto o = read_output(on, value);
  if (!o || !o->body)
    return;
  auto& team = teams_[o->team];
  auto call_stands = [&](const std::string& call, call_row now) {
    auto& row = team.calls[call];
    if (o->sequence < row.at)
      return;
    row = std::move(now);
    row.at = o->sequence;
  };
  std::visit(
    overload{[&](const lead_assigned& b) {
               auto& agent = team.agents[b.agent.agent_id];
               agent.name = b.agent.name;
               ++agent.leads;
               if (b.turn && b.pool_id)
                 ++agent.turns[*b.pool_id];
               if (auto came = team.came.find(o->lead_id);
                   came != team.came.end()) {
                 team.to_owner_ms.push_back(
                   (seen.value_or(o->time) - came->second).count());
                 team.came.erase(came);
               }
             },
             [&](const lead_unassigned&) { ++team.unassigned; },
             [&](const notification_requested& b) {
               if (b.kind != notification_kind::re_inquiry)
                 return;
               ++team.returning;
               team.came.erase(o->lead_id);
             },
             [&](const ring_requested& b) {
               for (const auto& leg : b.legs)
                 if (leg.agent_id)
                   ++team.agents[*leg.agent_id].rung;
             },
             [&](const transfer_connected& b) {
               call_stands(b.call_id, {.answered = true,
                                       .agent = b.agent_id.value_or(""),
                                       .waited_ms = b.waited_ms});
             },
             [&](const transfer_missed& b) {
               // After a success only outcome.corrected makes it count (R44).
               if (!team.calls[b.call_id].answered)
                 call_stands(b.call_id, {});
             },
             [&](const outcome_corrected& b) {
               // A call that was never transferred has only tags.
               if (team.calls.contains(b.call_id))
                 call_stands(b.call_id,
                             {.answered = b.to == outcome::successful_transfer,
                              .agent = {},
                              .waited_ms = {}});
             },
             [&](const task_created& b) {
               if (b.assignee)
                 ++team.agents[*b.assignee].tasks;
             },
             [](const auto&) {}},
    *o->body);
}

bool report::print_pool(const team_part& team, const std::string& pool,
                        const pool_members& members, std::ostream& out) {
  auto turns_of = [&](const std::string& agent) -> std::uint64_t {
    auto a = team.agents.find(agent);
    if (a == team.agents.end())
      return 0;
    auto n = a->second.turns.find(pool);
    return n == a->second.turns.end() ? 0 : n->second;
  };
  auto name_of = [&](const std::string& agent) {
    auto a = team.agents.find(agent);
    return a == team.agents.end() || a->second.name.empty() ? agent
                                                            : a->second.name;
  };
  std::uint64_t turns = 0, weights = 0;
  for (const auto& [agent, weight] : members) {
    weights += static_cast<std::uint64_t>(weight);
    turns += turns_of(agent);
  }
  if (turns == 0)
    return false;
  out << "  pool " << padded(pool, 16) << "weight   turns   share   due\n";
  for (const auto& [agent, weight] : members) {
    auto n = turns_of(agent);
    auto due = static_cast<std::uint64_t>(weight);
    out << "    " << padded(name_of(agent), 19) << number(due, 6)
        << number(n, 8) << padded("", 3) << padded(percent(n, turns), 8)
        << percent(due, weights) << '\n';
  }
  return true;
}

void report::print_calls(const team_part& team, std::ostream& out) {
  if (team.calls.empty())
    return;
  std::uint64_t answered = 0;
  std::vector<std::int64_t> waited_ms;
  for (const auto& [unused, call] : team.calls) {
    answered += call.answered ? 1 : 0;
    if (call.waited_ms)
      waited_ms.push_back(*call.waited_ms);
  }
  out << "  calls: " << answered << " of " << team.calls.size() << " answered ("
      << percent(answered, team.calls.size()) << ")";
  if (!waited_ms.empty())
    out << ", waited p50 " << time_text(percentile(waited_ms, 50)) << ", p99 "
        << time_text(percentile(waited_ms, 99));
  out << '\n';
}

void report::print(std::ostream& out) const {
  bool any_pool = false;
  for (const auto& [id, team] : teams_) {
    out << "\n"
        << id << ": " << count_of(team.leads, "lead") << " came, "
        << team.returning << " from people already known; "
        << count_of(team.unassigned, "time") << " nobody could take one\n";
    if (!team.to_owner_ms.empty())
      out << "  time to owner: p50 "
          << time_text(percentile(team.to_owner_ms, 50)) << ", p99 "
          << time_text(percentile(team.to_owner_ms, 99)) << '\n';
    print_calls(team, out);
    for (const auto& [pool, members] : team.pools)
      any_pool = print_pool(team, pool, members, out) || any_pool;
    bool any
      = std::any_of(team.agents.begin(), team.agents.end(), [](const auto& a) {
          return a.second.leads + a.second.rung + a.second.tasks > 0;
        });
    if (!any)
      continue;
    std::map<std::string, std::uint64_t> answered;
    for (const auto& [unused, call] : team.calls)
      answered[call.agent] += call.answered ? 1 : 0;
    out << "  agent                leads    rung  answered   tasks\n";
    for (const auto& [agent, row] : team.agents)
      out << "    " << padded(row.name.empty() ? agent : row.name, 19)
          << number(row.leads, 3) << number(row.rung, 8)
          << number(answered[agent], 10) << number(row.tasks, 8) << '\n';
  }
  if (any_pool)
    out << "\n\"Due\" is the share by weight of somebody who is always there; "
           "turns missed while\noff duty, paused or at the daily cap are not "
           "made up.\n";
  if (dead_letters_ > 0)
    out << "\n"
        << count_of(dead_letters_, "record")
        << " could not be processed (dead letters)\n";
}

} // namespace fairlead
