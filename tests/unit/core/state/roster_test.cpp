// R8, R9, R10, R15, R17, R35, R45: documents, toggles, agents who go, misses in
// a row.

#include "actors/core/limits.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr const char* active = R"("active":true)";
constexpr const char* inactive = R"("active":false)";
constexpr const char* off = R"("available_for_calls":false)";
constexpr const char* on = R"("available_for_calls":true)";

// -- documents ----------------------------------------------------------------

struct version_case {
  const char* name;
  const char* known;
  const char* news;
  bool applied;
};

void PrintTo(const version_case& c, std::ostream* os) {
  *os << c.name;
}

struct R45Version : testing::TestWithParam<version_case> {};

TEST_P(R45Version, OfAnAgent) {
  office o;
  auto named = [](const char* name, const char* version) {
    return R"("name":")" + std::string{name} + "\"" + version;
  };
  o.agent("eva", named("old", GetParam().known));
  EXPECT_THAT(o.agent("eva", named("new", GetParam().news)).dead, IsEmpty());
  EXPECT_EQ(o.team().agent("eva")->document.name,
            GetParam().applied ? "new" : "old");
}

TEST_P(R45Version, OfATeam) {
  office o;
  auto named = [](const char* name, const char* version) {
    return R"("name":")" + std::string{name} + "\"" + version;
  };
  o.configure(named("old", GetParam().known));
  EXPECT_THAT(o.configure(named("new", GetParam().news)).dead, IsEmpty());
  EXPECT_EQ(o.team().document()->name, GetParam().applied ? "new" : "old");
}

/// What came without a version since does not make the highest forgotten.
TEST(R45Versions, AreComparedWithTheHighestKnown) {
  office o;
  auto apply = [&o](const std::string& name, const std::string& version) {
    auto fields = R"("name":")" + name + "\"" + version;
    o.configure(fields);
    o.agent("eva", fields);
    auto of_team = o.team().document()->name;
    EXPECT_EQ(o.team().agent("eva")->document.name, of_team);
    return of_team;
  };
  EXPECT_EQ(apply("seven", R"(,"version":7)"), "seven");
  EXPECT_EQ(apply("none", ""), "none");
  EXPECT_EQ(apply("three", R"(,"version":3)"), "none");
  EXPECT_EQ(apply("seven again", R"(,"version":7)"), "none");
  EXPECT_EQ(apply("eight", R"(,"version":8)"), "eight");
}

INSTANTIATE_TEST_SUITE_P(
  Table, R45Version,
  testing::ValuesIn(std::vector<version_case>{
    {"Higher", R"(,"version":2)", R"(,"version":3)", true},
    {"Equal", R"(,"version":2)", R"(,"version":2)", false},
    {"Lower", R"(,"version":2)", R"(,"version":1)", false},
    {"NoneAfterOne", R"(,"version":2)", "", true},
    {"OneAfterNone", "", R"(,"version":1)", true},
    {"None", "", "", true},
  }),
  by_name{});

TEST(R17Removed, ComesBackByAnyDocumentWithItsToggles) {
  office o;
  o.agent("eva", R"("version":5,"accepting_leads":false)");
  o.remove("eva");
  o.agent("eva", R"("version":1,"available_for_calls":false)");
  EXPECT_TRUE(o.team().is_active("eva"));
  EXPECT_TRUE(o.team().agent("eva")->accepting_leads);
  EXPECT_FALSE(o.team().agent("eva")->available_for_calls);
}

TEST(R17Removed, HasNoToggles) {
  office o;
  o.remove("ana");
  EXPECT_THAT(o.toggle("ana", off).dead, IsEmpty());
  o.agent("ana");
  EXPECT_TRUE(o.team().agent("ana")->available_for_calls);
}

TEST(R7Toggles, ALaterDocumentCountsWhereItSaysSomethingElse) {
  office o;
  o.toggle("ana", R"("accepting_leads":false)");
  // As in the document before: the toggle that came since stays.
  o.agent("ana", R"("accepting_leads":true)");
  EXPECT_FALSE(o.team().agent("ana")->accepting_leads);
  o.agent("ana", R"("accepting_leads":true,"available_for_calls":false)");
  EXPECT_FALSE(o.team().agent("ana")->accepting_leads);
  EXPECT_FALSE(o.team().agent("ana")->available_for_calls);
  o.toggle("ana", R"("available_for_calls":true)");
  o.agent("ana", R"("available_for_calls":false)");
  EXPECT_TRUE(o.team().agent("ana")->available_for_calls);
}

