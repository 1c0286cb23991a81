#include "messages/wire/read_documents.hpp"

#include "messages/phone.hpp"
#include "messages/reading/email.hpp"
#include "messages/reading/folding.hpp"
#include "messages/wire/read_fallback.hpp"
#include "messages/wire/read_hours.hpp"
#include "messages/wire/read_lists.hpp"
#include "messages/wire/read_outcomes.hpp"

#include <algorithm>
#include <cstdint>
#include <set>

namespace fairlead {
namespace {

/// More turns than any pool ever uses; what is above means the same.
constexpr std::int64_t catch_up_max = 1'000'000'000;
constexpr std::size_t rules_max = 500;
constexpr std::size_t never_match_max = 1000;

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

// -- calls --------------------------------------------------------------------

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

} // namespace

team_document read_team_document(const field_reader& r,
                                 const std::string& team) {
  team_document d;
  d.team_id = r.need_id("team_id");
  if (!d.team_id.empty() && d.team_id != team)
    r.faults().invalid(r.at("team_id"), "is not the record's team");
  d.version = r.integer("version");
  d.name = r.text("name").value_or(d.team_id);
  d.time_zone = read_zone(r).value_or("UTC");
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
  d.outcomes = read_outcomes(r, pools);
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
  d.time_zone = read_zone(r);
  d.hours = read_schedule(r);
  d.absences = read_absences(r);
  return d;
}

} // namespace fairlead
