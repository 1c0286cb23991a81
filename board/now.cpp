#include "actors/core/owner/eligibility.hpp"
#include "board/queries.hpp"
#include "messages/english/in_words.hpp"
#include "messages/phone.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace fairlead::board {
namespace {

/// Places in line that are told; further back nobody looks.
constexpr std::size_t line_max = 50;
constexpr std::size_t recent_shown = 20;
constexpr std::size_t recent_looked = 200;

json time_or_null(instant t) {
  return t == instant{} ? json{} : json(to_rfc3339(t));
}

json lead_named(const model::view& v, const std::string& id) {
  auto l = v.team.here.lead(id);
  return {{"lead_id", id},
          {"name", l && l->name ? json(*l->name) : json{}},
          {"phone", l && !l->phones.empty() ? json(l->phones.back()) : json{}}};
}

/// The members of a pool in the order in which they would get the next leads,
/// each counted once; the rest with the reason why not.
struct line {
  rotation_choice next;
  std::vector<std::size_t> order; /// indexes into the members
  std::vector<std::optional<exclusion>> excluded;
};

line line_of(const model::view& v, const pool_document& pool,
             const rotation& r) {
  const auto& team = v.team.here.view();
  line out;
  std::vector<bool> eligible;
  for (const auto& m : r.members) {
    out.excluded.push_back(
      owner_exclusion(team, m.agent_id, pool.requires_, v.now));
    eligible.push_back(!out.excluded.back());
  }
  out.next = choose(r, eligible);
  while (out.order.size() < line_max) {
    auto c = choose(r, eligible);
    if (!c.chosen)
      break;
    out.order.push_back(*c.chosen);
    eligible[*c.chosen] = false;
  }
  return out;
}

// -- one agent
// --------------------------------------------------------------------

struct agent_now {
  std::string status, text;
  instant since, until;
  std::string call_id;
};

instant end_of_absence(const team_state& team, const agent_state& a,
                       instant now) {
  auto until = now < a.away_until ? a.away_until : instant{};
  const auto& z = team.zone_of(a);
  auto today = to_local(z, now).date;
  for (const auto& x : a.document.absences)
    if (x.from <= today && today <= x.to)
      until = std::max(until, from_local(z, x.to + 1, 0));
  return until;
}

agent_now state_of(const model::view& v, const agent_state& a) {
  const auto& team = v.team.here.view();
  if (a.ringing_for) {
    agent_now out{"ringing", "ringing", {}, {}, *a.ringing_for};
    if (auto c = v.team.here.call(*a.ringing_for)) {
      out.until = c->attempt_until;
      out.since
        = c->attempt_until - std::chrono::seconds{c->settings.ring_timeout_s};
    }
    return out;
  }
  if (a.on_call) {
    agent_now out{"on_call", "on a call", {}, {}, *a.on_call};
    if (auto c = v.team.here.call(*a.on_call))
      out.since = c->connected;
    return out;
  }
  if (a.removed)
    return {"removed", "removed", {}, {}, {}};
  if (!a.document.active)
    return {"inactive", "not active", {}, {}, {}};
  if (v.now < a.busy_until)
    return {"busy", "on another call", {}, a.busy_until, {}};
  if (v.now < a.wrap_up_until)
    return {"wrap_up", "wrapping up", {}, a.wrap_up_until, {}};
  if (is_absent(team, a, v.now))
    return {"away", "away", {}, end_of_absence(team, a, v.now), {}};
  if (!on_schedule(team, a, v.now))
    return {"off_duty",
            "off duty",
            {},
            next_duty(team, a, v.now).value_or(instant{}),
            {}};
  if (!a.available_for_calls && !a.accepting_leads)
    return {"paused", "paused", {}, {}, {}};
  if (!a.available_for_calls)
    return {"calls_off", "no calls", {}, {}, {}};
  if (!a.accepting_leads)
    return {"leads_off", "no leads", {}, {}, {}};
  return {"free", "free", {}, {}, {}};
}

struct task_counts {
  std::size_t open = 0, overdue = 0;
};

/// Each open task with its lead.
template <class F>
void each_task(const model::view& v, F f) {
  for (const auto& id : v.team.here.with_tasks()) {
    auto l = v.team.here.lead(id);
    for (const auto& t : l->tasks)
      f(id, *l, t);
  }
}

std::map<std::string, task_counts> tasks_by_agent(const model::view& v) {
  std::map<std::string, task_counts> out;
  each_task(v, [&](const auto&, const lead_state&, const open_task& t) {
    auto& n = out[t.assignee.value_or("")];
    ++n.open;
    if (t.due_at < v.now)
      ++n.overdue;
  });
  return out;
}

std::map<std::string, json> places_in_line(const model::view& v) {
  std::map<std::string, json> out;
  const auto& team = v.team.here.view();
  if (!team.document())
    return out;
  for (const auto& p : team.document()->pools) {
    const auto& r = team.rotation_of(p.id);
    auto l = line_of(v, p, r);
    for (std::size_t i = 0; i < r.members.size(); ++i) {
      auto at = std::find(l.order.begin(), l.order.end(), i);
      json place{{"pool_id", p.id}, {"place", nullptr}};
      if (at != l.order.end())
        place["place"] = at - l.order.begin() + 1;
      if (l.excluded[i]) {
        place["excluded"] = to_string(*l.excluded[i]);
        place["text"] = in_words(*l.excluded[i]);
      }
      out[r.members[i].agent_id].push_back(std::move(place));
    }
  }
  return out;
}

json agent_row(const model::view& v, const std::string& id,
               const agent_state& a,
               const std::map<std::string, task_counts>& tasks,
               const std::map<std::string, json>& places) {
  const auto& team = v.team.here.view();
  auto s = state_of(v, a);
  auto today = to_local(team.zone_of(a), v.now).date;
  auto owned = v.team.here.owned_by(id);
  auto t = tasks.find(id);
  json out{
    {"agent_id", id},
    {"name", a.document.name},
    {"status", s.status},
    {"text", s.text},
    {"since", time_or_null(s.since)},
    {"until", time_or_null(s.until)},
    {"call_id", s.call_id.empty() ? json{} : json(s.call_id)},
    {"active", a.active()},
    {"available_for_calls", a.available_for_calls},
    {"accepting_leads", a.accepting_leads},
    {"away", is_absent(team, a, v.now)},
    {"on_schedule", on_schedule(team, a, v.now)},
    {"phone", a.phone ? json(*a.phone) : json{}},
    {"misses", a.misses},
    {"open_leads", owned.open},
    {"closed_leads", owned.closed},
    {"turns_today", today > a.turns_date ? 0 : a.turns_today},
    {"daily_cap", a.document.daily_cap ? json(*a.document.daily_cap) : json{}},
    {"tasks_open", t == tasks.end() ? 0 : t->second.open},
    {"tasks_overdue", t == tasks.end() ? 0 : t->second.overdue}};
  auto p = places.find(id);
  out["lines"] = p == places.end() ? json::array() : p->second;
  return out;
}

json task_row(const model::view& v, const std::string& lead_id,
              const lead_state& l, const open_task& t) {
  const auto* known = v.team.before.tasks().find(t.task_id);
  auto title = known == nullptr ? std::string{t.kind.text()} : known->title;
  return {{"task_id", t.task_id},
          {"kind", t.kind.text()},
          {"title", title.empty() ? std::string{t.kind.text()} : title},
          {"lead_id", lead_id},
          {"lead_name", l.name ? json(*l.name) : json{}},
          {"phone", l.phones.empty() ? json{} : json(l.phones.back())},
          {"assignee", named(v, t.assignee)},
          {"due_at", to_rfc3339(t.due_at)},
          {"overdue", t.due_at < v.now},
          {"misses", t.misses}};
}

} // namespace

