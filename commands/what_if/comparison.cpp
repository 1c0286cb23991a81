#include "commands/what_if/comparison.hpp"

#include "commands/what_if/decided_again.hpp"
#include "messages/wire/decode.hpp"
#include "messages/zones.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

namespace fairlead::what_if {
namespace {

using json = nlohmann::ordered_json;
using namespace std::chrono_literals;

/// Whether the control has rules to go by.
bool has_document(const team_past& past) {
  return !past.taken_over.empty()
         || std::any_of(
           past.steps.begin(), past.steps.end(), [&past](const past_step& s) {
             if (!s.is.record || past.inputs[s.input].on != topic::roster)
               return false;
             auto read = json_decoder().decode(past.inputs[s.input]);
             const auto* e = std::get_if<input_event>(&read);
             return e != nullptr
                    && std::holds_alternative<team_configured>(e->body);
           });
}

/// What everybody means by a date: the team's midnight.
const zone& zone_of(const question& q, const team_past& past) {
  std::string name = "UTC";
  if (q.document) {
    auto d = json::parse(*q.document);
    if (d.contains("time_zone") && d["time_zone"].is_string())
      name = d["time_zone"].get<std::string>();
  } else {
    for (const auto& r : past.inputs) {
      if (r.on != topic::roster)
        continue;
      auto read = json_decoder().decode(r);
      const auto* e = std::get_if<input_event>(&read);
      if (const auto* t
          = e != nullptr ? std::get_if<team_configured>(&e->body) : nullptr)
        name = t->document.time_zone;
    }
  }
  const auto* z = find_zone(name);
  return z != nullptr ? *z : *find_zone("UTC");
}

instant moment_of(const std::string& text, const zone& z) {
  if (auto t = from_rfc3339(text))
    return *t;
  if (auto t = from_rfc3339(text + "T00:00:00Z"))
    return from_local(
      z,
      static_cast<int>(
        std::chrono::floor<std::chrono::days>(*t).time_since_epoch().count()),
      0);
  throw std::invalid_argument("A time must be a date or a time such as "
                              "2026-03-02 or 2026-03-02T15:00:00Z, not \""
                              + text + "\".");
}

period period_of(const question& q, const team_past& past) {
  const auto& z = zone_of(q, past);
  auto end = past.steps.empty() ? instant{} : past.steps.back().is.now + 1ms;
  period p{.from = {}, .to = end};
  if (!q.to.empty())
    p.to = std::min(moment_of(q.to, z), end);
  p.from = q.from.empty() ? p.to - std::chrono::days{7} : moment_of(q.from, z);
  if (p.from > p.to && !past.steps.empty())
    throw std::invalid_argument("There is nothing between " + to_rfc3339(p.from)
                                + " and " + to_rfc3339(p.to)
                                + ": what is kept of the team ends at "
                                + to_rfc3339(end) + ".");
  return p;
}

// -- the control against what was published -----------------------------------

struct agreement {
  std::int64_t published = 0, repeated = 0;
  std::int64_t further = 0; /// in the control alone
  [[nodiscard]] std::int64_t all() const { return published + further; }
  /// In tenths, rounded down: 97.96 is not 98.
  [[nodiscard]] double percent() const {
    auto tenths = all() == 0 ? 1'000 : repeated * 1'000 / all();
    return static_cast<double>(tenths) / 10;
  }
  [[nodiscard]] bool trusted() const {
    return repeated * 100 >= all() * percent_to_trust;
  }
};

agreement agree(const std::vector<choice>& published,
                const std::vector<choice>& control, const period& in) {
  std::map<std::string, std::vector<const std::string*>> was;
  agreement a;
  for (const auto& c : published)
    if (in.has(c.at)) {
      was[c.about].push_back(&c.chosen);
      ++a.published;
    }
  std::map<std::string, std::size_t> seen;
  for (const auto& c : control) {
    auto n = seen[c.about]++;
    auto it = was.find(c.about);
    if (it == was.end() || n >= it->second.size())
      ++a.further;
    else if (*it->second[n] == c.chosen)
      ++a.repeated;
  }
  return a;
}

// -- the candidate against the control ----------------------------------------

class comparing {
public:
  comparing(const team_past& past, const tally& control, const tally& candidate)
    : past_{past}, control_{control}, candidate_{candidate} {}