TEST(R7Toggles, OneOfALaterDocumentEndsALeg) {
  office o;
  o.lead("l"); // Ana's
  o.transfer();
  EXPECT_THAT(told(o.agent("ana", R"("available_for_calls":false)")),
              Contains("cancel ana: target_unavailable"));
}

TEST(R45Versions, OneThatComesBackStartsAnew) {
  office o;
  o.agent("ana", R"("version":7,"name":"a")");
  o.remove("ana");
  o.agent("ana", R"("version":2,"name":"b")");
  EXPECT_EQ(o.team().agent("ana")->document.name, "b");
  o.agent("ana", R"("version":3,"name":"c")");
  EXPECT_EQ(o.team().agent("ana")->document.name, "c");
}

// -- R50, R22: away, and busy -------------------------------------------------

TEST(R50Away, UntilThenOfTheLastEventThatHadIt) {
  office o;
  auto until = [&] { return o.team().agent("ana")->away_until; };
  o.toggle("ana", R"("away_until":"2026-03-03T08:00:00Z")");
  EXPECT_EQ(to_rfc3339(until()), "2026-03-03T08:00:00Z");
  o.toggle("ana", R"("accepting_leads":true)");
  o.agent("ana", R"("name":"Ana Diaz")"); // a later document leaves it
  EXPECT_EQ(to_rfc3339(until()), "2026-03-03T08:00:00Z");
  o.toggle("ana", R"("away_until":"2026-03-02T15:00:00Z")"); // now: it ends
  EXPECT_EQ(until(), instant{});
}

TEST(R50Away, WhileRingingItEndsTheLeg) {
  office o;
  o.lead("l"); // Ana's
  o.transfer();
  EXPECT_THAT(told(o.toggle("ana", R"("away_until":"2026-03-03T08:00:00Z")")),
              ElementsAre("cancel ana: target_unavailable", "ring group: ben"));
}

TEST(R50Away, WhoComesBackAfterARemovalIsNeitherAwayNorBusy) {
  office o;
  o.toggle("ana", R"("busy":true,"away_until":"2026-03-03T08:00:00Z")");
  o.remove("ana");
  o.agent("ana");
  EXPECT_EQ(o.team().agent("ana")->away_until, instant{});
  EXPECT_EQ(o.team().agent("ana")->busy_until, instant{});
}

TEST(R22BusyByWord, UntilTheySayOtherwiseOrMaxCallS) {
  office o{std::string{one_pool} + R"(,"calls":{"max_call_s":600})"};
  o.lead("l"); // Ana's
  o.toggle("ana", R"("busy":true)");
  EXPECT_EQ(o.team().agent("ana")->busy_until, o.now + seconds{600});
  EXPECT_THAT(told(o.transfer("c1")), ElementsAre("ring group: ben"));
  o.toggle("ana", R"("busy":false)");
  EXPECT_THAT(told(o.transfer("c2")), ElementsAre("ring owner: ana"));
}

TEST(R22BusyByWord, HasNoEffectOnALegThatRings) {
  office o;
  o.lead("l"); // Ana's
  o.transfer();
  EXPECT_THAT(told(o.toggle("ana", R"("busy":true)")), IsEmpty());
}

TEST(R14Unknown, AnAgentThatIsNotKnownIsADeadLetter) {
  office o;
  EXPECT_THAT(o.toggle("eva", off).dead, ElementsAre("unknown_agent"));
  EXPECT_THAT(o.remove("eva").dead, ElementsAre("unknown_agent"));
  EXPECT_EQ(o.team().agent("eva"), nullptr);
}

TEST(R46Document, APhoneThatIsNoneIsAFault) {
  office o;
  EXPECT_THAT(o.agent("eva", R"("phone":"12")").dead,
              ElementsAre("invalid_document"));
  EXPECT_EQ(o.team().agent("eva"), nullptr);
}

struct pool_case {
  const char* name;
  std::chrono::milliseconds away;
  std::uint64_t turn;
  const char* owner;
};

void PrintTo(const pool_case& c, std::ostream* os) {
  *os << c.name;
}

struct R10Pool : testing::TestWithParam<pool_case> {};

/// Also where the team's documents between do not have it either.
TEST_P(R10Pool, ThatComesBack) {
  office o;
  o.lead("l");
  o.configure(R"("name":"no pools")");
  o.now += GetParam().away;
  o.configure(R"("name":"still none")");
  o.configure(one_pool);
  auto a = assigned(o.lead("m"));
  EXPECT_EQ(a.turn, GetParam().turn);
  EXPECT_EQ(a.agent.agent_id, GetParam().owner);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R10Pool,
  testing::ValuesIn(std::vector<pool_case>{
    {"AtOnceGoesOn", std::chrono::milliseconds{0}, 2, "ben"},
    {"WithinSevenDaysGoesOn", limits::gone_kept - std::chrono::milliseconds{1},
     2, "ben"},
    {"AfterSevenDaysIsNew", limits::gone_kept, 1, "ana"},
  }),
  by_name{});