json agents(const model::view& v) {
  json out{{"agents", json::array()}};
  auto tasks = tasks_by_agent(v);
  auto places = places_in_line(v);
  for (const auto& [id, c] : v.team.here.view().roster())
    if (!c.state.removed)
      out["agents"].push_back(agent_row(v, id, c.state, tasks, places));
  return out;
}

json agent(const model::view& v, const std::string& id) {
  const auto* a = v.team.here.view().agent(id);
  if (a == nullptr)
    return nullptr;
  return agent_row(v, id, *a, tasks_by_agent(v), places_in_line(v));
}

json pool(const model::view& v, const std::string& id) {
  const auto& team = v.team.here.view();
  const auto* p = team.pool(id);
  if (p == nullptr)
    return nullptr;
  const auto& r = team.rotation_of(id);
  auto l = line_of(v, *p, r);
  json out{{"pool_id", id},
           {"turns", r.turns},
           {"v", r.v},
           {"u", r.u},
           {"assign_requires", to_string(p->requires_)},
           {"next", l.order.empty()
                      ? json{}
                      : named(v, r.members[l.order.front()].agent_id)}};
  out["members"] = json::array();
  for (std::size_t i = 0; i < r.members.size(); ++i) {
    const auto& m = r.members[i];
    auto row = named(v, m.agent_id);
    auto at = std::find(l.order.begin(), l.order.end(), i);
    row["weight"] = m.weight;
    row["pass"] = m.pass;
    row["place"]
      = at == l.order.end() ? json{} : json(at - l.order.begin() + 1);
    row["excluded"] = l.excluded[i] ? json(to_string(*l.excluded[i])) : json{};
    row["text"] = l.excluded[i]           ? json(in_words(*l.excluded[i]))
                  : at == l.order.begin() ? json("is next")
                                          : json("is in line");
    out["members"].push_back(std::move(row));
  }
  return out;
}

