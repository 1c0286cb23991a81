// R41: the task of a miss, whose it is and when it is due.

#include "tests/unit/core/outcome/anas_lead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;

// -- R41: due dates -----------------------------------------------------------

constexpr instant opening = at_ms(1'772'463'600'000); // Monday, 15:00 UTC

struct due_case {
  const char* name;
  const char* ana;  /// fields of her document
  const char* miss; /// the team's list for a miss, if any
  std::chrono::seconds due;
};

void PrintTo(const due_case& c, std::ostream* os) {
  *os << c.name;
}

struct R41Due : testing::TestWithParam<due_case> {};

TEST_P(R41Due, Is) {
  // Tuesday is a holiday.
  auto team = R"("holidays":["2026-03-03"],)"
              + (*GetParam().miss == '\0'
                   ? std::string{one_pool}
                   : with_outcomes(R"("missed_transfer":)"
                                   + std::string{GetParam().miss}));
  anas_lead o{team};
  // However late it is, nobody stands in for her.
  o.agent("ben", inactive);
  o.agent("olivia", inactive);
  o.agent("ana", GetParam().ana);
  auto missed = o.transfer("c", owner_only);
  if (o.call_now().phase == call_phase::ringing)
    missed = o.ring("busy", "ana");
  EXPECT_EQ(task_of(missed).due_at, opening + GetParam().due);
}

constexpr const char* an_hour
  = R"([{"do":"create_task","kind":"call_back","due_in_s":3600}])";
constexpr const char* at_once
  = R"([{"do":"create_task","kind":"call_back","due_in_s":0}])";
constexpr const char* at_18
  = R"("schedule":{"weekly":[{"from":"18:00","to":"20:00"}]})";
constexpr const char* until_15
  = R"("schedule":{"weekly":[{"from":"09:00","to":"15:00"}]})";

INSTANTIATE_TEST_SUITE_P(
  Table, R41Due,
  testing::ValuesIn(std::vector<due_case>{
    {"FiveMinutesByDefault", "", "", seconds{300}},
    {"ByTheTeamsList", "", an_hour, hours{1}},
    {"AtOnce", "", at_once, seconds{0}},
    {"OnDuty", R"("schedule":{"weekly":[{"from":"15:00","to":"16:00"}]})", "",
     seconds{300}},
    {"AfterTheStartOfTheNextWindow", at_18, "", hours{3} + seconds{300}},
    {"OfTheListsTimeAfterIt", at_18, an_hour, hours{4}},
    {"TheWindowHasJustEnded", until_15, "", hours{18} + seconds{300}},
    {"InTheAgentsZone",
     R"("time_zone":"America/Chicago",)"
     R"("schedule":{"weekly":[{"from":"18:00","to":"20:00"}]})",
     "", hours{9} + seconds{300}},
    {"OnTheThirteenthDay",
     R"("schedule":{"overrides":[)"
     R"({"date":"2026-03-15","from":"10:00","to":"11:00"}]})",
     "", hours{24 * 13 - 5} + seconds{300}},
    {"NotInAWindowThatStartsInAnAbsence",
     R"("schedule":{"weekly":[{"from":"18:00","to":"20:00"}]},)"
     R"("absences":[{"from":"2026-03-03","to":"2026-03-04"},)"
     R"({"from":"2026-03-02","to":"2026-03-02"}])",
     "", hours{3 * 24 + 3} + seconds{300}},
    {"NorInOneThatHasStartedThen",
     R"("schedule":{"weekly":[{"from":"09:00","to":"20:00"}]},)"
     R"("absences":[{"from":"2026-03-02","to":"2026-03-02"}])",
     "", hours{18} + seconds{300}},
    {"NorOnAHolidayThatItsDaysDoNotName",
     R"("schedule":{"weekly":[{"days":["mon","tue","wed"],"from":"09:00",)"
     R"("to":"15:00"}]})",
     "", hours{24 + 18} + seconds{300}},
    {"NoWindowWithinFourteenDays",
     R"("schedule":{"overrides":[)"
     R"({"date":"2026-03-17","from":"10:00","to":"11:00"}]})",
     "", seconds{300}},
    {"NoWindowEver", R"("schedule":{"weekly":[]})", "", seconds{300}},
  }),
  by_name{});

