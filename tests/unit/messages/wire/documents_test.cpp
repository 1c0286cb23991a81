// The team and agent documents (contract): what they say, their defaults, and
// every fault that makes `invalid_document`.

#include "messages/wire/decode.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using reason = dead_letter_reason;

std::variant<input_event, dead_letter> decode(const std::string& type,
                                              const std::string& data) {
  raw_record r;
  r.on = topic::roster;
  r.key = "acme";
  r.value = R"({"specversion":"1.0","id":"e","source":"s","type":")" + type
            + R"(","data":)" + data + "}";
  return json_decoder().decode(r);
}

team_document team_of(const std::string& data) {
  auto got = decode("team.configured", data);
  if (const auto* bad = std::get_if<dead_letter>(&got)) {
    ADD_FAILURE() << sentence(bad->faults);
    return {};
  }
  return std::get<team_configured>(std::get<input_event>(got).body).document;
}

/// `reason: message` of a team document; empty: it was read.
std::string team_fault(const std::string& data) {
  auto got = decode("team.configured", data);
  const auto* bad = std::get_if<dead_letter>(&got);
  return bad == nullptr
           ? ""
           : std::string{to_string(bad->reason)} + ": " + sentence(bad->faults);
}

/// A team document with more members.
std::string team_with(const std::string& more) {
  return R"({"team_id":"acme","account_owner":"o")"
         + (more.empty() ? "" : "," + more) + "}";
}

agent_configured agent_of(const std::string& data) {
  auto got = decode("agent.configured", data);
  if (const auto* bad = std::get_if<dead_letter>(&got)) {
    ADD_FAILURE() << sentence(bad->faults);
    return {};
  }
  return std::get<agent_configured>(std::get<input_event>(got).body);
}

std::string agent_faults(const std::string& more) {
  std::string all;
  for (const auto& f : agent_of(R"({"agent_id":"a",)" + more + "}").faults)
    all += f.pointer + " ";
  return all;
}

// -- the team -----------------------------------------------------------------

TEST(TeamDocument, HasDefaults) {
  team_document d;
  d.team_id = d.name = "acme";
  d.account_owner = d.default_owner = "o";
  EXPECT_EQ(team_of(team_with("")), d);
  EXPECT_EQ(d.time_zone, "UTC");
  EXPECT_EQ(d.assigned_stage, "working");
  // Null counts as absent, but for the stage: there it means none.
  auto nulls = team_of(team_with(
    R"("version":null,"name":null,"time_zone":null,"region":null,)"
    R"("default_owner":null,"stages":null,"pools":null,"routing_rules":null,)"
    R"("transfer":null,"calls":null,"outcomes":null)"));
  EXPECT_EQ(nulls, d);
  d.assigned_stage.reset();
  EXPECT_EQ(team_of(team_with(R"("stages":{"assigned":null})")), d);
}