json pools(const model::view& v) {
  json out{{"pools", json::array()}};
  if (const auto& d = v.team.here.view().document())
    for (const auto& p : d->pools)
      out["pools"].push_back(pool(v, p.id));
  return out;
}

json live_calls(const model::view& v) {
  json out{{"calls", json::array()}};
  const auto& team = v.team.here.view();
  for (const auto& id : v.team.here.live_calls()) {
    auto c = *v.team.here.call(id);
    json row{
      {"call_id", id},
      {"phase", c.phase == call_phase::connected ? "connected"
                : c.rings()                      ? "ringing"
                                                 : "waiting"},
      {"lead", lead_named(v, c.lead_id)},
      {"started", to_rfc3339(c.started)},
      {"connected", time_or_null(c.connected)},
      {"expires_at", c.rings() ? json(to_rfc3339(c.attempt_until)) : json{}},
      {"ring_timeout_s", c.settings.ring_timeout_s},
      {"total_until", to_rfc3339(c.total_until)},
      {"wait_until", c.wait_until ? json(to_rfc3339(*c.wait_until)) : json{}},
      {"attempt", c.attempts},
      {"step", c.legs.empty() ? json{} : json(to_string(c.legs.back().step))}};
    row["legs"] = json::array();
    for (const auto& l : c.legs) {
      const auto* a = l.agent_id ? team.agent(*l.agent_id) : nullptr;
      static constexpr std::array ends
        = {"rings",     "answered",  "declined",
           "busy",      "failed",    "machine",
           "no answer", "no answer", "somebody else answered",
           "hung up",   "not there", "taken back"};
      row["legs"].push_back(
        {{"leg_id", l.leg_id},
         {"agent_id", l.agent_id ? json(*l.agent_id) : json{}},
         {"name", a != nullptr ? a->document.name : in_words(l.number)},
         {"attempt", l.attempt},
         {"step", to_string(l.step)},
         {"end", ends[static_cast<std::size_t>(l.end)]},
         {"rings", l.end == leg_end::none},
         {"won", l.end == leg_end::won}});
    }
    out["calls"].push_back(std::move(row));
  }
  return out;
}

