#include "messages/wire/read_documents.hpp"

#include "messages/json/pointer.hpp"
#include "messages/phone.hpp"
#include "messages/reading/email.hpp"
#include "messages/reading/folding.hpp"
#include "messages/reading/outcome.hpp"
#include "messages/utf8.hpp"
#include "messages/zones.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <set>
#include <unordered_map>

namespace fairlead {
namespace {

/// More turns than any pool ever uses; what is above means the same.
constexpr std::int64_t catch_up_max = 1'000'000'000;
constexpr std::int64_t year_s = 365 * 24 * 60 * 60;
constexpr std::size_t rules_max = 500;
constexpr std::size_t holidays_max = 400;
constexpr std::size_t absences_max = 100;
constexpr std::size_t never_match_max = 1000;
constexpr std::size_t endpoint_characters_max = 256;
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

int read_date(const field_reader& r, const json_node& n,
              const std::string& where) {
  auto date
    = n.is == json_node::kind::text ? calendar_date(n.text) : std::nullopt;
  if (!date)
    r.faults().invalid(where, "must be a date such as 2026-12-25");
  return date.value_or(0);
}

int need_date(const field_reader& r, std::string_view key) {
  const auto* n = r.need(key);
  return n == nullptr ? 0 : read_date(r, *n, r.at(key));
}

window read_window(const field_reader& r) {
  return {read_clock_time(r, "from"), read_clock_time(r, "to")};
}

/// Absent days are all of them, holidays too (R49).
weekday_set read_days(const field_reader& r) {
  static constexpr std::array<std::string_view, 8> names{
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};
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
                                           "fri, sat, sun, holiday");
               else
                 days[static_cast<std::size_t>(it - names.begin())] = true;
             });
  if (!any)
    r.faults().invalid(r.at("days"), "must name a day");
  return days;
}

weekly_window read_weekly(const field_reader& r) {
  r.only({"days", "from", "to"});
  return {read_days(r), read_window(r)};
}

/// A number of at least `min`. The contract sets no maximum: what is above
/// `max` means the same as `max`.
std::optional<std::int64_t> read_up_to(const field_reader& r,
                                       std::string_view key, std::int64_t min,
                                       std::int64_t max) {
  auto n = r.integer(key, min, INT64_MAX);
  return n ? std::optional{std::min(*n, max)} : std::nullopt;
}