// -- R41: the task of a miss --------------------------------------------------

TEST(R41Task, CantBeRemoved) {
  for (const char* list :
       {"[]", R"([{"do":"notify","to":["account_owner"]}])"}) {
    anas_lead o{with_outcomes(R"("missed_transfer":)" + std::string{list})};
    EXPECT_THAT(told(o.miss()), Contains("task call_back for ana")) << list;
  }
}

TEST(R41Task, ItsTitleMayBeSet) {
  anas_lead o{with_outcomes(
    R"("missed_transfer":[{"do":"create_task","kind":"call_back",)"
    R"("title":"Ring them"}])")};
  EXPECT_EQ(task_of(o.miss()).title, "Ring them");
}

TEST(R41Task, OnePerCallAndKind) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"create_task","kind":"call_back"},)"
                            R"({"do":"create_task","kind":"visit"}])")};
  o.miss();
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("task visit for ana"));
}

TEST(R41Task, AnInactiveOwnerIsReplacedFirst) {
  anas_lead o;
  o.transfer("c", owner_only);
  // Ana has no open task: her leads wait until they are touched.
  EXPECT_THAT(told(o.agent("ana", inactive)),
              ElementsAre("cancel ana: target_unavailable", "missed: no_target",
                          "reassigned ben: owner_inactive",
                          "tell ben: reassigned", "task call_back for ben",
                          "tell ben: transfer_missed"));
}

TEST(R41Task, OfNobodyGoesToTheFirstOwner) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  EXPECT_THAT(told(o.transfer()),
              ElementsAre("unassigned: nobody_eligible", "missed: no_target",
                          "task call_back for nobody"));
  EXPECT_THAT(told(o.agent("ben", R"("active":true)")),
              ElementsAre("assigned ben: rotation", "stage working",
                          "task from nobody to ben", "tell ben: new_lead"));
}

TEST(R41Task, OfAnotherTagToo) {
  anas_lead o;
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.tag("needs_follow_up")),
              ElementsAre("reassigned ben: owner_inactive",
                          "tell ben: reassigned", "cadence paused",
                          "task follow_up for ben", "tell ben: outcome"));
}

// -- R41: one call-back per lead ----------------------------------------------

TEST(R41Repeated, AnotherMissCreatesNone) {
  anas_lead o;
  auto first = task_of(o.miss("c1"));
  auto r = o.miss("c2");
  EXPECT_THAT(told(r), ElementsAre("missed: busy", "task repeated for ana: 2",
                                   "tell ana: transfer_missed"));
  EXPECT_THAT(
    words_to(r, "ana", notification_kind::transfer_missed),
    testing::HasSubstr("That makes 2 missed calls. Please call back."));
  auto told_of = r.all<notification_requested>().at(0).task_id;
  EXPECT_EQ(told_of, r.all<task_repeated>().at(0).task_id);
  EXPECT_EQ(told_of, o.lead_now().tasks.at(0).task_id);
  EXPECT_THAT(told(o.miss("c3")), Contains("task repeated for ana: 3"));
}

TEST(R41Repeated, OnlyAnOpenOne) {
  anas_lead o;
  o.miss("c1");
  o.send(topic::leads, "task.completed",
         R"({"lead_id":"l","task_id":")" + o.lead_now().tasks.at(0).task_id
           + "\"}");
  EXPECT_THAT(told(o.miss("c2")), Contains("task call_back for ana"));
  o.close("l");
  EXPECT_THAT(told(o.miss("c3")), Contains("task call_back for ana"));
}

TEST(R41Repeated, OnlyOneOfAMiss) {
  anas_lead o{
    with_outcomes(R"("hot":[{"do":"create_task","kind":"call_back"}])")};
  o.tag("hot", "c1");
  EXPECT_THAT(told(o.miss("c2")), Contains("task call_back for ana"));
  EXPECT_THAT(told(o.tag("hot", "c3")), ElementsAre("task call_back for ana"));
}