json tasks(const model::view& v, const task_filter& f) {
  std::vector<json> all;
  each_task(
    v, [&](const std::string& id, const lead_state& l, const open_task& t) {
      if ((f.state == "overdue" && t.due_at >= v.now)
          || (!f.assignee.empty() && t.assignee != f.assignee))
        return;
      all.push_back(task_row(v, id, l, t));
    });
  std::stable_sort(all.begin(), all.end(), [](const json& a, const json& b) {
    return a["due_at"] < b["due_at"];
  });
  json out{{"total", all.size()}, {"tasks", json::array()}};
  for (std::size_t i = 0; i < std::min(all.size(), page_max); ++i)
    out["tasks"].push_back(std::move(all[i]));
  return out;
}

json needs(const model::view& v) {
  std::size_t open = 0, overdue = 0, letters = 0;
  each_task(v, [&](const auto&, const lead_state&, const open_task& t) {
    ++open;
    overdue += t.due_at < v.now ? 1U : 0U;
  });
  for (const auto& u : v.all.letters())
    letters += u.team == v.team.here.id() ? 1U : 0U;
  return {{"waiting", v.team.here.waiting().size()},
          {"tasks_open", open},
          {"tasks_overdue", overdue},
          {"dead_letters", letters}};
}

json now(const model::view& v) {
  const auto& team = v.team.here.view();
  const auto& d = team.document();
  json out{{"team",
            {{"team_id", team.id()},
             {"name", d ? d->name : team.id()},
             {"time_zone", d ? d->time_zone : "UTC"},
             {"configured", d.has_value()},
             {"config_version", team.config_version()}}}};
  out["needs"] = needs(v);
  out["tasks"] = tasks(v, {})["tasks"];
  out["waiting"] = json::array();
  for (const auto& [unused, id] : v.team.here.waiting())
    if (out["waiting"].size() < 20)
      out["waiting"].push_back(lead_row(v, id, *v.team.here.lead(id)));
  out["calls"] = live_calls(v)["calls"];
  out["agents"] = agents(v)["agents"];
  out["pools"] = json::array();
  if (d)
    for (const auto& p : d->pools)
      out["pools"].push_back(p.id);
  out["recent"] = json::array();
  auto latest
    = v.all.log().of(team.id(), {recent::about::team, ""}, recent_looked);
  for (auto it = latest.rbegin();
       it != latest.rend() && out["recent"].size() < recent_shown; ++it) {
    auto on = it->record->on;
    if (on == topic::decisions || on == topic::notifications)
      continue;
    auto e = event_row(v, *it);
    if (!e.is_null() && e["type"] != "ring.cancelled"
        && e["type"] != "lead.stage_changed")
      out["recent"].push_back(std::move(e));
  }
  sort_by_time(out["recent"]);
  return out;
}

json my_day(const model::view& v, const std::string& id) {
  auto me = agent(v, id);
  if (me.is_null())
    return me;
  json out{{"agent", std::move(me)}};
  out["calls"] = json::array();
  for (auto& c : live_calls(v)["calls"])
    for (const auto& l : c["legs"])
      if (l["agent_id"] == id && (l["rings"] == true || l["won"] == true)) {
        out["calls"].push_back(c);
        break;
      }
  out["tasks"] = tasks(v, {.state = {}, .assignee = id})["tasks"];
  // The latest leads that came to them.
  out["new_leads"] = json::array();
  auto latest
    = v.all.log().of(v.team.here.id(), {recent::about::team, ""}, 5'000);
  std::vector<std::string> seen;
  for (auto it = latest.rbegin();
       it != latest.rend() && out["new_leads"].size() < 20; ++it) {
    if (it->record->on != topic::assignments)
      continue;
    auto o = read_output(*it->record);
    const auto* b
      = o && o->body ? std::get_if<lead_assigned>(&*o->body) : nullptr;
    if (b == nullptr || b->agent.agent_id != id
        || std::find(seen.begin(), seen.end(), o->lead_id) != seen.end())
      continue;
    seen.push_back(o->lead_id);
    auto l = v.team.here.lead(o->lead_id);
    if (!l || l->owner != id)
      continue;
    auto row = lead_row(v, o->lead_id, *l);
    row["since"] = to_rfc3339(o->time);
    row["reason"] = in_words(b->reason);
    out["new_leads"].push_back(std::move(row));
  }
  return out;
}

} // namespace fairlead::board
