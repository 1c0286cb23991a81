#include "tests/simulation/generate.hpp"

#include "messages/derive.hpp"

#include <array>
#include <stdexcept>

namespace fairlead::test {
namespace {

struct kind {
  const char* type;
  topic on;
  int weight; // among random events
  std::string (history::*data)();
};

// What random histories are made of.
constexpr std::array kinds{
  kind{"team.configured", topic::roster, 15, &history::team_configured},
  kind{"agent.configured", topic::roster, 30, &history::agent_configured},
  kind{"agent.availability_changed", topic::roster, 60,
       &history::availability_changed},
  kind{"agent.removed", topic::roster, 12, &history::agent_removed},
  kind{"lead.received", topic::leads, 300, &history::lead_received},
  kind{"lead.assignment_requested", topic::leads, 40,
       &history::assignment_requested},
  kind{"lead.closed", topic::leads, 30, &history::lead_closed},
  kind{"outreach.requested", topic::leads, 100, &history::outreach_requested},
  kind{"task.completed", topic::leads, 10, &history::task_completed},
  kind{"transfer.requested", topic::calls, 150, &history::transfer_requested},
  kind{"ring.answered", topic::calls, 40, &history::ring_reported},
  kind{"ring.accepted", topic::calls, 10, &history::ring_reported},
  kind{"ring.declined", topic::calls, 20, &history::ring_reported},
  kind{"ring.no_answer", topic::calls, 20, &history::ring_reported},
  kind{"ring.machine", topic::calls, 10, &history::ring_reported},
  kind{"call.bridge_failed", topic::calls, 15, &history::ring_reported},
  kind{"caller.hung_up", topic::calls, 20, &history::call_named},
  kind{"call.ended", topic::calls, 40, &history::call_named},
  kind{"call.outcome", topic::calls, 90, &history::call_outcome},
};

std::string padded(int n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

} // namespace

std::uint64_t dice::next() {
  auto z = state_ += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// -- JSON as text -------------------------------------------------------------

void json_object::name(std::string_view n) {
  if (!body_.empty())
    body_ += ',';
  body_ += '"';
  body_ += n;
  body_ += "\":";
}

json_object& json_object::text(std::string_view n, std::string_view value) {
  name(n);
  body_ += '"';
  for (char c : value) {
    if (c == '"' || c == '\\')
      body_ += '\\';
    body_ += c;
  }
  body_ += '"';
  return *this;
}

json_object& json_object::number(std::string_view n, std::int64_t value) {
  return json(n, std::to_string(value));
}

json_object& json_object::flag(std::string_view n, bool value) {
  return json(n, value ? "true" : "false");
}

json_object& json_object::json(std::string_view n, std::string_view value) {
  name(n);
  body_ += value;
  return *this;
}

std::string json_list(const std::vector<std::string>& values, bool as_text) {
  std::string out = "[";
  for (const auto& v : values) {
    out += out.size() > 1 ? "," : "";
    out += as_text ? "\"" + v + "\"" : v;
  }
  return out + "]";
}

// -- events -------------------------------------------------------------------

wish history::make(topic on, std::string_view type, const std::string& team,
                   const std::string& data) {
  wish w{.on = on,
         .team = team,
         .id = "e-" + std::to_string(++events_),
         .type = std::string{type},
         .value = {}};
  w.value = json_object{}
              .text("specversion", "1.0")
              .text("id", w.id)
              .text("source", "/simulation")
              .text("type", type)
              .text("partitionkey", team)
              .json("data", data)
              .str();
  return w;
}

wish history::make(std::string_view type, const std::string& team) {
  for (const auto& k : kinds)
    if (k.type == type) {
      team_ = team;
      // Each type is accepted on any of the three topics.
      auto on = dice_.chance(30)
                  ? dice_.pick({topic::roster, topic::leads, topic::calls})
                  : k.on;
      return make(on, type, team, (this->*k.data)());
    }
  throw std::logic_error{"the generator knows no such type"};
}

wish history::next() {
  int all = 0;
  for (const auto& k : kinds)
    all += k.weight;
  auto at = dice_.between(0, all - 1);
  const auto* k = kinds.data();
  for (; at >= k->weight; ++k)
    at -= k->weight;
  return make(k->type, dice_.pick(shape_.teams));
}

std::vector<wish> history::roster(const std::string& team) {
  std::vector<wish> out;
  team_ = team;
  if (!seldom()) // else its leads come before its document
    out.push_back(
      make(topic::roster, "team.configured", team, team_document(team, true)));
  for (std::int64_t i = 1; i <= shape_.agents; ++i)
    if (!seldom())
      out.push_back(make(topic::roster, "agent.configured", team,
                         agent_document("a" + std::to_string(i), true)));
  return out;
}

// -- documents ----------------------------------------------------------------

std::string history::window() {
  std::vector<std::string> days;
  for (const char* d :
       {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"})
    if (dice_.chance(750))
      days.emplace_back(d);
  if (days.empty())
    days.emplace_back("mon");
  auto at = [this] {
    return padded(static_cast<int>(dice_.below(24))) + ":"
           + dice_.pick({"00", "30", "59"});
  };
  return json_object{}
    .json("days", json_list(days, true))
    .text("from", at())
    .text("to", at())
    .str();
}

std::string history::target() {
  return often() ? json_object{}.text("pool", pool()).str()
                 : json_object{}.text("agent", agent()).str();
}

std::string history::team_document(const std::string& team, bool sound) {
  json_object d;
  d.text("team_id", team).text("account_owner", agent());
  if (often())
    d.text("default_owner", agent());
  if (often())
    d.text("time_zone", dice_.pick({"America/New_York", "Europe/Berlin", "UTC",
                                    "Australia/Lord_Howe"}));
  if (seldom())
    d.json("stages", R"({"assigned":null})");
  if (seldom())
    d.number("version", ++versions_ - dice_.between(0, 2));
  if (seldom())
    d.json("holidays", R"(["2026-03-02","2026-03-03"])");
  if (seldom())
    d.flag("reassign_inactive", true);
  if (seldom())
    d.json("never_match",
           json_list({"+15125552120", "kim11@example.com", "*@portal.example"},
                     true));
  std::vector<std::string> pools;
  for (const char* id : {"buyers", "sellers", "closers"}) {
    if (!sound && seldom())
      continue; // then somebody may name a pool that is not there
    std::vector<std::string> members;
    for (std::int64_t i = 1; i <= shape_.agents + 1; ++i)
      if (dice_.chance(700)) {
        json_object m;
        m.text("agent_id", "a" + std::to_string(i));
        if (often()) // seldom one that no other divides
          m.number("weight", dice_.between(1, seldom() ? 100 : 4));
        members.push_back(m.str());
      }
    json_object p;
    p.text("id", id).json("members", json_list(members, false));
    if (seldom())
      p.text("assign_requires", dice_.pick({"schedule", "available"}));
    if (seldom())
      p.number("catch_up_turns", dice_.between(0, 3));
    pools.push_back(p.str());
  }
  d.json("pools", json_list(pools, false));
  std::vector<std::string> rules;
  for (auto n = dice_.between(0, 3); n > 0; --n) {
    json_object when;
    if (often())
      when.json("sources", json_list({dice_.pick({"zillow", "web"})}, true));
    if (seldom())
      when.json("lead_types", json_list({"buyer"}, true));
    if (seldom())
      when.number("min_price", 300'000);
    if (seldom())
      when.json("languages", json_list({"es", "en-US"}, true));
    if (seldom())
      when.json("states", json_list({"Texas", "N*"}, true));
    if (seldom())
      when.json("cities", json_list({"cañon*", "Austin"}, true));
    json_object r;
    r.text("id", "r" + std::to_string(n)).json("when", when.str());
    if (seldom())
      r.json("active", window());
    rules.push_back(r.json("assign", target()).str());
  }
  if (often())
    rules.push_back(
      json_object{}.text("id", "rest").json("assign", target()).str());
  d.json("routing_rules", json_list(rules, false));
  json_object transfer;
  transfer
    .text("pattern", dice_.pick({"assigned_agent", "simultaneous_group",
                                 "assigned_then_group"}))
    .number("ring_timeout_s", dice_.between(5, 40))
    .number("total_timeout_s", dice_.between(30, 180));
  if (often())
    transfer.json("fallback_numbers", fallbacks());
  if (seldom())
    transfer.json("confirm", R"({"agents":true,"fallback":true})")
      .number("confirm_s", dice_.between(0, 20));
  if (seldom())
    transfer.number("answer_grace_s", dice_.between(0, 5));
  if (often())
    transfer.number("wait_s", dice_.between(0, 60));
  if (seldom())
    transfer.number("group_size", dice_.between(1, 2));
  d.json("transfer", transfer.str());
  json_object calls;
  calls.number("max_call_s", dice_.between(300, 900));
  if (often())
    calls.number("wrap_up_s", dice_.between(0, 60));
  if (often())
    calls.number("auto_unavailable_after", dice_.between(0, 2));
  if (seldom())
    calls.number("min_talk_s", dice_.between(1, 10));
  if (seldom())
    calls.number("cover_after_s", dice_.between(0, 100'000));
  d.json("calls", calls.str());
  if (often())
    d.json(
      "outcomes",
      json_object{}
        .json("qualified_buyer",
              json_list({(often()    ? json_object{}.text("pool", pool())
                          : seldom() ? json_object{}.text("to", "answered_by")
                                     : json_object{}.text("agent", agent()))
                           .text("do", "assign")
                           .str(),
                         R"({"do":"stage","to":"hot"})",
                         R"({"do":"create_task","kind":"follow_up"})",
                         R"({"do":"notify","to":["owner"]})"},
                        false))
        .json("missed_transfer",
              R"([{"do":"create_task","kind":"call_back","due_in_s":60},)"
              R"({"do":"notify","to":["owner","account_owner"]}])")
        .str());
  return d.str();
}

/// Numbers of nobody's, of some lines or any, one of an agent's, an endpoint.
std::string history::fallbacks() {
  std::vector<std::string> all{R"("+15125550190")",
                               json_object{}
                                 .text("phone", "+15125550191")
                                 .number("lines", dice_.between(1, 2))
                                 .str()};
  if (seldom())
    all.push_back(R"({"endpoint":"sip:desk@example.com","lines":1})");
  if (seldom())
    all.push_back("\"" + phone_of(agent()) + "\"");
  if (seldom())
    all.push_back(
      json_object{}
        .text("phone", "+15125550192")
        .json("schedule",
              json_object{}.json("weekly", json_list({window()}, false)).str())
        .str());
  return json_list(all, false);
}

std::string history::phone_of(const std::string& agent) {
  return "+151255501" + agent.substr(1) + "0";
}

std::string history::agent_document(const std::string& agent, bool sound) {
  json_object d;
  d.text("agent_id", agent).text("name", "Agent " + agent);
  // Some share a phone, some have an extension of it, some an endpoint.
  if (!seldom())
    d.text("phone", !sound && !often() ? "no phone"
                    : seldom()         ? phone_of("a1")
                    : seldom()         ? phone_of("a1") + " ext. 12"
                                       : phone_of(agent));
  else if (often())
    d.text("endpoint", "sip:" + agent + "@example.com");
  if (seldom())
    d.flag("active", dice_.chance(300));
  if (seldom())
    d.flag("accepting_leads", false);
  if (seldom())
    d.flag("available_for_calls", false);
  if (seldom())
    d.number("daily_cap", dice_.between(0, 4));
  if (seldom())
    d.number("version", ++versions_ - dice_.between(0, 2));
  if (seldom())
    d.json("schedule",
           json_object{}
             .json("weekly", json_list({window()}, false))
             .json("overrides",
                   seldom() ? R"([{"date":"2026-03-02","closed":true}])" : "[]")
             .str());
  if (seldom())
    d.json("absences", R"([{"from":"2026-03-02","to":"2026-03-02"}])");
  return d.str();
}

/// One person has several phones and e-mails, and types them as they like.
std::string history::contact() {
  json_object c;
  if (often())
    c.text("name", "Kim Roe");
  else
    c.text("first_name", "Kim").text("last_name", "Roe");
  auto n = std::to_string(dice_.between(10, 10 + shape_.leads / 2));
  if (often()) {
    if (seldom())
      c.json("phone", "15125552" + n + "0");
    else
      c.text("phone", dice_.chance(60) ? dice_.pick(
                        {"call me", "000-000-0000", "", "cell 512 555 2110"})
                      : seldom() ? "(512) 555-2" + n + "0 ext. 7"
                                 : "+15125552" + n + "0");
  }
  if (often())
    c.text("email", seldom() ? "Kim Roe <KIM" + n + "@example.com>"
                             : "kim" + n + "@example.com");
  if (dice_.chance(50))
    c.json(
      "forget",
      json_list({"+15125552" + n + "0", "kim" + n + "@example.com"}, true));
  return c.str();
}

// -- the data of each type ----------------------------------------------------

std::string history::team_configured() {
  return team_document(team_, false);
}

std::string history::agent_configured() {
  return agent_document(agent(), false);
}

std::string history::availability_changed() {
  json_object d;
  d.text("agent_id", agent());
  if (often())
    d.flag("available_for_calls", often());
  if (often())
    d.flag("accepting_leads", often());
  if (seldom())
    d.flag("busy", often());
  if (seldom())
    d.text("away_until",
           dice_.pick({"2026-03-02T15:10:00Z", // soon over
                       "2026-03-02T18:00:00Z", "2026-03-01T00:00:00Z"}));
  return d.str();
}

std::string history::agent_removed() {
  json_object d;
  d.text("agent_id", agent());
  if (often())
    d.flag("reassign", true);
  return d.str();
}

std::string history::lead_received() {
  json_object d;
  d.text("lead_id", lead());
  if (!seldom())
    d.json("contact", contact());
  if (often())
    d.text("source", dice_.pick({"zillow", "web", "fair"}));
  if (often())
    d.text("lead_type", dice_.pick({"buyer", "seller", "both"}));
  if (seldom())
    d.json("price", dice_.pick({"450000", "\"dear\"", "1.5", "\"$450k\"",
                                "\"300,000 - 400,000\""}));
  if (seldom())
    d.json("tags", dice_.pick({"\"vip; pool\"", "[\"vip\",7]", "7"}));
  if (seldom())
    d.text("state", dice_.pick({"TX", "texas", "Nevada"}));
  if (seldom())
    d.text("city", dice_.pick({"CAÑON CITY", "austin "}));
  if (seldom())
    d.text("language", dice_.pick({"es-MX", "en"}));
  if (seldom())
    d.flag("quiet", true);
  if (seldom())
    d.text("assigned_agent", agent());
  if (seldom())
    d.flag("opt_in", true);
  return d.str();
}

std::string history::assignment_requested() {
  json_object d;
  d.text("lead_id", lead());
  if (often())
    d.text("agent_id", agent());
  else if (often())
    d.text("pool_id", pool());
  if (seldom())
    d.number("if_owner_epoch", dice_.between(0, 2));
  return d.str();
}

std::string history::lead_closed() {
  return json_object{}.text("lead_id", lead()).str();
}

std::string history::outreach_requested() {
  return json_object{}
    .text("lead_id", lead())
    .text("outreach_id", id("o", shape_.outreach))
    .text("channel", "sms")
    .json("payload", R"({"text":"Hi","n":1.50})")
    .str();
}

std::string history::task_completed() {
  return json_object{}
    .text("lead_id", lead())
    .text("task_id", "t-unknown")
    .str();
}

std::string history::transfer_requested() {
  auto call_id = call();
  json_object d;
  d.text("call_id", call_id).text("lead_id", lead_of(call_id));
  if (seldom())
    d.text("pattern", dice_.pick({"assigned_agent", "simultaneous_group"}));
  if (seldom())
    d.number("ring_timeout_s", dice_.between(5, 20));
  if (seldom())
    d.json("fallback_numbers", seldom() ? "[]" : fallbacks());
  if (often())
    d.json("contact", contact());
  if (seldom())
    d.json("context", R"({"whisper":"a buyer"})");
  return d.str();
}

std::string history::ring_reported() {
  auto call_id = call();
  // A guess: who follows the log knows better.
  auto index = dice_.between(0, 3);
  auto attempt = dice_.between(1, 2);
  return json_object{}
    .text("call_id", call_id)
    .text(
      "leg_id",
      leg_id(
        {.team = team_, .call = call_id, .attempt = attempt, .index = index}))
    .str();
}

std::string history::lead_of(const std::string& call_id) {
  auto n = std::stoll(call_id.substr(1));
  return dice_.chance(50) ? lead() : "l" + std::to_string(1 + n % shape_.leads);
}

std::string history::call_named() {
  return json_object{}.text("call_id", call()).str();
}

std::string history::call_outcome() {
  auto call_id = call();
  json_object d;
  d.text("call_id", call_id).text("lead_id", lead_of(call_id));
  d.text("outcome", dice_.pick({"successful_transfer", "missed_transfer",
                                "needs_follow_up", "contact_later", "opt_out",
                                "not_interested", "unqualified", "bad_number",
                                "qualified_buyer", "no_such_outcome"}));
  if (seldom())
    d.text("until", "2026-03-05T09:00:00Z");
  return d.str();
}

} // namespace fairlead::test