TEST(R41Repeated, SaysWhoIsToCallBack) {
  anas_lead o;
  o.agent("ana", R"("name":"Ana Diaz")");
  o.miss("c1");
  o.assign("l", R"("agent_id":"ben")");
  o.configure(with_outcomes(
    R"("missed_transfer":[{"do":"notify","to":["account_owner"]}])"));
  o.agent("ben", R"("name":"Walt Beech")");
  o.transfer("c2", owner_only);
  EXPECT_THAT(words_to(o.ring("busy", "ben", "c2"), "olivia",
                       notification_kind::transfer_missed),
              testing::HasSubstr("Walt Beech is to call back."));
}

// -- R41: cover ---------------------------------------------------------------

constexpr const char* not_mondays
  = R"("schedule":{"weekly":[{"days":["tue"],"from":"09:00","to":"10:00"}]})";

struct R41Cover : testing::Test {
  /// A miss of Ana's lead, and who is asked to cover.
  std::string asked(const char* call) {
    for (const auto& n :
         o.transfer(call, owner_only).all<notification_requested>())
      if (n.kind == notification_kind::cover)
        return n.agent_id;
    return "";
  }
  R41Cover() {
    o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
                R"({"agent_id":"ben"},{"agent_id":"cat"}]}],)"
                R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])");
    o.agent("cat");
    o.agent("ana", not_mondays);
  }
  anas_lead o;
};

TEST_F(R41Cover, TheOneLeastRecentlyAsked) {
  EXPECT_EQ(asked("c1"), "ben");
  EXPECT_EQ(asked("c2"), "cat");
  EXPECT_EQ(asked("c3"), "ben");
}

TEST_F(R41Cover, MustBeRingable) {
  o.toggle("ben", off);
  EXPECT_EQ(asked("c1"), "cat");
  o.agent("cat", not_mondays);
  EXPECT_EQ(asked("c2"), "");
}

TEST_F(R41Cover, NobodyWhenTheOwnerIsOnDuty) {
  o.agent("ana");
  o.toggle("ana", off);
  EXPECT_EQ(asked("c1"), "");
}

TEST_F(R41Cover, IsOneOfTheGroup) {
  // Olivia could be rung, but is not in the pool.
  o.toggle("ben", off);
  o.toggle("cat", off);
  EXPECT_EQ(asked("c1"), "");
}

TEST_F(R41Cover, ByTheRulesOfThatMoment) {
  o.transfer("c1", R"("pattern":"assigned_agent",)"
                   R"("fallback_numbers":["+15125550199"])");
  o.configure(one_pool); // without Cat
  o.toggle("ben", off);
  EXPECT_THAT(told(o.ring("busy", "+15125550199", "c1")),
              testing::Not(Contains("tell cat: cover")));
}

// -- R41: a stand-in calls back -----------------------------------------------

constexpr const char* on_vacation
  = R"("name":"Ana Diaz",)"
    R"("absences":[{"from":"2026-03-01","to":"2026-03-08"}])";

struct R41StandIn : testing::Test {
  R41StandIn() {
    o.agent("ben", R"("name":"Walt Beech")");
    o.lead("l", R"("contact":{"name":"Kim Roe"})");
  }
  /// A miss of Ana's lead, who is not there to be rung.
  desk_result missed(const char* call = "c") {
    return o.transfer(call, owner_only);
  }
  anas_lead o;
};

TEST_F(R41StandIn, OfAnAbsentOwner) {
  o.agent("ana", on_vacation);
  auto r = missed();
  EXPECT_THAT(told(r),
              ElementsAre("missed: no_target", "task call_back for ben",
                          "tell ana: transfer_missed", "tell ben: cover"));
  EXPECT_EQ(task_of(r).due_at, o.now + seconds{300});
  EXPECT_EQ(o.owner(), "ana");
  EXPECT_EQ(words_to(r, "ana", notification_kind::transfer_missed),
            "Missed call: Kim Roe. Nobody answered the live call with Kim Roe. "
            "Walt Beech is to call back.");
  EXPECT_EQ(words_to(r, "ben", notification_kind::cover),
            "Can you cover? Kim Roe was missed. Nobody answered the live call "
            "with Kim Roe. Ana Diaz, who looks after them, is not there. The "
            "task to call back is yours.");
}

TEST_F(R41StandIn, OfOneWhoIsAwayUntilLater) {
  o.toggle("ana", R"("away_until":"2026-03-02T16:00:00Z")");
  EXPECT_THAT(told(missed()), Contains("task call_back for ben"));
}