/// Absent: as it was.
void read_seconds(const field_reader& r, std::string_view key, std::int64_t& s,
                  std::int64_t min = 0, std::int64_t max = year_s) {
  s = r.integer(key, min, max).value_or(s);
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

/// The elements of a list that may not have more than `max`.
template <class Each>
void each_of_at_most(const field_reader& r, std::string_view key,
                     std::size_t max, Each each) {
  const auto* list = r.array(key);
  if (list == nullptr)
    return;
  std::size_t size = 0;
  r.elements(*list, r.at(key), [&](const json_node& n, std::string where) {
    if (++size <= max)
      each(n, std::move(where));
  });
  if (size > max)
    r.faults().invalid(r.at(key), "are more than " + std::to_string(max));
}

template <class Value>
void sort_once(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

std::string read_zone(const field_reader& r, const std::string& zone) {
  if (find_zone(zone) == nullptr)
    r.faults().invalid(r.at("time_zone"), "is not a time zone of the IANA "
                                          "database");
  return zone;
}

// -- pools --------------------------------------------------------------------

pool_document read_pool(const field_reader& r) {
  r.only({"id", "members", "assign_requires", "catch_up_turns"});
  pool_document p;
  p.id = r.need_id("id");
  std::set<std::string> members;
  each_object(r, "members", [&](const field_reader& m) {
    m.only({"agent_id", "weight"});
    pool_member member;
    member.agent_id = m.need_id("agent_id");
    member.weight = static_cast<int>(m.integer("weight", 1, 100).value_or(1));
    if (!member.agent_id.empty() && !members.insert(member.agent_id).second)
      m.faults().invalid(m.at("agent_id"), "is a member already");
    p.members.push_back(std::move(member));
  });
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

pool_ref read_pool_ref(const field_reader& r,
                       const std::set<std::string>& pools) {
  auto pool = r.need_id("pool");
  if (!pool.empty() && !pools.contains(pool))
    r.faults().invalid(r.at("pool"), "is no pool of the team");
  return {std::move(pool)};
}

/// `{"pool":id}` or `{"agent":id}`, exactly one.
assign_target read_target(const field_reader& r,
                          const std::set<std::string>& pools) {
  r.only({"pool", "agent"});
  bool has_pool = r.find("pool") != nullptr;
  bool has_agent = r.find("agent") != nullptr;
  if (has_pool == has_agent) {
    r.faults().invalid(r.pointer(), "must name a pool or an agent");
    return agent_ref{};
  }
  if (has_agent)
    return agent_ref{r.need_id("agent")};
  return read_pool_ref(r, pools);
}

rule_conditions read_conditions(const field_reader& r) {
  r.only({"sources", "lead_types", "tags", "cities", "zips", "states",
          "min_price", "max_price", "timeframes", "languages"});
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
  c.languages = texts("languages");
  c.min_price = r.integer("min_price");
  c.max_price = r.integer("max_price");
  return c;
}

routing_rule read_rule(const field_reader& r,
                       const std::set<std::string>& pools) {
  r.only({"id", "when", "active", "assign"});
  routing_rule rule;
  rule.id = r.need_id("id");
  if (const auto* when = r.object("when"))
    rule.when = read_conditions(r.inside(*when, r.at("when")));
  if (const auto* active = r.object("active"))
    rule.active = read_weekly(r.inside(*active, r.at("active")));
  if (r.need("assign") != nullptr)
    if (const auto* assign = r.object("assign"))
      rule.assign = read_target(r.inside(*assign, r.at("assign")), pools);
  return rule;
}

// -- schedules ----------------------------------------------------------------

date_override read_override(const field_reader& r) {
  r.only({"date", "closed", "from", "to"});
  date_override o;
  o.date = need_date(r, "date");
  if (!r.boolean("closed").value_or(false))
    o.hours = read_window(r);
  return o;
}

std::optional<schedule> read_schedule(const field_reader& outer) {
  const auto* n = outer.object("schedule");
  if (n == nullptr)
    return std::nullopt;
  auto r = outer.inside(*n, outer.at("schedule"));
  r.only({"weekly", "overrides"});
  schedule s;
  each_object(r, "weekly", [&s](const field_reader& w) {
    s.weekly.push_back(read_weekly(w));
  });
  each_object(r, "overrides", [&s](const field_reader& o) {
    s.overrides.push_back(read_override(o));
  });
  return s;
}

std::optional<std::string> read_own_zone(const field_reader& r) {
  auto zone = r.text("time_zone");
  return zone ? std::optional{read_zone(r, *zone)} : std::nullopt;
}

std::optional<std::string> read_endpoint(const field_reader& r) {
  auto endpoint = r.text("endpoint");
  if (!endpoint)
    return std::nullopt;
  std::size_t characters = 0;
  for (std::string_view rest = *endpoint; !rest.empty(); ++characters)
    rest.remove_prefix(std::max<std::size_t>(1, utf8_length(rest)));
  if (characters < 1 || characters > endpoint_characters_max)
    r.faults().invalid(r.at("endpoint"), "must have 1 to 256 characters");
  return endpoint;
}

/// The same text where its region is not known yet.
std::string read_number(const field_reader& r, const std::string& text,
                        const std::string& where, std::string_view region) {
  auto phone
    = region == as_it_came ? std::optional{text} : read_phone(text, region);
  if (!phone || phone->empty()) {
    r.faults().invalid(where, "is not a phone number");
    return {};
  }
  return *phone;
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
  read_seconds(r, "ring_timeout_s", t.ring_timeout_s, 1, ring_timeout_max_s);
  read_seconds(r, "total_timeout_s", t.total_timeout_s, 1, 86'400);
  read_seconds(r, "max_age_s", t.max_age_s);
  read_seconds(r, "answer_grace_s", t.answer_grace_s, 0, 30);
  read_seconds(r, "wait_s", t.wait_s, 0, 3'600);
  t.group_size = r.integer("group_size", 1, INT64_MAX);
  if (const auto* numbers = r.array("fallback_numbers"))
    r.elements(*numbers, r.at("fallback_numbers"),
               [&](const json_node& n, std::string where) {
                 t.fallback_numbers.push_back(read_fallback_entry(
                   r.inside(n, std::move(where)), n, region));
               });
  if (const auto* confirm = r.object("confirm")) {
    auto c = r.inside(*confirm, r.at("confirm"));
    t.confirm_agents = c.boolean("agents").value_or(false);
    t.confirm_fallback = c.boolean("fallback").value_or(false);
  }
  read_seconds(r, "confirm_s", t.confirm_s, 0, 60);
  return t;
}

call_settings read_calls(const field_reader& r) {
  call_settings c;
  read_seconds(r, "wrap_up_s", c.wrap_up_s);
  read_seconds(r, "max_call_s", c.max_call_s);
  read_seconds(r, "min_talk_s", c.min_talk_s);
  read_seconds(r, "cover_after_s", c.cover_after_s);
  c.auto_unavailable_after = r.integer("auto_unavailable_after", 0, INT64_MAX)
                               .value_or(c.auto_unavailable_after);
  return c;
}

std::optional<recipient_ref> read_recipient(const field_reader& r,
                                            const json_node& n,
                                            const std::string& where) {
  if (n.is == json_node::kind::object) {
    auto who = r.inside(n, where);
    who.only({"agent"});
    return agent_ref{who.need_id("agent")};
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

/// A pool, an agent, or whoever won the call; exactly one.
assign_action read_assign(const field_reader& r,
                          const std::set<std::string>& pools) {
  r.only({"do", "agent", "pool", "to"});
  auto is_there
    = [&r](std::string_view key) { return r.find(key) != nullptr ? 1 : 0; };
  if (is_there("pool") + is_there("agent") + is_there("to") != 1) {
    r.faults().invalid(r.pointer(),
                       "must name a pool, an agent or \"to\":\"answered_by\"");
    return {};
  }
  if (is_there("agent") == 1)
    return {agent_ref{r.need_id("agent")}};
  if (is_there("pool") == 1)
    return {read_pool_ref(r, pools)};
  if (auto to = r.text("to"); to && *to != to_string(role::answered_by))
    r.faults().invalid(r.at("to"), "must be answered_by");
  return {answerer{}};
}

std::optional<action> read_action(const field_reader& r,
                                  const std::set<std::string>& pools) {
  auto kind = read<action_kind>(r.need_text("do"));
  if (!kind) {
    r.only({"do", "agent", "pool", "to", "kind", "due_in_s", "title"});
    if (const auto* n = r.find("do");
        n != nullptr && n->is == json_node::kind::text)
      r.faults().invalid(r.at("do"), "is not an action");
    return std::nullopt;
  }
  switch (*kind) {
    case action_kind::assign:
      return read_assign(r, pools);
    case action_kind::stage:
      r.only({"do", "to"});
      return stage_action{read_kept_text(r, "to")};
    case action_kind::cancel_cadence:
      r.only({"do"});
      return cancel_cadence_action{};
    case action_kind::pause_cadence:
      r.only({"do"});
      return pause_cadence_action{};
    case action_kind::create_task:
      r.only({"do", "kind", "due_in_s", "title"});
      return create_task_action{.kind = task_kind{read_kept_text(r, "kind")},
                                .due_in_s = r.integer("due_in_s", 0, year_s),
                                .title = r.text("title")};
    case action_kind::notify:
      r.only({"do", "to"});
      return read_notify(r);
  }
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
  std::unordered_map<std::string, std::string_view> listed;
  for (const auto* n = r.tree().first(outcomes); n != nullptr;
       n = r.tree().next(*n)) {
    if (last[n->key] != n || n->is == json_node::kind::null)
      continue; // a later member of that name counts; null is absent
    outcome_actions o{
      .outcome = read_outcome_tag(n->key), .listed = n->key, .actions = {}};
    if (!is_id(n->key) || o.outcome.text().empty()) {
      r.faults().invalid(pointer,
                         std::string{"has a name that "} + rule_of_ids);
      continue;
    }
    auto where = pointer + "/" + json::pointer_step(n->key);
    auto [twin, is_new] = listed.emplace(o.outcome.text(), n->key);
    if (!is_new)
      r.faults().invalid(where,
                         "reads the same as " + std::string{twin->second});
    if (n->is != json_node::kind::array) {
      r.faults().wrong(where, "must be a list");
      continue;
    }
    r.elements(*n, where, [&](const json_node& a, const std::string& at) {
      if (a.is != json_node::kind::object)
        return r.faults().wrong(at, "must be an object");
      if (auto x = read_action(r.inside(a, at), pools))
        o.actions.push_back(std::move(*x));
    });
    all.push_back(std::move(o));
  }
  return all;
}

never_matched read_never_match(const field_reader& r,
                               const std::string& region) {
  never_matched never;
  each_of_at_most(
    r, "never_match", never_match_max,
    [&](const json_node& n, const std::string& where) {
      auto entry
        = n.is == json_node::kind::text ? trimmed(n.text) : std::string_view{};
      if (entry.starts_with("*@") && entry.size() > 2)
        never.domains.push_back(lower_case(entry.substr(2)));
      else if (auto email = read_email(entry))
        never.emails.push_back(std::move(email->address));
      else if (auto phone = read_phone(entry, region))
        never.phones.push_back(std::move(*phone));
      else
        r.faults().invalid(where, "is not a phone, an e-mail or *@domain");
    });
  sort_once(never.phones);
  sort_once(never.emails);
  sort_once(never.domains);
  return never;
}

std::vector<int> read_holidays(const field_reader& r) {
  std::vector<int> dates;
  each_of_at_most(r, "holidays", holidays_max,
                  [&](const json_node& n, const std::string& where) {
                    dates.push_back(read_date(r, n, where));
                  });
  sort_once(dates);
  return dates;
}

absence read_absence(const field_reader& r) {
  absence a{need_date(r, "from"), need_date(r, "to")};
  if (r.find("from") != nullptr && r.find("to") != nullptr && a.from > a.to)
    r.faults().invalid(r.at("from"), "is after /to");
  return a;
}

} // namespace

fallback_entry read_fallback_entry(const field_reader& r,
                                   const json_node& entry,
                                   std::string_view region) {
  fallback_entry e;
  if (entry.is == json_node::kind::text) {
    e.phone = read_number(r, entry.text, r.pointer(), region);
    return e;
  }
  if (entry.is != json_node::kind::object) {
    r.faults().wrong(r.pointer(), "must be a phone or an object");
    return e;
  }
  r.only({"phone", "endpoint", "lines", "schedule", "time_zone"});
  if ((r.find("phone") == nullptr) == (r.find("endpoint") == nullptr))
    r.faults().invalid(r.pointer(), "must have a phone or an endpoint");
  if (auto phone = r.text("phone"))
    e.phone = read_number(r, *phone, r.at("phone"), region);
  e.endpoint = read_endpoint(r).value_or("");
  e.lines = r.integer("lines", 1, INT64_MAX);
  e.hours = read_schedule(r);
  e.time_zone = read_own_zone(r);
  return e;
}

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
  d.holidays = read_holidays(r);
  d.reassign_inactive = r.boolean("reassign_inactive").value_or(false);
  d.never_match = read_never_match(r, d.region);
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
  d.endpoint = read_endpoint(r);
  d.email = r.text("email");
  d.active = r.boolean("active").value_or(true);
  d.accepting_leads = r.boolean("accepting_leads").value_or(true);
  d.available_for_calls = r.boolean("available_for_calls").value_or(true);
  d.daily_cap = r.integer("daily_cap", 0, INT64_MAX);
  d.time_zone = read_own_zone(r);
  d.hours = read_schedule(r);
  each_of_at_most(
    r, "absences", absences_max, [&](const json_node& n, std::string where) {
      if (n.is == json_node::kind::object)
        d.absences.push_back(read_absence(r.inside(n, std::move(where))));
      else
        r.faults().wrong(where, "must be an object");
    });
  return d;
}

} // namespace fairlead