  [[nodiscard]] json agents() const {
    auto before = control_.agents();
    auto after = candidate_.agents();
    std::set<std::string> all;
    for (const auto* run : {&before, &after})
      for (const auto& [id, unused] : *run)
        all.insert(id);
    for (const auto* run : {&control_, &candidate_})
      for (const auto& [id, unused] : run->names())
        all.insert(id);
    auto out = json::array();
    for (const auto& id : all) {
      const auto& b = before[id];
      const auto& a = after[id];
      out.push_back({{"agent_id", id},
                     {"name", name(id)},
                     {"leads", {{"control", b.leads}, {"candidate", a.leads}}},
                     {"turns", {{"control", b.turns}, {"candidate", a.turns}}},
                     {"assumed", a.assumed}});
    }
    return out;
  }

  [[nodiscard]] json pools() const {
    std::map<std::string, std::set<std::string>> all;
    for (const auto* run : {&control_, &candidate_})
      for (const auto& [pool, members] : run->pools())
        for (const auto& [id, unused] : members)
          all[pool].insert(id);
    auto turns = [](const tally& run, const std::string& pool,
                    const std::string& id) -> std::int64_t {
      auto p = run.pools().find(pool);
      if (p == run.pools().end())
        return 0;
      auto m = p->second.find(id);
      return m == p->second.end() ? 0 : m->second;
    };
    auto out = json::array();
    for (const auto& [pool, ids] : all) {
      auto members = json::array();
      for (const auto& id : ids)
        members.push_back({{"agent_id", id},
                           {"name", name(id)},
                           {"control", turns(control_, pool, id)},
                           {"candidate", turns(candidate_, pool, id)}});
      out.push_back({{"pool_id", pool}, {"members", std::move(members)}});
    }
    return out;
  }

  /// Those that would have gone to somebody else.
  [[nodiscard]] json leads() const {
    std::set<std::string> all;
    std::int64_t came = 0, assumed = 0;
    for (const auto& [id, l] : control_.leads()) {
      all.insert(id);
      came += l.came ? 1 : 0;
    }
    for (const auto& [id, l] : candidate_.leads()) {
      all.insert(id);
      assumed += l.assumes.empty() ? 0 : 1;
    }
    std::vector<std::pair<instant, std::string>> different;
    for (const auto& id : all)
      if (story(control_, id).agent != story(candidate_, id).agent)
        different.emplace_back(at(id), id);
    std::sort(different.begin(), different.end());
    auto names = names_of(different);
    auto list = json::array();
    for (const auto& [when, id] : different) {
      if (list.size() >= leads_listed_max)
        break;
      list.push_back({{"lead_id", id},
                      {"name", names[id]},
                      {"at", to_rfc3339(when)},
                      {"control", got(control_, id)},
                      {"candidate", got(candidate_, id)},
                      {"assumes", story(candidate_, id).assumes}});
    }
    auto left = different.size() - list.size();
    return {{"came", came},
            {"different", different.size()},
            {"assumed", assumed},
            {"list", std::move(list)},
            {"not_listed", left}};
  }

private:
  [[nodiscard]] json name(const std::string& id) const {
    for (const auto* run : {&candidate_, &control_})
      if (auto it = run->names().find(id); it != run->names().end())
        return it->second;
    return id;
  }
  [[nodiscard]] static const lead_story& story(const tally& run,
                                               const std::string& id) {
    static const lead_story none;
    auto it = run.leads().find(id);
    return it == run.leads().end() ? none : it->second;
  }
  [[nodiscard]] instant at(const std::string& id) const {
    for (const auto* run : {&control_, &candidate_}) {
      const auto& l = story(*run, id);
      if (l.came)
        return *l.came;
      if (l.owned)
        return *l.owned;
    }
    return {};
  }
  [[nodiscard]] json got(const tally& run, const std::string& id) const {
    const auto& l = story(run, id);
    if (!l.owned)
      return nullptr;
    return {{"agent_id", l.agent},
            {"name", name(l.agent)},
            {"reason", to_string(l.reason)},
            {"pool_id", l.pool ? json(*l.pool) : json{}}};
  }
  /// What the listed leads are called: the last name that came.
  [[nodiscard]] std::map<std::string, std::string>
  names_of(const std::vector<std::pair<instant, std::string>>& which) const {
    std::map<std::string, std::string> out;
    for (std::size_t i = 0; i < std::min(which.size(), leads_listed_max); ++i)
      out[which[i].second];
    if (out.empty())
      return out;
    for (const auto& r : past_.inputs) {
      if (r.on == topic::roster)
        continue;
      auto read = json_decoder().decode(r);
      const auto* e = std::get_if<input_event>(&read);
      const auto* l
        = e != nullptr ? std::get_if<lead_received>(&e->body) : nullptr;
      if (l == nullptr || !l->contact.name)
        continue;
      if (auto it = out.find(l->lead_id); it != out.end())
        it->second = *l->contact.name;
    }
    return out;
  }

