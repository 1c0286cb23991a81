#include "commands/words/report.hpp"

#include "commands/files/json_text.hpp"
#include "commands/words/counts.hpp"
#include "commands/words/terminal.hpp"
#include "messages/wire/decode.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace fairlead {
namespace {

using nlohmann::json;

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
  if (on == topic::state || on == topic::journal || is_input(on) || !value)
    return;
  auto event = event_in(value);
  if (!event)
    return;
  auto& data = event->at("data");
  auto type = text_in(*event, "type");
  auto& team = teams_[text_in(data, "team_id")];
  auto at = seen ? seen : from_rfc3339(text_in(*event, "time"));
  if (type == "lead.assigned" || type == "lead.reassigned") {
    auto& agent = team.agents[text_in(data["agent"], "agent_id")];
    agent.name = text_in(data["agent"], "name");
    ++agent.leads;
    if (data.contains("turn"))
      ++agent.turns[text_in(data, "pool_id")];
    if (auto came = team.came.find(text_in(data, "lead_id"));
        came != team.came.end() && at) {
      team.to_owner_ms.push_back((*at - came->second).count());
      team.came.erase(came);
    }
  } else if (type == "lead.unassigned") {
    ++team.unassigned;
  } else if (type == "notification.requested"
             && text_in(data, "kind") == "re_inquiry") {
    ++team.returning;
    team.came.erase(text_in(data, "lead_id"));
  } else if (type == "ring.requested") {
    for (const auto& leg : data["legs"])
      if (auto id = text_in(leg, "agent_id"); !id.empty())
        ++team.agents[id].rung;
  } else if (type == "transfer.connected") {
    ++team.connected;
    team.to_answer_ms.push_back(data.value("waited_ms", std::int64_t{0}));
    if (auto id = text_in(data["answered_by"], "agent_id"); !id.empty())
      ++team.agents[id].answered;
  } else if (type == "transfer.missed") {
    ++team.missed;
  } else if (type == "task.created") {
    if (auto id = text_in(data, "assignee"); !id.empty())
      ++team.agents[id].tasks;
  }
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
    if (auto calls = team.connected + team.missed; calls > 0) {
      out << "  calls: " << team.connected << " of " << calls << " answered ("
          << percent(team.connected, calls) << ")";
      if (!team.to_answer_ms.empty())
        out << ", waited p50 " << time_text(percentile(team.to_answer_ms, 50))
            << ", p99 " << time_text(percentile(team.to_answer_ms, 99));
      out << '\n';
    }
    for (const auto& [pool, members] : team.pools) {
      std::uint64_t turns = 0, weights = 0;
      for (const auto& [agent, weight] : members) {
        weights += static_cast<std::uint64_t>(weight);
        if (auto a = team.agents.find(agent); a != team.agents.end())
          if (auto n = a->second.turns.find(pool); n != a->second.turns.end())
            turns += n->second;
      }
      if (turns == 0)
        continue;
      any_pool = true;
      out << "  pool " << padded(pool, 16) << "weight   turns   share   due\n";
      for (const auto& [agent, weight] : members) {
        std::uint64_t n = 0;
        std::string name = agent;
        if (auto a = team.agents.find(agent); a != team.agents.end()) {
          name = a->second.name.empty() ? agent : a->second.name;
          if (auto t = a->second.turns.find(pool); t != a->second.turns.end())
            n = t->second;
        }
        out << "    " << padded(name, 19)
            << number(static_cast<std::uint64_t>(weight), 6) << number(n, 8)
            << padded("", 3) << padded(percent(n, turns), 8)
            << percent(static_cast<std::uint64_t>(weight), weights) << '\n';
      }
    }
    bool any
      = std::any_of(team.agents.begin(), team.agents.end(), [](const auto& a) {
          return a.second.leads + a.second.rung + a.second.tasks > 0;
        });
    if (!any)
      continue;
    out << "  agent                leads    rung  answered   tasks\n";
    for (const auto& [agent, row] : team.agents)
      out << "    " << padded(row.name.empty() ? agent : row.name, 19)
          << number(row.leads, 3) << number(row.rung, 8)
          << number(row.answered, 10) << number(row.tasks, 8) << '\n';
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
