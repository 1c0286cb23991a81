#include "board/queries.hpp"
#include "messages/english/in_words.hpp"
#include "messages/zones.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::board {
namespace {

constexpr std::array<const char*, 7> weekdays{"mon", "tue", "wed", "thu",
                                              "fri", "sat", "sun"};
constexpr std::int64_t ms_per_hour = 3'600'000;
/// Points of a curve over time.
constexpr std::size_t curve_max = 800;

bool inside(const span& s, instant t) {
  return (!s.from || t >= *s.from) && (!s.to || t < *s.to);
}

const char* word_of(transfer::result r) {
  return r == transfer::result::connected ? "connected"
         : r == transfer::result::missed  ? "missed"
                                          : "open";
}

instant hour_start(std::int64_t hour) {
  return at_ms(hour * ms_per_hour);
}

/// The hours of the span, from the one that `from` is in.
template <class F>
void each_hour(const model::view& v, const span& s, F f) {
  auto hour_of = [](instant t) {
    return std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
  };
  v.team.before.each_hour(
    s.from ? hour_of(*s.from) : past::first_hour,
    s.to ? hour_of(*s.to - std::chrono::milliseconds{1}) + 1 : past::no_hour,
    f);
}

struct local_hour {
  std::size_t weekday, hour;
};

local_hour local(const model::view& v, std::int64_t hour) {
  auto t = to_local(v.team.here.view().time_zone(), hour_start(hour));
  // 1970-01-01 was a Thursday.
  return {
    static_cast<std::size_t>(((t.date + 3) % 7 + 7) % 7),
    static_cast<std::size_t>(t.ms_of_day / static_cast<int>(ms_per_hour))};
}

json exact(const share& s) {
  json out = json::array();
  for (const auto& [denominator, numerator] : s.parts())
    out.push_back({numerator, denominator});
  return out;
}

std::string hundredths_text(std::int64_t n) {
  auto rest = std::to_string(n % 100);
  return std::to_string(n / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

json histogram(const std::map<std::int64_t, std::int64_t>& counted,
               const std::vector<std::int64_t>& limits_s) {
  json out = json::array();
  for (auto s : limits_s) {
    auto it = counted.find(s);
    out.push_back({{"up_to_s", s == no_limit ? json{} : json(s)},
                   {"count", it == counted.end() ? 0 : it->second}});
  }
  return out;
}

template <class Map>
json by_key(const Map& counts, const char* key) {
  json out = json::array();
  for (const auto& [k, n] : counts)
    out.push_back({{key, k}, {"count", n}});
  std::stable_sort(out.begin(), out.end(), [](const json& a, const json& b) {
    return a["count"] > b["count"];
  });
  return out;
}

std::int64_t leads_of(const agent_sums& a, assign_reason r) {
  auto it = a.leads.find(r);
  return it == a.leads.end() ? 0 : it->second;
}

/// Turns and shares of each member of a pool after each hour, added up: a
/// curve.
class curves {
public:
  void add(std::int64_t hour, const pool_sums& of_hour) {
    if (at_.empty()) // it begins with nothing
      at_.push_back(ms_of(hour_start(hour)) / 1000);
    for (const auto& [agent, m] : of_hour.members) {
      auto& sum = of_[agent].sum;
      sum.turns += m.turns;
      sum.should.add(m.should);
    }
    at_.push_back(ms_of(hour_start(hour + 1)) / 1000);
    for (auto& [unused, c] : of_) {
      c.got.resize(at_.size() - 1, 0);
      c.should.resize(at_.size() - 1, 0);
      c.got.push_back(c.sum.turns);
      c.should.push_back(c.sum.should.hundredths());
    }
  }

  [[nodiscard]] json answer(const model::view& v) const {
    auto step = at_.size() / curve_max + 1;
    auto thin = [&](const std::vector<std::int64_t>& all) {
      json some = json::array();
      for (std::size_t i = (all.size() - 1) % step; i < all.size(); i += step)
        some.push_back(all[i]);
      return some;
    };
    json out{{"at_s", at_.empty() ? json::array() : thin(at_)},
             {"agents", json::array()}};
    for (const auto& [agent, c] : of_) {
      auto row = named(v, agent);
      row["got"] = thin(c.got);
      row["should_hundredths"] = thin(c.should);
      out["agents"].push_back(std::move(row));
    }
    return out;
  }

private:
  struct curve {
    member_sums sum;
    std::vector<std::int64_t> got, should;
  };
  std::vector<std::int64_t> at_;
  std::map<std::string, curve> of_;
};

} // namespace

json report(const model::view& v, const span& s) {
  sums all;
  std::array<std::array<std::int64_t, 24>, 7> when{};
  std::map<std::string, std::array<std::int64_t, 7>> days;
  std::map<std::string, curves> lines;
  each_hour(v, s, [&](std::int64_t hour, const sums& h) {
    all.add(h);
    for (const auto& [id, p] : h.pools)
      lines[id].add(hour, p);
    auto at = local(v, hour);
    for (const auto& [agent, a] : h.agents)
      for (const auto& [unused, n] : a.leads) {
        when[at.weekday][at.hour] += n;
        days[agent][at.weekday] += n;
      }
  });
  const auto& totals = v.team.before.all();
  json out{{"since", totals.since ? json(to_rfc3339(*totals.since)) : json{}},
           {"assigned", all.assigned},
           {"unassigned", all.unassigned},
           {"returning", all.returning},
           {"connected", all.connected},
           {"weights_unknown", totals.weights_unknown}};
  std::int64_t missed = 0;
  out["missed_by_reason"] = json::array();
  for (const auto& [reason, n] : all.missed) {
    missed += n;
    out["missed_by_reason"].push_back({{"reason", to_string(reason)},
                                       {"text", in_words(reason)},
                                       {"count", n}});
  }
  out["missed"] = missed;
  out["pools"] = json::array();
  for (const auto& [id, p] : all.pools) {
    std::int64_t weight = 0;
    for (const auto& [unused, m] : p.members)
      weight += m.weight;
    json pool{{"pool_id", id}, {"turns", p.choices}, {"weight", weight}};
    pool["members"] = json::array();
    for (const auto& [agent, m] : p.members) {
      auto row = named(v, agent);
      row["weight"] = m.weight;
      row["got"] = m.turns;
      row["should"] = hundredths_text(m.should.hundredths());
      row["should_exact"] = exact(m.should);
      row["left_out"] = json::array();
      for (const auto& [why, n] : m.left_out)
        row["left_out"].push_back({{"excluded", to_string(why)},
                                   {"text", in_words(why)},
                                   {"count", n}});
      auto a = all.agents.find(agent);
      auto from = [&](assign_reason r) {
        return a == all.agents.end() ? 0 : leads_of(a->second, r);
      };
      row["returning"] = from(assign_reason::existing_owner);
      row["direct"]
        = from(assign_reason::direct) + from(assign_reason::rule_agent);
      row["manual"] = from(assign_reason::manual);
      pool["members"].push_back(std::move(row));
    }
    pool["curves"] = lines[id].answer(v);
    out["pools"].push_back(std::move(pool));
  }
  out["agents"] = json::array();
  for (const auto& [agent, a] : all.agents) {
    auto row = named(v, agent);
    std::int64_t leads = 0;
    row["reasons"] = json::object();
    for (const auto& [reason, n] : a.leads) {
      leads += n;
      row["reasons"][std::string{to_string(reason)}] = n;
    }
    row["leads"] = leads;
    row["rung"] = a.rung;
    row["answered"] = a.answered;
    row["weekdays"] = days[agent];
    out["agents"].push_back(std::move(row));
  }
  out["rules"] = by_key(all.rules, "rule_id");
  out["sources"] = by_key(all.sources, "source");
  out["hours"] = when;
  out["to_owner"]
    = histogram(all.to_owner_s, {1, 60, 300, 3600, 86400, no_limit});
  out["to_answer"]
    = histogram(all.to_answer_s, {5, 10, 20, 30, 60, 120, no_limit});
  return out;
}

std::string report_csv(const model::view& v, const span& s,
                       const std::string& by) {
  // A cell that begins like a formula is a text, whatever a spreadsheet thinks.
  auto cell = [](const std::string& text) {
    std::string out{"\""};
    if (!text.empty()
        && std::string_view{"=+-@\t\r"}.find(text.front())
             != std::string_view::npos)
      out += '\'';
    for (char c : text)
      out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
  };
  auto r = report(v, s);
  std::string out;
  auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += (i == 0 ? "" : ",") + cells[i];
    out += "\r\n";
  };
  auto number = [](const json& n) {
    return n.is_string() ? n.get<std::string>()
                         : std::to_string(n.get<std::int64_t>());
  };
  if (by == "pool") {
    line({"pool", "agent", "name", "weight", "got", "should", "returning",
          "direct", "manual"});
    for (const auto& p : r["pools"])
      for (const auto& m : p["members"])
        line({cell(p["pool_id"]), cell(m["agent_id"]), cell(m["name"]),
              number(m["weight"]), number(m["got"]), number(m["should"]),
              number(m["returning"]), number(m["direct"]),
              number(m["manual"])});
  } else if (by == "rule" || by == "source") {
    auto key = by == "rule" ? "rule_id" : "source";
    line({by, "leads"});
    for (const auto& x : r[by + "s"])
      line({cell(x[key]), number(x["count"])});
  } else if (by == "hour" || by == "weekday") {
    line({by, "leads"});
    for (std::size_t i = 0; i < (by == "hour" ? 24U : 7U); ++i) {
      std::int64_t n = 0;
      for (std::size_t k = 0; k < (by == "hour" ? 7U : 24U); ++k)
        n += (by == "hour" ? r["hours"][k][i] : r["hours"][i][k])
               .get<std::int64_t>();
      line({by == "hour" ? std::to_string(i) : weekdays[i], std::to_string(n)});
    }
  } else {
    line({"agent", "name", "leads", "rung", "answered"});
    for (const auto& a : r["agents"])
      line({cell(a["agent_id"]), cell(a["name"]), number(a["leads"]),
            number(a["rung"]), number(a["answered"])});
  }
  return out;
}

json transfers(const model::view& v, const std::string& result, const span& s) {
  std::vector<const transfer*> found;
  v.team.before.transfers().each_from_newest([&](const transfer& t) {
    if (inside(s, t.started) && (result.empty() || result == word_of(t.how)))
      found.push_back(&t);
  });
  std::sort(found.begin(), found.end(),
            [](const transfer* a, const transfer* b) {
              return std::pair{a->started, a->call_id}
                     > std::pair{b->started, b->call_id};
            });
  json out{{"total", found.size()}, {"transfers", json::array()}};
  if (found.size() > page_max)
    found.resize(page_max);
  for (const auto* t : found) {
    auto l = v.team.here.lead(t->lead_id);
    json row{{"call_id", t->call_id},
             {"lead_id", t->lead_id},
             {"lead_name", l && l->name ? json(*l->name) : json{}},
             {"started", to_rfc3339(t->started)},
             {"result", word_of(t->how)},
             {"attempts", t->attempts},
             {"waited_ms", t->waited_ms},
             {"answered_by", named(v, t->answered_by)},
             {"reason", t->reason ? json(to_string(*t->reason)) : json{}},
             {"reason_text", t->reason ? json(in_words(*t->reason)) : json{}}};
    row["task"] = nullptr;
    if (const auto* task = v.team.before.task_for(t->call_id)) {
      const auto& k = *task;
      row["task"]
        = {{"task_id", k.task_id},
           {"assignee", named(v, k.assignee)},
           {"due_at", to_rfc3339(k.due)},
           {"state", k.done                 ? "done"
                     : !k.cancelled.empty() ? "cancelled"
                     : k.due < v.now        ? "overdue"
                                            : "open"},
           {"cancelled", k.cancelled.empty() ? json{} : json(k.cancelled)},
           {"done_by", k.done ? json(k.done_by) : json{}},
           {"after_s",
            k.done ? json((*k.done - k.created).count() / 1000) : json{}}};
    }
    out["transfers"].push_back(std::move(row));
  }
  return out;
}

json rules(const model::view& v) {
  const auto& team = v.team.here.view();
  json out{{"in_force", team.config_version()},
           {"configured", team.document().has_value()},
           {"versions", json::array()}};
  v.team.before.documents().each_from_newest([&](const document_version& d) {
    auto parsed = json::parse(d.json, nullptr, false);
    out["versions"].push_back(
      {{"version", d.version},
       {"at", to_rfc3339(d.at)},
       {"source", d.source},
       {"document", parsed.is_discarded() ? json{} : parsed}});
  });
  return out;
}

json system(const model& m) {
  json out{{"partitions", json::array()}};
  std::int64_t waiting = 0;
  for (const auto& [partition, r] : m.partitions()) {
    json row{{"partition", partition}};
    std::int64_t behind = 0;
    row["topics"] = json::object();
    for (std::size_t i = 0; i < input_topic_count; ++i) {
      auto left
        = r.seen[i] < 0 ? 0 : r.seen[i] - std::max<std::int64_t>(r.done[i], 0);
      behind += std::max<std::int64_t>(left, 0);
      row["topics"][std::string{name_of(static_cast<topic>(i))}]
        = {{"seen", r.seen[i]}, {"done", r.done[i]}};
    }
    row["behind"] = behind;
    auto by = m.served_by();
    row["served_by"]
      = !by || !by->contains(partition) ? json{} : json(by->at(partition));
    waiting += behind;
    out["partitions"].push_back(std::move(row));
  }
  out["behind"] = waiting;
  out["served_known"] = m.served_by().has_value();
  out["lag_s"] = static_cast<double>(m.behind().count()) / 1000;
  out["history_complete"] = m.read_all();
  out["dead_letters"] = by_key(m.letters_by_reason(), "reason");
  out["letters"] = json::array();
  const auto& all = m.letters();
  for (auto it = all.rbegin();
       it != all.rend() && out["letters"].size() < page_max; ++it)
    out["letters"].push_back({{"at", to_rfc3339(it->at)},
                              {"team", it->team},
                              {"reason", it->reason},
                              {"sentence", it->sentence},
                              {"topic", it->topic},
                              {"offset", it->offset},
                              {"source", it->source},
                              {"value", it->value}});
  out["version"] = json::parse(m.around().version_json, nullptr, false);
  return out;
}

json teams(model& m) {
  json out{{"teams", json::array()}};
  m.each([&](const model::view& v) {
    const auto& team = v.team.here.view();
    const auto& d = team.document();
    if (!d && v.team.here.leads().empty())
      return;
    out["teams"].push_back({{"team_id", team.id()},
                            {"name", d ? d->name : team.id()},
                            {"time_zone", d ? d->time_zone : "UTC"},
                            {"agents", team.roster().size()},
                            {"leads", v.team.here.leads().size()},
                            {"waiting", v.team.here.waiting().size()}});
  });
  return out;
}

} // namespace fairlead::board
