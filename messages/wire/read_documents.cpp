#include "messages/wire/read_documents.hpp"

#include "messages/json/pointer.hpp"
#include "messages/phone.hpp"
#include "messages/utf8.hpp"
#include "messages/zones.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <set>
#include <unordered_map>

namespace fairlead {
namespace {

/// More turns than any pool ever uses; what is above means the same.
constexpr std::int64_t catch_up_max = 1'000'000'000;
constexpr std::int64_t common_multiple_max = 1'000'000'000;
constexpr std::size_t rules_max = 500;
// What a lead keeps of a document: its stage and the kinds of its tasks (R15).
constexpr std::size_t kept_text_bytes_max = 1024;

std::optional<int> two_digits(std::string_view s) {
  if (s.size() != 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
    return std::nullopt;
  return (s[0] - '0') * 10 + (s[1] - '0');
}

/// `HH:MM`, 00:00 to 23:59, in minutes.
std::optional<int> clock_time(std::string_view s) {
  if (s.size() != 5 || s[2] != ':')
    return std::nullopt;
  auto h = two_digits(s.substr(0, 2));
  auto m = two_digits(s.substr(3));
  if (!h || !m || *h > 23 || *m > 59)
    return std::nullopt;
  return *h * 60 + *m;
}

/// `2026-12-25` in days since 1970-01-01.
std::optional<int> calendar_date(std::string_view s) {
  if (s.size() != 10)
    return std::nullopt;
  auto t = from_rfc3339(std::string{s} + "T00:00:00Z");
  if (!t)
    return std::nullopt;
  return static_cast<int>(
    std::chrono::floor<std::chrono::days>(*t).time_since_epoch().count());
}

int read_clock_time(const field_reader& r, std::string_view key) {
  const auto* n = r.need(key);
  if (n == nullptr)
    return 0;
  auto t = n->is == json_node::kind::text ? clock_time(n->text) : std::nullopt;
  if (!t)
    r.faults().invalid(r.at(key), "must be a time from 00:00 to 23:59");
  return t.value_or(0);
}

window read_window(const field_reader& r) {
  return {read_clock_time(r, "from"), read_clock_time(r, "to")};
}

/// Absent days are all seven.
weekday_set read_days(const field_reader& r) {
  static constexpr std::array<std::string_view, 7> names{
    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  weekday_set days{};
  const auto* list = r.array("days");
  if (list == nullptr) {
    days.fill(true);
    return days;
  }
  bool any = false;
  r.elements(*list, r.at("days"),
             [&](const json_node& n, const std::string& where) {
               any = true;
               auto it = std::find(names.begin(), names.end(), n.text);
               if (n.is != json_node::kind::text || it == names.end())
                 r.faults().invalid(where, "must be one of mon, tue, wed, thu, "
                                           "fri, sat, sun");
               else
                 days[static_cast<std::size_t>(it - names.begin())] = true;
             });
  if (!any)
    r.faults().invalid(r.at("days"), "must name a day");
  return days;
}

/// A number of at least `min`. The contract sets no maximum: what is above
/// `max` means the same as `max`.
std::optional<std::int64_t> read_up_to(const field_reader& r,
                                       std::string_view key, std::int64_t min,
                                       std::int64_t max) {
  auto n = r.integer(key, min, INT64_MAX);
  return n ? std::optional{std::min(*n, max)} : std::nullopt;
}

std::optional<std::int64_t>
read_seconds(const field_reader& r, std::string_view key, std::int64_t min) {
  return read_up_to(r, key, min, seconds_max);
}

/// The elements of a list that must be objects.
template <class Each>
void each_object(const field_reader& r, std::string_view key, Each each) {
  const auto* list = r.array(key);
  if (list == nullptr)
    return;
  r.elements(*list, r.at(key), [&](const json_node& n, std::string where) {
    if (n.is == json_node::kind::object)
      each(r.inside(n, std::move(where)));
    else
      r.faults().wrong(where, "must be an object");
  });
}

std::string read_zone(const field_reader& r, const std::string& zone) {
  if (find_zone(zone) == nullptr)
    r.faults().invalid(r.at("time_zone"), "is not a time zone of the IANA "
                                          "database");
  return zone;
}

// -- pools --------------------------------------------------------------------

pool_document read_pool(const field_reader& r) {
  pool_document p;
  p.id = r.need_id("id");
  std::set<std::string> members;
  each_object(r, "members", [&](const field_reader& m) {
    pool_member member;
    member.agent_id = m.need_id("agent_id");
    member.weight = static_cast<int>(m.integer("weight", 1, 100).value_or(1));
    if (!member.agent_id.empty() && !members.insert(member.agent_id).second)
      m.faults().invalid(m.at("agent_id"), "is a member already");
    p.members.push_back(std::move(member));
  });
  std::int64_t multiple = 1;
  for (const auto& m : p.members)
    if (multiple <= common_multiple_max)
      multiple = std::lcm(multiple, std::int64_t{m.weight});
  if (multiple > common_multiple_max)
    r.faults().invalid(r.at("members"), "have weights whose least common "
                                        "multiple is above 1000000000");
  if (auto demand = r.text("assign_requires")) {
    auto d = read<assign_requires>(*demand);
    if (!d)
      r.faults().invalid(r.at("assign_requires"),
                         "must be none, schedule or available");
    p.requires_ = d.value_or(assign_requires::none);
  }
  p.catch_up_turns
    = read_up_to(r, "catch_up_turns", 0, catch_up_max).value_or(0);
  return p;
}

// -- rules --------------------------------------------------------------------

/// `{"pool":id}` or `{"agent":id}`, exactly one.
assign_target read_target(const field_reader& r, const std::string& where,
                          const std::set<std::string>& pools) {
  bool has_pool = r.find("pool") != nullptr;
  bool has_agent = r.find("agent") != nullptr;
  if (has_pool == has_agent) {
    r.faults().invalid(where, "must name a pool or an agent");
    return agent_ref{};
  }
  if (has_agent)
    return agent_ref{r.need_id("agent")};
  auto pool = r.need_id("pool");
  if (!pool.empty() && !pools.contains(pool))
    r.faults().invalid(r.at("pool"), "is no pool of the team");
  return pool_ref{pool};
}

rule_conditions read_conditions(const field_reader& r) {
  rule_conditions c;
  auto texts = [&r](std::string_view key) {
    return r.texts(key).value_or(std::vector<std::string>{});
  };
  c.sources = texts("sources");
  c.lead_types = texts("lead_types");
  c.tags = texts("tags");
  c.cities = texts("cities");
  c.zips = texts("zips");
  c.states = texts("states");
  c.timeframes = texts("timeframes");
  c.min_price = r.integer("min_price");
  c.max_price = r.integer("max_price");
  return c;
}

routing_rule read_rule(const field_reader& r,
                       const std::set<std::string>& pools) {
  routing_rule rule;
  rule.id = r.need_id("id");
  if (const auto* when = r.object("when"))
    rule.when = read_conditions(r.inside(*when, r.at("when")));
  if (const auto* active = r.object("active")) {
    auto a = r.inside(*active, r.at("active"));
    rule.active = weekly_window{read_days(a), read_window(a)};
  }
  if (r.need("assign") != nullptr)
    if (const auto* assign = r.object("assign"))
      rule.assign
        = read_target(r.inside(*assign, r.at("assign")), r.at("assign"), pools);
  return rule;
}

// -- calls and outcomes -------------------------------------------------------

transfer_settings read_transfer(const field_reader& r,
                                const std::string& region) {
  transfer_settings t;
  if (auto name = r.text("pattern")) {
    auto p = read<ring_pattern>(*name);
    if (!p)
      r.faults().invalid(r.at("pattern"), "is not a transfer pattern");
    t.pattern = p.value_or(t.pattern);
  }
  // Told as it is (contract, ring.requested), so not cut off.
  t.ring_timeout_s
    = r.integer("ring_timeout_s", 1, INT64_MAX).value_or(t.ring_timeout_s);
  t.total_timeout_s
    = read_seconds(r, "total_timeout_s", 1).value_or(t.total_timeout_s);
  t.max_age_s = read_seconds(r, "max_age_s", 0).value_or(t.max_age_s);
  if (const auto* numbers = r.array("fallback_numbers"))
    r.elements(*numbers, r.at("fallback_numbers"),
               [&](const json_node& n, const std::string& where) {
                 auto e164 = n.is == json_node::kind::text
                               ? read_phone(n.text, region)
                               : std::nullopt;
                 if (e164)
                   t.fallback_numbers.push_back(*e164);
                 else
                   r.faults().invalid(where, "is not a phone number");
               });
  if (const auto* confirm = r.object("confirm")) {
    auto c = r.inside(*confirm, r.at("confirm"));
    t.confirm_agents = c.boolean("agents").value_or(false);
    t.confirm_fallback = c.boolean("fallback").value_or(false);
  }
  return t;
}

call_settings read_calls(const field_reader& r) {
  call_settings c;
  c.wrap_up_s = read_seconds(r, "wrap_up_s", 0).value_or(c.wrap_up_s);
  c.max_call_s = read_seconds(r, "max_call_s", 1).value_or(c.max_call_s);
  c.auto_unavailable_after = r.integer("auto_unavailable_after", 0, INT64_MAX)
                               .value_or(c.auto_unavailable_after);
  return c;
}

std::optional<recipient_ref> read_recipient(const field_reader& r,
                                            const json_node& n,
                                            const std::string& where) {
  if (n.is == json_node::kind::object) {
    auto id = r.inside(n, where).need_id("agent");
    return agent_ref{id};
  }
  if (n.is == json_node::kind::text)
    if (auto known = read<role>(n.text))
      return *known;
  r.faults().invalid(where, "must be owner, account_owner, answered_by or "
                            "{\"agent\":id}");
  return std::nullopt;
}

notify_action read_notify(const field_reader& r) {
  notify_action n;
  if (r.need("to") != nullptr)
    if (const auto* to = r.array("to"))
      r.elements(*to, r.at("to"),
                 [&](const json_node& x, const std::string& at) {
                   if (auto who = read_recipient(r, x, at))
                     n.to.push_back(*who);
                 });
  return n;
}

std::string read_kept_text(const field_reader& r, std::string_view key) {
  auto text = r.need_text(key);
  if (text.size() > kept_text_bytes_max)
    r.faults().invalid(r.at(key), "has more than 1024 bytes");
  return text;
}

std::optional<action> read_action(const field_reader& r,
                                  const std::string& where,
                                  const std::set<std::string>& pools) {
  if (auto kind = read<action_kind>(r.need_text("do")))
    switch (*kind) {
      case action_kind::assign:
        return assign_action{read_target(r, where, pools)};
      case action_kind::stage:
        return stage_action{read_kept_text(r, "to")};
      case action_kind::cancel_cadence:
        return cancel_cadence_action{};
      case action_kind::pause_cadence:
        return pause_cadence_action{};
      case action_kind::create_task:
        return create_task_action{.kind = task_kind{read_kept_text(r, "kind")},
                                  .due_in_s = read_seconds(r, "due_in_s", 0),
                                  .title = r.text("title")};
      case action_kind::notify:
        return read_notify(r);
    }
  if (const auto* n = r.find("do");
      n != nullptr && n->is == json_node::kind::text)
    r.faults().invalid(r.at("do"), "is not an action");
  return std::nullopt;
}

std::vector<outcome_actions> read_outcomes(const field_reader& r,
                                           const json_node& outcomes,
                                           const std::string& pointer,
                                           const std::set<std::string>& pools) {
  std::unordered_map<std::string_view, const json_node*> last;
  for (const auto* n = r.tree().first(outcomes); n != nullptr;
       n = r.tree().next(*n))
    last[n->key] = n;
  std::vector<outcome_actions> all;
  for (const auto* n = r.tree().first(outcomes); n != nullptr;
       n = r.tree().next(*n)) {
    if (last[n->key] != n || n->is == json_node::kind::null)
      continue; // a later member of that name counts; null is absent
    if (!is_id(n->key)) {
      r.faults().invalid(pointer,
                         std::string{"has a name that "} + rule_of_ids);
      continue;
    }
    auto where = pointer + "/" + json::pointer_step(n->key);
    outcome_actions o{.outcome = outcome_tag{n->key}, .actions = {}};
    if (n->is != json_node::kind::array) {
      r.faults().wrong(where, "must be a list");
      continue;
    }
    r.elements(*n, where, [&](const json_node& a, const std::string& at) {
      if (a.is != json_node::kind::object)
        return r.faults().wrong(at, "must be an object");
      if (auto x = read_action(r.inside(a, at), at, pools))
        o.actions.push_back(std::move(*x));
    });
    all.push_back(std::move(o));
  }
  return all;
}

// -- agents -------------------------------------------------------------------

date_override read_override(const field_reader& r) {
  date_override o;
  if (const auto* n = r.need("date")) {
    auto date
      = n->is == json_node::kind::text ? calendar_date(n->text) : std::nullopt;
    if (!date)
      r.faults().invalid(r.at("date"), "must be a date such as 2026-12-25");
    o.date = date.value_or(0);
  }
  if (!r.boolean("closed").value_or(false))
    o.hours = read_window(r);
  return o;
}

schedule read_schedule(const field_reader& r) {
  schedule s;
  each_object(r, "weekly", [&s](const field_reader& w) {
    s.weekly.push_back({read_days(w), read_window(w)});
  });
  each_object(r, "overrides", [&s](const field_reader& o) {
    s.overrides.push_back(read_override(o));
  });
  return s;
}

} // namespace

team_document read_team_document(const field_reader& r,
                                 const std::string& team) {
  team_document d;
  d.team_id = r.need_id("team_id");
  if (!d.team_id.empty() && d.team_id != team)
    r.faults().invalid(r.at("team_id"), "is not the record's team");
  d.version = r.integer("version");
  d.name = r.text("name").value_or(d.team_id);
  d.time_zone = read_zone(r, r.text("time_zone").value_or("UTC"));
  d.region = r.text("region").value_or("US");
  if (!is_region(d.region))
    r.faults().invalid(r.at("region"), "is not a region such as US");
  d.account_owner = r.need_id("account_owner");
  d.default_owner = r.id("default_owner").value_or(d.account_owner);
  if (const auto* stages = r.object("stages")) {
    auto s = r.inside(*stages, r.at("stages"));
    const auto* assigned = r.tree().find(*stages, "assigned");
    if (assigned != nullptr)
      d.assigned_stage = s.text("assigned"); // null: no stage events
    if (d.assigned_stage && d.assigned_stage->size() > kept_text_bytes_max)
      s.faults().invalid(s.at("assigned"), "has more than 1024 bytes");
  }
  std::set<std::string> pools;
  each_object(r, "pools", [&](const field_reader& p) {
    d.pools.push_back(read_pool(p));
    const auto& id = d.pools.back().id;
    if (!id.empty() && !pools.insert(id).second)
      p.faults().invalid(p.at("id"), "is the id of another pool");
  });
  std::set<std::string> rules;
  each_object(r, "routing_rules", [&](const field_reader& x) {
    d.rules.push_back(read_rule(x, pools));
    const auto& id = d.rules.back().id;
    if (!id.empty() && !rules.insert(id).second)
      x.faults().invalid(x.at("id"), "is the id of another rule");
  });
  if (d.rules.size() > rules_max)
    r.faults().invalid(r.at("routing_rules"), "are more than 500");
  if (const auto* transfer = r.object("transfer"))
    d.transfer = read_transfer(r.inside(*transfer, r.at("transfer")), d.region);
  if (const auto* calls = r.object("calls"))
    d.calls = read_calls(r.inside(*calls, r.at("calls")));
  if (const auto* outcomes = r.object("outcomes"))
    d.outcomes = read_outcomes(r, *outcomes, r.at("outcomes"), pools);
  return d;
}

agent_document read_agent_document(const field_reader& r) {
  agent_document d;
  d.agent_id = r.need_id("agent_id");
  d.version = r.integer("version");
  d.name = r.text("name").value_or(d.agent_id);
  d.phone = r.text("phone");
  d.email = r.text("email");
  d.active = r.boolean("active").value_or(true);
  d.accepting_leads = r.boolean("accepting_leads").value_or(true);
  d.available_for_calls = r.boolean("available_for_calls").value_or(true);
  d.daily_cap = r.integer("daily_cap", 0, INT64_MAX);
  if (auto zone = r.text("time_zone"))
    d.time_zone = read_zone(r, *zone);
  if (const auto* hours = r.object("schedule"))
    d.hours = read_schedule(r.inside(*hours, r.at("schedule")));
  return d;
}

} // namespace fairlead