TEST(TeamDocument, ReadsTheOneOfTheContract) {
  auto d = team_of(R"json(
{"team_id":"acme","version":3,"name":"Acme Realty","time_zone":"America/New_York","region":"US",
 "account_owner":"olivia","default_owner":"olga","stages":{"assigned":"hot"},
 "holidays":["1970-01-03","1970-01-02","1970-01-03"],"reassign_inactive":true,
 "never_match":["(512) 555-0100","Front.Desk@acme.example","*@Portal.example","+15125550100"],
 "pools":[{"id":"buyers","members":[{"agent_id":"ana","weight":2},{"agent_id":"ben"}],
           "assign_requires":"available","catch_up_turns":5},{"id":"closers"}],
 "routing_rules":[{"id":"zillow-buyers",
    "when":{"sources":["zillow"],"lead_types":["buyer"],"tags":[],"cities":["x","y"],"zips":[],"states":[],
            "min_price":250000,"max_price":900000,"timeframes":["now"],"languages":["es"]},
    "active":{"days":["mon","tue","sun","holiday"],"from":"08:00","to":"20:30"},
    "assign":{"pool":"buyers"}},
   {"id":"luxury","when":{"min_price":2000000},"assign":{"agent":"olivia"},
    "active":{"from":"22:00","to":"06:00"}},
   {"id":"rest","assign":{"pool":"buyers"}}],
 "transfer":{"pattern":"assigned_agent","ring_timeout_s":20,"total_timeout_s":100,"max_age_s":30,
             "answer_grace_s":3,"wait_s":60,"group_size":4,
             "fallback_numbers":["(512) 555-0199",
               {"phone":"512 555 0198 ext. 2","lines":3,"schedule":{"weekly":[{"from":"08:00","to":"22:00"}]},
                "time_zone":"America/Chicago"},
               {"endpoint":"sip:desk@acme.example","x_note":"ours"}],
             "confirm":{"agents":true,"fallback":true},"confirm_s":20},
 "calls":{"wrap_up_s":1,"max_call_s":2,"min_talk_s":5,"auto_unavailable_after":3,"cover_after_s":7},
 "outcomes":{
   "qualified_buyer":[{"do":"assign","pool":"closers"},{"do":"stage","to":"hot"},
                      {"do":"create_task","kind":"follow_up","due_in_s":3600,"title":"Call the buyer"},
                      {"do":"notify","to":["owner","account_owner","answered_by",{"agent":"ben"}]}],
   "Missed-Transfer":[{"do":"create_task","kind":"call_back"},{"do":"cancel_cadence"},{"do":"assign","agent":"ana"},
                      {"do":"assign","to":"answered_by"}],
   "contact_later":[{"do":"pause_cadence"}],
   "unqualified":[]}})json");
  team_document want;
  want.team_id = "acme";
  want.version = 3;
  want.name = "Acme Realty";
  want.time_zone = "America/New_York";
  want.account_owner = "olivia";
  want.default_owner = "olga";
  want.assigned_stage = "hot";
  want.holidays = {1, 2};
  want.reassign_inactive = true;
  want.never_match = {.phones = {"+15125550100"},
                      .emails = {"front.desk@acme.example"},
                      .domains = {"portal.example"}};
  want.pools
    = {{"buyers", {{"ana", 2}, {"ben", 1}}, assign_requires::available, 5},
       {"closers", {}, assign_requires::none, 0}};
  routing_rule zillow;
  zillow.id = "zillow-buyers";
  zillow.when.sources = {"zillow"};
  zillow.when.lead_types = {"buyer"};
  zillow.when.cities = {"x", "y"};
  zillow.when.min_price = 250000;
  zillow.when.max_price = 900000;
  zillow.when.timeframes = {"now"};
  zillow.when.languages = {"es"};
  zillow.active = weekly_window{
    {true, true, false, false, false, false, true, true}, {480, 1230}};
  zillow.assign = pool_ref{"buyers"};
  routing_rule luxury;
  luxury.id = "luxury";
  luxury.when.min_price = 2000000;
  luxury.active = weekly_window{
    {true, true, true, true, true, true, true, true}, {1320, 360}};
  luxury.assign = agent_ref{"olivia"};
  routing_rule rest;
  rest.id = "rest";
  rest.assign = pool_ref{"buyers"};
  want.rules = {zillow, luxury, rest};
  fallback_entry plain, with_hours, at_the_desk;
  plain.phone = "+15125550199";
  with_hours.phone = "+15125550198;ext=2";
  with_hours.lines = 3;
  with_hours.hours = schedule{
    {{{true, true, true, true, true, true, true, true}, {480, 1320}}}, {}};
  with_hours.time_zone = "America/Chicago";
  at_the_desk.endpoint = "sip:desk@acme.example";
  want.transfer = {.pattern = ring_pattern::assigned_agent,
                   .ring_timeout_s = 20,
                   .total_timeout_s = 100,
                   .max_age_s = 30,
                   .answer_grace_s = 3,
                   .wait_s = 60,
                   .group_size = 4,
                   .fallback_numbers = {plain, with_hours, at_the_desk},
                   .confirm_agents = true,
                   .confirm_fallback = true,
                   .confirm_s = 20};
  want.calls = {.wrap_up_s = 1,
                .max_call_s = 2,
                .min_talk_s = 5,
                .auto_unavailable_after = 3,
                .cover_after_s = 7};
  want.outcomes
    = {{outcome_tag{"qualified_buyer"},
        "qualified_buyer",
        {assign_action{pool_ref{"closers"}}, stage_action{"hot"},
         create_task_action{default_task::follow_up, 3600, "Call the buyer"},
         notify_action{{role::owner, role::account_owner, role::answered_by,
                        agent_ref{"ben"}}}}},
       {outcome::missed_transfer,
        "Missed-Transfer",
        {create_task_action{default_task::call_back, {}, {}},
         cancel_cadence_action{}, assign_action{agent_ref{"ana"}},
         assign_action{answerer{}}}},
       {outcome::contact_later, "contact_later", {pause_cadence_action{}}},
       {outcome::unqualified, "unqualified", {}}};
  EXPECT_EQ(d, want);
}