/// R15: of a team's members and pools the last 2 000.
TEST(R15Pools, ThatWereTakenOutAreRememberedUpToALimit) {
  office o{R"("pools":[{"id":"old","members":[{"agent_id":"ana"}]}])"};
  auto crowd = [](char first, int n) {
    std::string members;
    for (int i = 0; i < n; ++i)
      members += (i == 0 ? "" : ",") + std::string{R"({"agent_id":")"} + first
                 + std::to_string(i) + "\"}";
    return R"("pools":[{"id":"p","members":[)" + members + "]}]";
  };
  auto empty = R"("pools":[{"id":"p","members":[]}])";
  o.configure(crowd('x', 1998)); // takes out `old` and its member
  o.now += seconds{1};
  o.configure(empty);
  EXPECT_EQ(o.team().rotation_of("old").gone.size(), 1U);
  EXPECT_EQ(o.team().rotation_of("p").gone.size(), 1998U);
  o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"y"}]}])");
  o.now += seconds{1};
  o.configure(empty); // one too many: the first that was taken out
  EXPECT_TRUE(o.team().rotation_of("old").gone.empty());
  EXPECT_EQ(o.team().rotation_of("p").gone.size(), 1999U);
}

TEST(R10Pools, AreSharedByAllRulesThatUseIt) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
           R"({"agent_id":"ben"}]}],"routing_rules":[)"
           R"({"id":"z","when":{"sources":["z"]},"assign":{"pool":"p"}},)"
           R"({"id":"r","assign":{"pool":"p"}}])"};
  o.lead("l", R"("source":"z")");
  o.lead("m");
  EXPECT_EQ(o.owner("l"), "ana");
  EXPECT_EQ(o.owner("m"), "ben");
}

TEST(R8LeftOut, ForOneLeadOnlyIsNotEligibleAtThatChoice) {
  office o;
  o.lead("l");                       // Ana's
  o.assign("l", R"("pool_id":"p")"); // Ben's: she is left out
  o.assign("l", R"("pool_id":"p")"); // Ana's: he is left out
  // Both are eligible now, nobody has a debt or a claim.
  o.lead("m");
  o.lead("n");
  EXPECT_NE(o.owner("m"), o.owner("n"));
  EXPECT_EQ(o.part().stats().unfair_choices, 0U);
}

// -- agents who go ------------------------------------------------------------

/// Ana has a lead with an open task and one without.
struct R17Goes : testing::Test {
  R17Goes() {
    o.lead("with", R"("assigned_agent":"ana")");
    o.lead("without", R"("assigned_agent":"ana")");
    o.tag("needs_follow_up", "c", R"("lead_id":"with")");
  }
  office o;
};

TEST_F(R17Goes, LeadsWithOpenTasksAtOnceAndTheAccountOwnerHearsOfTheRest) {
  auto r = o.agent("ana", inactive);
  EXPECT_THAT(told(r),
              ElementsAre("reassigned ben: owner_inactive",
                          "task from ana to ben", "tell ben: reassigned",
                          "tell olivia: leads_left"));
  EXPECT_EQ(r.all<notification_requested>().at(1).count, 1);
  EXPECT_EQ(r.outputs.back().subject, "ana");
  EXPECT_FALSE(r.outputs.back().about_lead);
  EXPECT_EQ(o.owner("with"), "ben");
  EXPECT_EQ(o.owner("without"), "ana");
}

TEST_F(R17Goes, ARemovedAgentTheSame) {
  o.remove("ana");
  EXPECT_EQ(o.owner("with"), "ben");
  EXPECT_EQ(o.owner("without"), "ana");
}

TEST_F(R17Goes, WithReassignAllOpenLeads) {
  o.lead("closed", R"("assigned_agent":"ana")");
  o.close("closed");
  o.remove("ana", R"("reassign":true)");
  EXPECT_EQ(o.owner("with"), "ben");
  EXPECT_EQ(o.owner("without"), "ben");
  EXPECT_EQ(o.owner("closed"), "ana");
}

TEST_F(R17Goes, ATeamMayWantAllOpenLeadsReassigned) {
  o.configure(std::string{one_pool} + R"(,"reassign_inactive":true)");
  EXPECT_THAT(told(o.agent("ana", inactive)),
              ElementsAre("reassigned ben: owner_inactive",
                          "task from ana to ben", "tell ben: reassigned",
                          "reassigned ben: owner_inactive",
                          "tell ben: reassigned"));
}