TEST_F(R41StandIn, OfOneWhoIsNotBackSoon) {
  o.configure(R"("calls":{"cover_after_s":3600},)" + std::string{one_pool});
  o.agent("ana", at_18);
  EXPECT_THAT(told(missed()), Contains("task call_back for ben"));
}

TEST_F(R41StandIn, NotOfOneWhoIsBackInTime) {
  o.configure(R"("calls":{"cover_after_s":10800},)" + std::string{one_pool});
  o.agent("ana", at_18);
  EXPECT_THAT(told(missed()), testing::AllOf(Contains("task call_back for ana"),
                                             Contains("tell ben: cover")));
}

TEST_F(R41StandIn, OfOneWhoHasNoWindow) {
  o.agent("ana", R"("schedule":{"weekly":[]})");
  EXPECT_THAT(told(missed()), Contains("task call_back for ben"));
}

TEST_F(R41StandIn, OnlyForTheTaskOfAMiss) {
  o.agent("ana", on_vacation);
  EXPECT_THAT(told(o.tag("needs_follow_up")),
              Contains("task follow_up for ana"));
}

TEST_F(R41StandIn, NobodyThenTheAccountOwnerWhoIsThereSooner) {
  o.agent("ana", on_vacation);
  o.toggle("ben", off);
  EXPECT_THAT(told(missed()),
              ElementsAre("missed: no_target", "task call_back for ana",
                          "tell ana: transfer_missed"));
  o.close("l");
  // Ana is back on the ninth, in a window of hers.
  o.agent("ana", std::string{on_vacation} + "," + at_18);
  EXPECT_THAT(told(missed("d")), Contains("task call_back for olivia"));
}

TEST_F(R41StandIn, NotAnAccountOwnerWhoIsAwayToo) {
  o.agent("ana", std::string{on_vacation} + "," + at_18);
  o.toggle("ben", off);
  o.toggle("olivia", R"("away_until":"2026-03-02T16:00:00Z")");
  EXPECT_THAT(told(missed()), Contains("task call_back for ana"));
}

TEST_F(R41StandIn, TheTaskStaysTheirsWhenTheOwnerIsBack) {
  o.agent("ana", on_vacation);
  missed();
  o.agent("ana", R"("name":"Ana Diaz")");
  EXPECT_THAT(told(missed("d")), testing::IsSupersetOf({"ring owner: ana"}));
  EXPECT_EQ(o.lead_now().tasks.at(0).assignee, "ben");
  EXPECT_THAT(told(o.ring("busy", "ana", "d")),
              Contains("task repeated for ben: 2"));
}

TEST_F(R41StandIn, AnotherOwnerTakesItOver) {
  o.agent("ana", on_vacation);
  missed();
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"olivia")")),
              Contains("task from ben to olivia"));
}

TEST_F(R41StandIn, IsAskedOncePerMiss) {
  o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
              R"({"agent_id":"ben"},{"agent_id":"cat"}]}],)"
              R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])");
  o.agent("cat");
  o.agent("ana", on_vacation);
  EXPECT_THAT(
    told(missed("c1")),
    testing::IsSupersetOf({"task call_back for ben", "tell ben: cover"}));
  EXPECT_THAT(
    told(missed("c2")),
    testing::IsSupersetOf({"task repeated for ben: 2", "tell cat: cover"}));
  EXPECT_THAT(told(missed("c3")), Contains("tell ben: cover"));
}

TEST(R41OneStandIn, IsLookedForOnceInAStep) {
  office o;
  o.agent("olivia", on_vacation);
  for (const auto* id : {"ana", "ben"})
    o.toggle(id, R"("accepting_leads":false)");
  // The lead is new, its owner is away, and the call is missed.
  EXPECT_THAT(told(o.transfer("c1", owner_only)),
              ElementsAre("assigned olivia: default_owner", "stage working",
                          "tell olivia: new_lead", "tell ana: cover",
                          "missed: no_target", "task call_back for ana",
                          "tell olivia: transfer_missed", "tell ana: cover"));
  EXPECT_THAT(told(o.transfer("c2", owner_only)), Contains("tell ben: cover"));
}

} // namespace
} // namespace fairlead::test