TEST(TeamDocument, FallbackNumbersAreReadInTheTeamsRegion) {
  auto d = team_of(team_with(
    R"("transfer":{"fallback_numbers":["020 7946 0018"]},"region":"GB")"));
  ASSERT_EQ(d.transfer.fallback_numbers.size(), 1U);
  EXPECT_EQ(d.transfer.fallback_numbers[0].phone, "+442079460018");
}

TEST(TeamDocument, WithoutItsOwnIdIsAMissingField) {
  EXPECT_EQ(team_fault(R"({"account_owner":"o"})"),
            "missing_field: /data/team_id is missing");
  EXPECT_EQ(team_fault(R"({"team_id":null,"pools":7})"),
            "missing_field: /data/team_id is missing");
}

struct bad_document {
  std::string more; // of a document that is good without
  std::vector<std::string> pointers;
};

const std::vector<bad_document> bad_teams{
  {R"("account_owner":null)", {"/data/account_owner"}},
  {R"("account_owner":7.5)", {"/data/account_owner"}},
  {R"("account_owner":"")", {"/data/account_owner"}},
  {R"("default_owner":"a\nb")", {"/data/default_owner"}},
  {R"("team_id":"bolt")", {"/data/team_id"}},
  {R"("team_id":7)", {"/data/team_id"}},
  {R"("version":"3")", {"/data/version"}},
  {R"("version":3.5)", {"/data/version"}},
  {R"("name":3)", {"/data/name"}},
  {R"("time_zone":"Mars/Olympus")", {"/data/time_zone"}},
  {R"("time_zone":5)", {"/data/time_zone"}},
  {R"("time_zone":"")", {"/data/time_zone"}},
  {R"("region":"XX")", {"/data/region"}},
  {R"("region":"us")", {"/data/region"}},
  {R"("stages":"working")", {"/data/stages"}},
  {R"("stages":{"assigned":1})", {"/data/stages/assigned"}},
  // Pools.
  {R"("pools":{})", {"/data/pools"}},
  {R"("pools":["p"])", {"/data/pools/0"}},
  {R"("pools":[{}])", {"/data/pools/0/id"}},
  {R"("pools":[{"id":"p"},{"id":"p"}])", {"/data/pools/1/id"}},
  {R"("pools":[{"id":"p","members":{}}])", {"/data/pools/0/members"}},
  {R"("pools":[{"id":"p","members":["a"]}])", {"/data/pools/0/members/0"}},
  {R"("pools":[{"id":"p","members":[{"weight":1}]}])",
   {"/data/pools/0/members/0/agent_id"}},
  {R"("pools":[{"id":"p","members":[{"agent_id":"a"},{"agent_id":"a"}]}])",
   {"/data/pools/0/members/1/agent_id"}},
  {R"("pools":[{"id":"p","members":[{"agent_id":"a","weight":0},)"
   R"({"agent_id":"b","weight":101},{"agent_id":"c","weight":1.5}]}])",
   {"/data/pools/0/members/0/weight", "/data/pools/0/members/1/weight",
    "/data/pools/0/members/2/weight"}},
  {R"("pools":[{"id":"p","assign_requires":"luck"}])",
   {"/data/pools/0/assign_requires"}},
  {R"("pools":[{"id":"p","catch_up_turns":-1}])",
   {"/data/pools/0/catch_up_turns"}},
  // Rules.
  {R"("routing_rules":[{"assign":{"agent":"a"}}])",
   {"/data/routing_rules/0/id"}},
  {R"("routing_rules":[{"id":"r"}])", {"/data/routing_rules/0/assign"}},
  {R"("routing_rules":[{"id":"r","assign":"a"}])",
   {"/data/routing_rules/0/assign"}},
  {R"("routing_rules":[{"id":"r","assign":{}}])",
   {"/data/routing_rules/0/assign"}},
  {R"("pools":[{"id":"p"}],"routing_rules":[{"id":"r",)"
   R"("assign":{"pool":"p","agent":"a"}}])",
   {"/data/routing_rules/0/assign"}},
  {R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])",
   {"/data/routing_rules/0/assign/pool"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":""}}])",
   {"/data/routing_rules/0/assign/agent"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"}},)"
   R"({"id":"r","assign":{"agent":"a"}}])",
   {"/data/routing_rules/1/id"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},"when":[]}])",
   {"/data/routing_rules/0/when"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
   R"("when":{"sources":"x","zips":["1",2],"min_price":1.5}}])",
   {"/data/routing_rules/0/when/sources", "/data/routing_rules/0/when/zips/1",
    "/data/routing_rules/0/when/min_price"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
   R"("active":{"days":["mon","Tue"],"from":"24:00"}}])",
   {"/data/routing_rules/0/active/days/1", "/data/routing_rules/0/active/from",
    "/data/routing_rules/0/active/to"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
   R"("active":{"days":[],"from":"00:00","to":"23:60"}}])",
   {"/data/routing_rules/0/active/days", "/data/routing_rules/0/active/to"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
   R"("active":{"from":"8:00","to":"08:0x"}}])",
   {"/data/routing_rules/0/active/from", "/data/routing_rules/0/active/to"}},
  {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
   R"("active":{"from":8,"to":"08:00:00"}}])",
   {"/data/routing_rules/0/active/from", "/data/routing_rules/0/active/to"}},
  // Transfers and calls.
  {R"("transfer":{"pattern":"all","ring_timeout_s":0,"total_timeout_s":0,)"
   R"("max_age_s":-1,"confirm":{"agents":1,"fallback":"no"}})",
   {"/data/transfer/pattern", "/data/transfer/ring_timeout_s",
    "/data/transfer/total_timeout_s", "/data/transfer/max_age_s",
    "/data/transfer/confirm/agents", "/data/transfer/confirm/fallback"}},
  {R"("transfer":{"ring_timeout_s":9223372036854775808,"confirm":true})",
   {"/data/transfer/ring_timeout_s", "/data/transfer/confirm"}},
  {R"("transfer":{"ring_timeout_s":3601,"total_timeout_s":86401,)"
   R"("max_age_s":31536001,"answer_grace_s":31,"wait_s":3601,"group_size":0,)"
   R"("confirm_s":61})",
   {"/data/transfer/ring_timeout_s", "/data/transfer/total_timeout_s",
    "/data/transfer/max_age_s", "/data/transfer/answer_grace_s",
    "/data/transfer/wait_s", "/data/transfer/group_size",
    "/data/transfer/confirm_s"}},
  {R"("transfer":{"fallback_numbers":[{},{"phone":"1"},{"endpoint":""},)"
   R"({"phone":"+15125550199","endpoint":"x"},{"endpoint":7},)"
   R"({"endpoint":"x","lines":0},{"endpoint":"x","time_zone":"Mars"},)"
   R"({"endpoint":"x","schedule":{"weekly":[{"from":"08:00"}]}}]})",
   {"/data/transfer/fallback_numbers/0",
    "/data/transfer/fallback_numbers/1/phone",
    "/data/transfer/fallback_numbers/2/endpoint",
    "/data/transfer/fallback_numbers/3",
    "/data/transfer/fallback_numbers/4/endpoint",
    "/data/transfer/fallback_numbers/5/lines",
    "/data/transfer/fallback_numbers/6/time_zone",
    "/data/transfer/fallback_numbers/7/schedule/weekly/0/to"}},
  {R"("transfer":{"fallback_numbers":["+15125550199","12",7]})",
   {"/data/transfer/fallback_numbers/1", "/data/transfer/fallback_numbers/2"}},
  {R"("transfer":{"fallback_numbers":"+15125550199"})",
   {"/data/transfer/fallback_numbers"}},
  {R"("calls":{"wrap_up_s":-1,"max_call_s":31536001,"min_talk_s":"no",)"
   R"("auto_unavailable_after":-1,"cover_after_s":1.5})",
   {"/data/calls/wrap_up_s", "/data/calls/max_call_s", "/data/calls/min_talk_s",
    "/data/calls/auto_unavailable_after", "/data/calls/cover_after_s"}},
  // Who is away, and who matches nobody.
  {R"("holidays":["2026-12-25","2026-02-30",7])",
   {"/data/holidays/1", "/data/holidays/2"}},
  {R"("holidays":"2026-12-25")", {"/data/holidays"}},
  {R"("reassign_inactive":"no")", {"/data/reassign_inactive"}},
  {R"("never_match":["+15125550100","12","*@","a b",7,"x@y@z"])",
   {"/data/never_match/1", "/data/never_match/2", "/data/never_match/3",
    "/data/never_match/4", "/data/never_match/5"}},
  // Outcomes.
  {R"("outcomes":[])", {"/data/outcomes"}},
  {R"("outcomes":{"x":{}})", {"/data/outcomes/x"}},
  {R"("outcomes":{"":[]})", {"/data/outcomes"}},
  {R"("outcomes":{"a/b~c":[7]})", {"/data/outcomes/a~1b~0c/0"}},
  {R"("outcomes":{"x":[{}]})", {"/data/outcomes/x/0/do"}},
  {R"("outcomes":{"x":[{"do":"dance"}]})", {"/data/outcomes/x/0/do"}},
  {R"("outcomes":{"x":[{"do":"assign"}]})", {"/data/outcomes/x/0"}},
  {R"("outcomes":{"x":[{"do":"assign","agent":"a","to":"answered_by"},)"
   R"({"do":"assign","to":"owner"}]})",
   {"/data/outcomes/x/0", "/data/outcomes/x/1/to"}},
  {R"("outcomes":{"hot_lead":[],"Hot Lead":[],"HOT-lead":[]})",
   {"/data/outcomes/Hot Lead", "/data/outcomes/HOT-lead"}},
  {R"("outcomes":{" ":[],"\u200b":[]})",
   {"/data/outcomes/ ", "/data/outcomes/\u200b"}},
  {R"("outcomes":{"x":[{"do":"assign","pool":"p"}]})",
   {"/data/outcomes/x/0/pool"}},
  {R"("outcomes":{"x":[{"do":""},{"do":"stage"}]})",
   {"/data/outcomes/x/0/do", "/data/outcomes/x/1/to"}},
  {R"("outcomes":{"x":[{"do":"create_task","due_in_s":-1,"title":1}]})",
   {"/data/outcomes/x/0/kind", "/data/outcomes/x/0/due_in_s",
    "/data/outcomes/x/0/title"}},
  {R"("outcomes":{"x":[{"do":"notify"},{"do":"notify","to":"owner"},)"
   R"({"do":"notify","to":["boss",{"agent":""},{},3]}]})",
   {"/data/outcomes/x/0/to", "/data/outcomes/x/1/to", "/data/outcomes/x/2/to/0",
    "/data/outcomes/x/2/to/1/agent", "/data/outcomes/x/2/to/2/agent",
    "/data/outcomes/x/2/to/3"}},
};

TEST(TeamDocument, NamesEveryFaultByItsPointer) {
  for (const auto& [more, pointers] : bad_teams) {
    auto got = team_fault(team_with(more));
    EXPECT_EQ(got.substr(0, got.find(':')), "invalid_document") << more;
    std::size_t at = 0, named = 0;
    for (; (at = got.find("/data", at)) != std::string::npos; ++at)
      ++named;
    EXPECT_EQ(named, pointers.size()) << more << '\n' << got;
    for (const auto& p : pointers)
      EXPECT_NE(got.find(" " + p + " "), std::string::npos)
        << p << " is not in " << got;
  }
}

TEST(TeamDocument, NamesTheFaultsOfAllItsPartsAtOnce) {
  auto got = team_fault(R"({"team_id":"acme","time_zone":"x",)"
                        R"("pools":[{"id":"p","members":[{"agent_id":"a"},)"
                        R"({"agent_id":"a","weight":0}]}],"calls":7})");
  for (auto p : {"/data/account_owner is missing", "/data/time_zone",
                 "/data/pools/0/members/1/weight",
                 "/data/pools/0/members/1/agent_id", "/data/calls"})
    EXPECT_NE(got.find(p), std::string::npos) << p << " is not in " << got;
}

TEST(TeamDocument, IsAtFaultForWhatTheContractNamesOnly) {
  for (const auto* more :
       {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
        R"("when":{"min_price":2,"max_price":1}}])",
        R"("pools":[{"id":"p","catch_up_turns":9223372036854775807}])",
        R"("transfer":{"ring_timeout_s":3.6e3,"total_timeout_s":86400,)"
        R"("max_age_s":31536000,"answer_grace_s":0,"wait_s":3600,)"
        R"("group_size":9223372036854775807,"confirm_s":0})",
        R"("calls":{"wrap_up_s":31536000,"max_call_s":0,)"
        R"("auto_unavailable_after":9223372036854775807})",
        R"("version":3.0,"account_owner":7,"team_id":" acme ")",
        R"("pools":[{"id":7}],"routing_rules":[{"id":" r ",)"
        R"("assign":{"pool":"7 "}}])",
        R"("outcomes":{"x":[{"do":"stage","to":""},)"
        R"({"do":"create_task","kind":"","due_in_s":31536000}]})"})
    EXPECT_EQ(team_fault(team_with(more)), "") << more;
}

TEST(TeamDocument, HasAtMost500Rules) {
  auto with_rules = [](int n) {
    std::string rules;
    for (int i = 0; i < n; ++i)
      rules += (i == 0 ? R"({"id":"r)" : R"(,{"id":"r)") + std::to_string(i)
               + R"(","assign":{"agent":"a"}})";
    return team_with(R"("routing_rules":[)" + rules + "]");
  };
  EXPECT_EQ(team_fault(with_rules(500)), "");
  EXPECT_EQ(team_fault(with_rules(501)),
            "invalid_document: /data/routing_rules are more than 500");
}

TEST(TeamDocument, R5NoWeightsAreTooOdd) {
  EXPECT_EQ(
    team_fault(team_with(
      R"("pools":[{"id":"p","members":[{"agent_id":"a","weight":97},)"
      R"({"agent_id":"b","weight":91},{"agent_id":"c","weight":83},)"
      R"({"agent_id":"d","weight":72},{"agent_id":"e","weight":65},)"
      R"({"agent_id":"f","weight":55},{"agent_id":"g","weight":45}]}])")),
    "");
}

TEST(TeamDocument, ListsHaveBounds) {
  auto list_of = [](const std::string& name, int n, const std::string& each) {
    std::string all;
    for (int i = 0; i < n; ++i)
      all += (i == 0 ? "" : ",") + each;
    return team_with('"' + name + "\":[" + all + "]");
  };
  EXPECT_EQ(team_fault(list_of("holidays", 400, "\"2026-12-25\"")), "");
  EXPECT_EQ(team_fault(list_of("holidays", 401, "\"2026-12-25\"")),
            "invalid_document: /data/holidays are more than 400");
  EXPECT_EQ(team_fault(list_of("never_match", 1000, "\"a@b\"")), "");
  EXPECT_EQ(team_fault(list_of("never_match", 1001, "\"a@b\"")),
            "invalid_document: /data/never_match are more than 1000");
}

struct stranger {
  std::string more; // of a team document
  std::string pointer, nearest;
};

TEST(TeamDocument, R46UnknownNamesInsideItsPartsAreFaults) {
  const std::vector<stranger> table{
    {R"("pools":[{"id":"p","memebers":[]}])", "/data/pools/0/memebers",
     "members"},
    {R"("pools":[{"id":"p","members":[{"agent_id":"a","wait":2}]}])",
     "/data/pools/0/members/0/wait", "weight"},
    {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},"activ":{}}])",
     "/data/routing_rules/0/activ", "active"},
    {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
     R"("when":{"zip":["02903"]}}])",
     "/data/routing_rules/0/when/zip", "zips"},
    {R"("routing_rules":[{"id":"r","assign":{"agent":"a"},)"
     R"("active":{"day":["mon"],"from":"08:00","to":"09:00"}}])",
     "/data/routing_rules/0/active/day", "days"},
    {R"("routing_rules":[{"id":"r","assign":{"agent":"a","pol":"p"}}])",
     "/data/routing_rules/0/assign/pol", "pool"},
    {R"("outcomes":{"x":[{"do":"stage","to":"hot","too":1}]})",
     "/data/outcomes/x/0/too", "to"},
    {R"("outcomes":{"x":[{"do":"cancel_cadence","due_in_s":1}]})",
     "/data/outcomes/x/0/due_in_s", "do"},
    {R"("outcomes":{"x":[{"do":"notify","to":[{"agent":"a","id":1}]}]})",
     "/data/outcomes/x/0/to/0/id", "agent"},
    {R"("transfer":{"fallback_numbers":[{"endpoint":"x","line":1}]})",
     "/data/transfer/fallback_numbers/0/line", "lines"},
    {R"("transfer":{"fallback_numbers":[{"endpoint":"x",)"
     R"("schedule":{"weakly":[]}}]})",
     "/data/transfer/fallback_numbers/0/schedule/weakly", "weekly"},
    {R"("transfer":{"fallback_numbers":[{"endpoint":"x",)"
     R"("schedule":{"overrides":[{"date":"2026-12-25","close":true,)"
     R"("closed":true}]}}]})",
     "/data/transfer/fallback_numbers/0/schedule/overrides/0/close", "closed"},
  };
  for (const auto& [more, pointer, nearest] : table)
    EXPECT_EQ(team_fault(team_with(more)),
              "invalid_document: " + pointer
                + " is not a name that is known here; the nearest is "
                + nearest)
      << more;
}