TEST_F(R17Goes, OnceMoreByARemovalOrToHaveAllReassigned) {
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.agent("ana", inactive)), IsEmpty());
  EXPECT_THAT(told(o.remove("ana")), ElementsAre("tell olivia: leads_left"));
  EXPECT_THAT(told(o.remove("ana")), IsEmpty());
  EXPECT_THAT(
    told(o.remove("ana", R"("reassign":true)")),
    ElementsAre("reassigned ben: owner_inactive", "tell ben: reassigned"));
}

TEST_F(R17Goes, NobodyIsToldOfTheirOwnLeadsIfTheyOwnTheAccount) {
  o.lead("l", R"("assigned_agent":"olivia")");
  EXPECT_THAT(told(o.agent("olivia", inactive)), IsEmpty());
}

TEST_F(R17Goes, TheirTasksOnOtherPeoplesLeadsGoToTheOwners) {
  // Ana is away: Ben calls back, and the lead stays hers.
  o.toggle("ana", R"("away_until":"2026-06-01T00:00:00Z")");
  o.transfer("missed", R"("lead_id":"without","pattern":"assigned_agent")");
  ASSERT_EQ(o.lead_now("without").tasks.at(0).assignee, "ben");
  EXPECT_THAT(told(o.agent("ben", inactive)),
              ElementsAre("task from ben to ana"));
  EXPECT_EQ(o.owner("without"), "ana");
}

TEST_F(R17Goes, WhoIsPausedOrOffKeepsTheirLeads) {
  EXPECT_THAT(told(o.toggle("ana", R"("accepting_leads":false)")), IsEmpty());
  EXPECT_THAT(told(o.toggle("ana", off)), IsEmpty());
}

struct touch_case {
  const char* name;
  desk_result (*touch)(office&);
};

void PrintTo(const touch_case& c, std::ostream* os) {
  *os << c.name;
}

struct R17Touched : testing::TestWithParam<touch_case> {};

TEST_P(R17Touched, TheOtherLeadsWhenNextTouched) {
  office o;
  o.lead("l", R"("assigned_agent":"ana")");
  EXPECT_THAT(told(o.agent("ana", inactive)),
              ElementsAre("tell olivia: leads_left"));
  EXPECT_THAT(told(GetParam().touch(o)),
              Contains("reassigned ben: owner_inactive"));
}

INSTANTIATE_TEST_SUITE_P(
  Table, R17Touched,
  testing::ValuesIn(std::vector<touch_case>{
    {"Inquiry", [](office& o) { return o.lead("l"); }},
    {"Outreach", [](office& o) { return o.outreach("o"); }},
    {"Transfer", [](office& o) { return o.transfer(); }},
    {"Outcome", [](office& o) { return o.tag("unqualified"); }},
  }),
  by_name{});

TEST(R17Touched, AClosingIsNoTouch) {
  office o;
  o.lead("l", R"("assigned_agent":"ana")");
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.close("l")), IsEmpty());
  EXPECT_EQ(o.owner(), "ana");
}

TEST(R17Touched, AnOutcomeAfterItsAssign) {
  office o{std::string{one_pool}
           + R"(,"outcomes":{"hot":[{"do":"assign","agent":"olivia"}]})"};
  o.lead("l", R"("assigned_agent":"ana")");
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("reassigned olivia: outcome",
                                              "tell olivia: reassigned"));
}

TEST(R17Nobody, TheLeadIsUnassignedAndItsNextOwnerComesByReassigned) {
  office o;
  o.lead("l", R"("assigned_agent":"ana")");
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  EXPECT_THAT(told(o.lead("l")), ElementsAre("unassigned: nobody_eligible"));
  EXPECT_EQ(o.owner(), "");
  EXPECT_EQ(o.lead_now().epoch, 2U);
  EXPECT_THAT(
    told(o.agent("ben", active)),
    ElementsAre("reassigned ben: owner_inactive", "tell ben: reassigned"));
  EXPECT_EQ(o.lead_now().epoch, 3U);
}