  const team_past& past_;
  const tally& control_;
  const tally& candidate_;
};

json waiting_in(const tally& run) {
  std::int64_t ever = 0, at_end = 0;
  for (const auto& [unused, l] : run.leads()) {
    ever += l.waited ? 1 : 0;
    at_end += l.waited && !l.owned ? 1 : 0;
  }
  return {{"ever", ever}, {"at_end", at_end}};
}

/// Of new leads that have got an owner.
json times_in(const tally& run) {
  std::vector<std::int64_t> ms;
  for (const auto& [unused, l] : run.leads())
    if (l.came && l.owned && *l.owned >= *l.came)
      ms.push_back((*l.owned - *l.came).count());
  std::sort(ms.begin(), ms.end());
  auto at = [&ms](std::size_t percent) -> json {
    if (ms.empty())
      return nullptr;
    return ms[(ms.size() * percent + 99) / 100 - 1]; // the nearest rank
  };
  return {{"leads", ms.size()},
          {"at_once", std::count(ms.begin(), ms.end(), 0)},
          {"median_ms", at(50)},
          {"p95_ms", at(95)},
          {"longest_ms", at(100)}};
}

json transfers_in(const tally& run) {
  std::int64_t open = 0, connected = 0, missed = 0, unknown = 0;
  for (const auto& [unused, r] : run.calls())
    ++(r == call_result::open        ? open
       : r == call_result::connected ? connected
       : r == call_result::missed    ? missed
                                     : unknown);
  return {{"connected", connected},
          {"missed", missed},
          {"open", open},
          {"unknown", unknown}};
}

template <class F>
json both(const tally& control, const tally& candidate, F of) {
  return {{"control", of(control)}, {"candidate", of(candidate)}};
}

} // namespace

json ask(const question& q, const endpoint& source, const bounds& within) {
  auto past = read_team_past(source, q.team, within);
  auto in = period_of(q, past);
  decided_again control{past, nullptr, in, nullptr, within.go_on};
  control.run();
  new_rules rules{.from = in.from, .team = q.document, .agents = q.agents};
  decided_again candidate{past, &rules, in, &control.marks(), within.go_on};
  candidate.run();
  const auto& was = control.result();
  const auto& would = candidate.result();
  auto a = agree(past.choices, was.choices(), in);
  comparing c{past, was, would};
  return {{"team_id", q.team},
          {"from", to_rfc3339(in.from)},
          {"to", to_rfc3339(in.to)},
          {"kept_from", past.steps.empty()
                          ? json{}
                          : json(to_rfc3339(past.steps.front().is.now))},
          {"cut", past.cut},
          {"document_kept", has_document(past)},
          {"control",
           {{"choices", a.published},
            {"agree", a.repeated},
            {"further", a.further},
            {"agree_percent", a.percent()},
            {"trusted", a.trusted()},
            {"lost_steps", was.lost + would.lost}}},
          {"agents", c.agents()},
          {"pools", c.pools()},
          {"leads", c.leads()},
          {"waiting", both(was, would, waiting_in)},
          {"time_to_owner", both(was, would, times_in)},
          {"transfers", both(was, would, transfers_in)}};
}

} // namespace fairlead::what_if