TEST(TeamDocument, R46NamesOfOnesOwnBeginWithX) {
  EXPECT_EQ(team_fault(team_with(
              R"("pools":[{"id":"p","x_note":1,"members":[{"agent_id":"a",)"
              R"("x_":2}]}],"routing_rules":[{"id":"r","x_a":{"b":1},)"
              R"("when":{"x_b":[]},"assign":{"agent":"a","x_c":1}}],)"
              R"("outcomes":{"x":[{"do":"cancel_cadence","x_d":1}]})")),
            "");
  EXPECT_NE(team_fault(team_with(R"("pools":[{"id":"p","X_note":1}])")), "");
}

TEST(TeamDocument, R46UnknownNamesElsewhereAreIgnored) {
  EXPECT_EQ(team_fault(team_with(R"("colour":"red","transfer":{"y":[]},)"
                                 R"("calls":{"z":1},"stages":{"lost":7})")),
            "");
}

TEST(TeamDocument, TheLastOfTwoEqualOutcomesCounts) {
  auto d = team_of(
    team_with(R"("outcomes":{"x":[{"do":"dance"}],"y":[],"x":[],"z":null})"));
  EXPECT_EQ(d.outcomes,
            (std::vector<outcome_actions>{{outcome_tag{"y"}, "y", {}},
                                          {outcome_tag{"x"}, "x", {}}}));
}