TEST(R17Mass, TwoHundredAStepInOrderOfLeadId) {
  office o;
  for (int i = 0; i < 450; ++i)
    o.publish(o.writer().make(topic::leads, "lead.received", "acme",
                              R"({"assigned_agent":"ana","lead_id":"l)"
                                + std::to_string(999 - i) + "\"}"),
              o.now);
  o.work();
  std::vector<std::size_t> leads_of_step;
  std::vector<std::string> order;
  o.on_step = [&](step& s) {
    std::size_t n = 0;
    for (const auto& x : s.outputs())
      if (std::holds_alternative<lead_assigned>(x.body)) {
        order.push_back(x.subject);
        ++n;
      }
    leads_of_step.push_back(n);
  };
  o.remove("ana", R"("reassign":true)");
  EXPECT_EQ(o.part().first_due(), o.now); // the rest is due at once
  o.wait(seconds{0});
  EXPECT_THAT(leads_of_step, ElementsAre(200U, 200U, 50U));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(o.part().first_due(), std::nullopt);
}

// -- misses in a row ----------------------------------------------------------

/// Ana is rung for her lead, alone, for five seconds; two misses are too many.
struct R35Misses : testing::Test {
  R35Misses() {
    o.configure(std::string{one_pool}
                + R"(,"calls":{"auto_unavailable_after":2},"transfer":)"
                  R"({"pattern":"assigned_agent","ring_timeout_s":5})");
    o.lead("l", R"("assigned_agent":"ana")");
  }
  std::string call() {
    auto id = "c" + std::to_string(++n_);
    o.transfer(id);
    return id;
  }
  desk_result report(const char* what) { return o.ring(what, "ana", call()); }
  desk_result time_out() {
    call();
    return o.wait(seconds{7}); // with R24's grace
  }
  std::int64_t misses() { return o.team().agent("ana")->misses; }
  office o;
  int n_ = 0;
};

TEST_F(R35Misses, TwoThatRangOutToggleTheAgentOff) {
  EXPECT_THAT(told(time_out()), Not(Contains("unavailable ana after 2")));
  auto r = told(time_out());
  EXPECT_THAT(r, Contains("unavailable ana after 2"));
  EXPECT_THAT(r, Contains("tell ana: auto_unavailable"));
  EXPECT_THAT(r, Contains("tell olivia: auto_unavailable"));
  EXPECT_FALSE(o.team().agent("ana")->available_for_calls);
}

TEST_F(R35Misses, ReportedNoAnswersAndMailboxesCountToo) {
  report("no_answer");
  EXPECT_THAT(told(report("machine")), Contains("unavailable ana after 2"));
}

TEST_F(R35Misses, NeitherCountNorReset) {
  report("no_answer");
  for (const char* what : {"declined", "busy", "failed"}) {
    report(what);
    EXPECT_EQ(misses(), 1) << what;
  }
  o.on_call("caller.hung_up", call());
  EXPECT_EQ(misses(), 1);
}

TEST_F(R35Misses, AnAnswerResets) {
  report("no_answer");
  report("answered");
  EXPECT_EQ(misses(), 1); // the win may still be taken back
  o.on_call("call.ended", "c2");
  EXPECT_EQ(misses(), 0);
}

TEST_F(R35Misses, ALateAnswerResets) {
  report("no_answer");
  o.ring("answered", "ana", "c1");
  EXPECT_EQ(misses(), 0);
}

TEST_F(R35Misses, AnyToggleOfTheCallsResets) {
  for (const char* toggle : {on, off}) {
    o.toggle("ana", on);
    report("no_answer");
    ASSERT_EQ(misses(), 1);
    o.toggle("ana", toggle);
    EXPECT_EQ(misses(), 0) << toggle;
  }
  o.toggle("ana", on);
  report("no_answer");
  o.toggle("ana", R"("accepting_leads":true)");
  EXPECT_EQ(misses(), 1);
}

TEST_F(R35Misses, ALostRaceNeitherCountsNorResets) {
  report("no_answer");
  o.transfer("c", R"("pattern":"simultaneous_group")");
  o.ring("answered", "ben");
  EXPECT_EQ(misses(), 1);
}

TEST_F(R35Misses, ZeroIsOff) {
  o.configure(one_pool);
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(told(report("no_answer")),
                Not(Contains("tell ana: auto_unavailable")));
  EXPECT_TRUE(o.team().agent("ana")->available_for_calls);
}

TEST_F(R35Misses, TheAccountOwnerIsToldOnceOfTheirOwn) {
  o.lead("l2", R"("assigned_agent":"olivia")");
  o.transfer("c1", R"("lead_id":"l2")");
  o.ring("no_answer", "olivia", "c1");
  o.transfer("c2", R"("lead_id":"l2")");
  auto r = o.ring("no_answer", "olivia", "c2");
  std::size_t n = 0;
  for (const auto& t : r.all<notification_requested>())
    n += t.kind == notification_kind::auto_unavailable ? 1U : 0U;
  EXPECT_EQ(n, 1U);
}

} // namespace
} // namespace fairlead::test