TEST(TeamDocument, AMessageStaysSmallHoweverManyFaultsThereAre) {
  std::string name(128, '~'), actions = "1";
  while (actions.size() < 200'000)
    actions += ",1";
  auto got = team_fault(
    team_with(R"("outcomes":{")" + name + R"(":[)" + actions + "]}"));
  EXPECT_LT(got.size(), 128 * 1024U);
  EXPECT_NE(got.find("/data has "), std::string::npos);
  EXPECT_NE(got.find(" more faults"), std::string::npos);
}

// -- the agent ----------------------------------------------------------------

TEST(AgentDocument, HasDefaults) {
  agent_document d;
  d.agent_id = d.name = "a";
  EXPECT_EQ(agent_of(R"({"agent_id":"a"})").document, d);
  EXPECT_EQ(agent_of(R"({"agent_id":"a","version":null,"name":null,)"
                     R"("phone":null,"email":null,"active":null,)"
                     R"("accepting_leads":null,"available_for_calls":null,)"
                     R"("daily_cap":null,"time_zone":null,"schedule":null,)"
                     R"("endpoint":null,"absences":null})")
              .document,
            d);
}

TEST(AgentDocument, ReadsTheOneOfTheContract) {
  auto e = agent_of(R"json(
{"agent_id":"ana","version":1,"name":"Ana Diaz","phone":"512 555 0101","email":"ana@acme.example",
 "active":false,"accepting_leads":false,"available_for_calls":false,"daily_cap":4,
 "time_zone":"America/Chicago",
 "schedule":{"weekly":[{"days":["mon","fri"],"from":"09:00","to":"18:00"},{"from":"00:00","to":"00:00"}],
             "overrides":[{"date":"1970-01-02","closed":true},
                          {"date":"2000-02-29","from":"10:00","to":"12:00","closed":false}]},
 "endpoint":"sip:ana@acme.example","absences":[{"from":"1970-01-02","to":"1970-01-02"},
                                               {"from":"1970-02-01","to":"1970-02-03","why":"rest"}]})json");
  agent_document want;
  want.agent_id = "ana";
  want.version = 1;
  want.name = "Ana Diaz";
  want.phone = "512 555 0101"; // as it came: the team's region reads it
  want.email = "ana@acme.example";
  want.active = want.accepting_leads = want.available_for_calls = false;
  want.daily_cap = 4;
  want.time_zone = "America/Chicago";
  want.hours = schedule{
    {{{true, false, false, false, true, false, false, false}, {540, 1080}},
     {{true, true, true, true, true, true, true, true}, {0, 0}}},
    {{1, std::nullopt}, {11016, window{600, 720}}}};
  want.endpoint = "sip:ana@acme.example";
  want.absences = {{1, 1}, {31, 33}};
  EXPECT_EQ(e.document, want);
  EXPECT_TRUE(e.faults.empty());
}

TEST(AgentDocument, CarriesItsFaults) {
  const std::vector<std::pair<std::string, std::string>> table{
    {R"("version":"1")", "/data/version "},
    {R"("name":1)", "/data/name "},
    {R"("phone":15125550101)", "/data/phone "},
    {R"("email":{})", "/data/email "},
    {R"("active":1,"accepting_leads":"no","available_for_calls":[])",
     "/data/active /data/accepting_leads /data/available_for_calls "},
    {R"("daily_cap":-1)", "/data/daily_cap "},
    {R"("daily_cap":2.5)", "/data/daily_cap "},
    {R"("time_zone":"Chicago")", "/data/time_zone "},
    {R"("schedule":[])", "/data/schedule "},
    {R"("schedule":{"weekly":{},"overrides":7})",
     "/data/schedule/weekly /data/schedule/overrides "},
    {R"("schedule":{"weekly":[{"days":["mon"]}]})",
     "/data/schedule/weekly/0/from /data/schedule/weekly/0/to "},
    {R"("schedule":{"weekly":[{"days":"mon","from":"09:00","to":"18:00"}]})",
     "/data/schedule/weekly/0/days "},
    {R"("schedule":{"overrides":[{"closed":true}]})",
     "/data/schedule/overrides/0/date "},
    {R"("schedule":{"overrides":[{"date":"2026-02-29","closed":true}]})",
     "/data/schedule/overrides/0/date "},
    {R"("schedule":{"overrides":[{"date":"26-12-24","closed":true}]})",
     "/data/schedule/overrides/0/date "},
    {R"("schedule":{"overrides":[{"date":"2026-12-24","closed":false}]})",
     "/data/schedule/overrides/0/from /data/schedule/overrides/0/to "},
    {R"("schedule":{"overrides":[{"date":"2026-12-24"}]})",
     "/data/schedule/overrides/0/from /data/schedule/overrides/0/to "},
    {R"("schedule":{"weekly":[{"day":["mon"],"from":"09:00","to":"18:00"}]})",
     "/data/schedule/weekly/0/day "},
    {R"("endpoint":"")", "/data/endpoint "},
    {R"("endpoint":7)", "/data/endpoint "},
    {R"("absences":[{"from":"2026-08-14","to":"2026-08-03"},{"from":"soon"},7])",
     "/data/absences/1/to /data/absences/2 /data/absences/0/from "
     "/data/absences/1/from "},
    {R"("absences":{})", "/data/absences "},
    // Closed is closed, whatever hours stand beside it.
    {R"("schedule":{"overrides":[{"date":"2026-12-24","closed":true,)"
     R"("from":"10:00","to":"11:00"}]})",
     ""},
  };
  for (const auto& [more, pointers] : table)
    EXPECT_EQ(agent_faults(more), pointers) << more;
}

TEST(AgentDocument, ListsAndTextsHaveBounds) {
  auto absences = [](int n) {
    std::string all;
    for (int i = 0; i < n; ++i)
      all += std::string{i == 0 ? "" : ","}
             + R"({"from":"2026-08-03","to":"2026-08-03"})";
    return R"("absences":[)" + all + "]";
  };
  EXPECT_EQ(agent_faults(absences(100)), "");
  EXPECT_EQ(agent_faults(absences(101)), "/data/absences ");
  auto endpoint = [](std::size_t characters) {
    std::string text;
    for (std::size_t i = 0; i < characters; ++i)
      text += "é";
    return R"("endpoint":")" + text + '"';
  };
  EXPECT_EQ(agent_faults(endpoint(256)), "");
  EXPECT_EQ(agent_faults(endpoint(257)), "/data/endpoint ");
}

TEST(AgentDocument, R53ItsIdMayBeANumber) {
  EXPECT_EQ(agent_of(R"({"agent_id":7})").document.agent_id, "7");
  EXPECT_EQ(agent_of(R"({"agent_id":" ana "})").document.agent_id, "ana");
}

TEST(AgentDocument, WithoutAUsableIdIsADeadLetter) {
  auto dead = [](const std::string& data) {
    auto got = decode("agent.configured", data);
    const auto* bad = std::get_if<dead_letter>(&got);
    return bad == nullptr ? "was read"
                          : std::string{to_string(bad->reason)} + ": "
                              + sentence(bad->faults);
  };
  EXPECT_EQ(dead(R"({"name":7})"), "missing_field: /data/agent_id is missing");
  for (auto id : {"7.5", "\"\"", "\"a\\u0000\"", "[]"}) {
    auto got = dead(R"({"name":7,"agent_id":)" + std::string{id} + "}");
    EXPECT_EQ(got.rfind("invalid_document: ", 0), 0U) << got;
    EXPECT_NE(got.find("/data/agent_id "), std::string::npos) << got;
    EXPECT_NE(got.find("/data/name "), std::string::npos) << got;
  }
}

} // namespace
} // namespace fairlead::test
