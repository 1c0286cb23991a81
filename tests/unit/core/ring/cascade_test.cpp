// R20 to R34, R36, R37, R43: whom a transfer rings, and how it ends. What is a
// matter of its own has a file of its own beside this one.

#include "tests/unit/core/ring/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// -- R20 ----------------------------------------------------------------------

struct pattern_case {
  const char* name;
  const char* team;
  const char* request;
  std::vector<std::string> course;
};

void PrintTo(const pattern_case& c, std::ostream* os) {
  *os << c.name;
}

struct R20Pattern : testing::TestWithParam<pattern_case> {};

TEST_P(R20Pattern, Rings) {
  calls o{GetParam().team};
  EXPECT_EQ(o.course(o.transfer("c", GetParam().request)), GetParam().course);
}

const std::vector<std::string> owner_then_group{
  "ring owner: ana", "ring group: ben cat", "missed: declined"};

INSTANTIATE_TEST_SUITE_P(
  Table, R20Pattern,
  testing::ValuesIn(std::vector<pattern_case>{
    {"AssignedAgentNeverTheGroup",
     "",
     R"("pattern":"assigned_agent",)"
     R"("fallback_numbers":["+15125550190","+15125550191"])",
     {"ring owner: ana", "ring fallback: +15125550190",
      "ring fallback: +15125550191", "missed: declined"}},
    {"SimultaneousGroup",
     "",
     R"("pattern":"simultaneous_group",)"
     R"("fallback_numbers":["+15125550190"])",
     {"ring group: ana ben cat", "ring fallback: +15125550190",
      "missed: declined"}},
    {"AssignedThenGroup",
     "",
     R"("pattern":"assigned_then_group",)"
     R"("fallback_numbers":["+15125550190"])",
     {"ring owner: ana", "ring group: ben cat", "ring fallback: +15125550190",
      "missed: declined"}},
    {"ThatIsTheDefault", "", "", owner_then_group},
    {"TheTeamsBeforeTheDefault",
     R"("transfer":{"pattern":"simultaneous_group"})",
     "",
     {"ring group: ana ben cat", "missed: declined"}},
    {"TheRequestsBeforeTheTeams",
     R"("transfer":{"pattern":"simultaneous_group"})",
     R"("pattern":"assigned_agent")",
     {"ring owner: ana", "missed: declined"}},
    {"TheTeamsFallbackNumbers",
     R"("transfer":{"pattern":"assigned_agent",)"
     R"("fallback_numbers":["+15125550190"]})",
     "",
     {"ring owner: ana", "ring fallback: +15125550190", "missed: declined"}},
    {"TheRequestsReplaceThem",
     R"("transfer":{"pattern":"assigned_agent",)"
     R"("fallback_numbers":["+15125550190"]})",
     R"("fallback_numbers":["+15125550191"])",
     {"ring owner: ana", "ring fallback: +15125550191", "missed: declined"}},
    {"AnEmptyListMeansNone",
     R"("transfer":{"pattern":"assigned_agent",)"
     R"("fallback_numbers":["+15125550190"]})",
     R"("fallback_numbers":[])",
     {"ring owner: ana", "missed: declined"}},
  }),
  by_name{});

TEST(R20Pattern, TheOwnerIsInASimultaneousGroupOnlyAsAMember) {
  calls o;
  o.assign("l", R"("agent_id":"olivia")");
  EXPECT_THAT(told(o.transfer("c", all_at_once)),
              ElementsAre("ring group: ana ben cat"));
}

TEST(R20Attempt, CountsTheAttemptsThatRing) {
  calls o;
  o.toggle("ana", off);
  auto r = o.transfer("c", two_numbers);
  EXPECT_EQ(rung(r).attempt, 1);
  EXPECT_EQ(rung(r).step, ring_step::group);
  o.ring("busy", "ben");
  EXPECT_EQ(rung(o.ring("busy", "cat")).attempt, 2);
  auto last = o.ring("busy", first);
  EXPECT_EQ(rung(last).attempt, 3);
  EXPECT_EQ(o.ring("busy", second).all<transfer_missed>().at(0).attempts, 3);
}

// -- R21 ----------------------------------------------------------------------

constexpr const char* group_only
  = R"("transfer":{"pattern":"simultaneous_group"})";

TEST(R21Group, APoolOfTheFirstRuleThatMatches) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ben"}]},)"
           R"({"id":"q","members":[{"agent_id":"olivia"}]}],)"
           R"("routing_rules":[)"
           R"({"id":"z","when":{"sources":["z"]},"assign":{"pool":"q"}},)"
           R"({"id":"r","assign":{"pool":"p"}}])"};
  o.lead("l", R"("source":"z")");
  EXPECT_THAT(told(o.transfer("c", all_at_once)),
              ElementsAre("ring group: olivia"));
}

TEST(R21Group, TheActiveHoursOfARuleCount) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ben"}]}],)"
           R"("routing_rules":[)"
           R"({"id":"n","active":{"from":"20:00","to":"21:00"},)"
           R"("assign":{"agent":"ana"}},{"id":"r","assign":{"pool":"p"}}])"};
  o.lead("l");
  EXPECT_THAT(told(o.transfer("c1", all_at_once)),
              ElementsAre("ring group: ben"));
  o.ring("declined", "ben", "c1");
  o.now += hours{5};
  EXPECT_THAT(told(o.transfer("c2", all_at_once)),
              ElementsAre("ring group: ana"));
}

TEST(R21Group, ARuleThatAssignsToAnAgent) {
  office o{R"("routing_rules":[{"id":"r","assign":{"agent":"ben"}}])"};
  o.lead("l", R"("assigned_agent":"ana")");
  EXPECT_THAT(told(o.transfer()), ElementsAre("ring owner: ana"));
  EXPECT_THAT(told(o.ring("busy", "ana")), ElementsAre("ring group: ben"));
}

TEST(R21Group, AllAgentsOfTheTeamWithoutARule) {
  office o{group_only};
  o.lead("l");
  EXPECT_THAT(told(o.transfer()), ElementsAre("ring group: ana ben olivia"));
}

TEST(R21Group, TheRuleStaysTheMembersAreReadWhenTheAttemptStarts) {
  calls o;
  o.agent("dan");
  o.transfer();
  o.configure(
    R"("pools":[{"id":"p","members":[{"agent_id":"cat"},{"agent_id":"dan"}]},)"
    R"({"id":"q","members":[{"agent_id":"ben"}]}],)"
    R"("routing_rules":[{"id":"new","assign":{"pool":"q"}}])");
  EXPECT_THAT(told(o.ring("busy", "ana")), ElementsAre("ring group: cat dan"));
}

TEST(R21Group, TogglesAreReadWhenTheAttemptStarts) {
  calls o;
  o.toggle("ben", off);
  o.transfer();
  o.toggle("ben", R"("available_for_calls":true)");
  o.toggle("cat", off);
  EXPECT_THAT(told(o.ring("busy", "ana")), ElementsAre("ring group: ben"));
}

// -- R23 ----------------------------------------------------------------------

TEST(R23EmptyStep, CostsNoTime) {
  calls o;
  for (const auto* id : {"ana", "ben", "cat"})
    o.toggle(id, off);
  auto r = o.transfer("c", two_numbers);
  EXPECT_THAT(told(r), ElementsAre("ring fallback: +15125550190"));
  // A decision for each step that was looked at (R19).
  EXPECT_EQ(r.count<decision_recorded>(), 3U);
  EXPECT_EQ(r.all<decision_recorded>().at(0).attempt, std::nullopt);
}

TEST(R23EmptyStep, NobodyAtAll) {
  calls o;
  for (const auto* id : {"ana", "ben", "cat"})
    o.toggle(id, off);
  EXPECT_EQ(told(o.transfer()).front(), "missed: no_target");
}

TEST(R23Later, WhoRangIsLeftOutByNumber) {
  calls o;
  o.agent("ben", R"("phone":"+15125550101")"); // Ana's
  o.transfer();
  auto r = o.ring("busy", "ana");
  EXPECT_THAT(told(r), ElementsAre("ring group: cat"));
  EXPECT_THAT(weighed(r),
              ElementsAre("ana already_rung", "ben already_rung", "cat"));
}

// -- R24 ----------------------------------------------------------------------

constexpr const char* ten_of_fifteen
  = R"("transfer":{"ring_timeout_s":10,"total_timeout_s":15,)"
    R"("answer_grace_s":0})";

TEST(R24Timeout, ThirtyFiveSecondsByDefault) {
  calls o;
  EXPECT_EQ(rung(o.transfer()).expires_at, o.now + seconds{35});
  // And two of grace, for what is still on its way.
  EXPECT_THAT(told(o.wait(seconds{37} - milliseconds{1})), IsEmpty());
  EXPECT_THAT(told(o.wait(milliseconds{1})),
              ElementsAre("cancel ana: ring_timeout", "ring group: ben cat"));
}

TEST(R24Timeout, TheRequestsBeforeTheTeams) {
  calls o{ten_of_fifteen};
  EXPECT_EQ(rung(o.transfer("c", R"("ring_timeout_s":7)")).expires_at,
            o.now + seconds{7});
}

TEST(R24Timeout, ExpiresAtIsTheEarlierOfTheTwo) {
  calls o{ten_of_fifteen};
  auto start = o.now;
  o.transfer();
  EXPECT_EQ(rung(o.wait(seconds{10})).expires_at, start + seconds{15});
}

TEST(R24Timeout, TheTotalEndsTheRouting) {
  calls o{ten_of_fifteen};
  o.transfer("c", two_numbers);
  o.wait(seconds{10});
  EXPECT_THAT(told(o.wait(seconds{5})),
              ElementsAre("cancel ben: ring_timeout cat: ring_timeout",
                          "missed: total_timeout", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST(R24Timeout, OneHundredAndEightySecondsByDefault) {
  calls o;
  o.transfer("c", R"("ring_timeout_s":500)");
  EXPECT_THAT(told(o.wait(seconds{182} - milliseconds{1})), IsEmpty());
  EXPECT_THAT(told(o.wait(milliseconds{1})), Contains("missed: total_timeout"));
}

TEST(R24Timeout, BothTogetherAndSomebodyIsLeft) {
  calls o{R"("transfer":{"ring_timeout_s":10,"total_timeout_s":10})"};
  o.transfer();
  EXPECT_THAT(told(o.wait(seconds{12})), Contains("missed: total_timeout"));
}

TEST(R24Timeout, BothTogetherAndNobodyIsLeft) {
  calls o{R"("transfer":{"pattern":"assigned_agent","ring_timeout_s":10,)"
          R"("total_timeout_s":10})"};
  o.transfer();
  EXPECT_THAT(told(o.wait(seconds{12})), Contains("missed: no_answer"));
}

TEST(R24Timeout, AnAttemptEndsWithItsLastLeg) {
  calls o;
  o.transfer("c", lines_with(all_at_once, two_numbers));
  EXPECT_THAT(told(o.ring("busy", "ana")), IsEmpty());
  EXPECT_THAT(told(o.ring("failed", "ben")), IsEmpty());
  EXPECT_THAT(told(o.ring("machine", "cat")),
              ElementsAre("ring fallback: +15125550190"));
}

TEST(R24Timeout, AnAnswerAtTheVeryInstantGoesFirst) {
  calls o;
  o.transfer();
  o.now += seconds{37};
  EXPECT_THAT(told(o.ring("answered", "ana")),
              Contains("connected owner: ana"));
}

// -- R25 ----------------------------------------------------------------------

TEST(R25Fallback, OneAfterAnotherEachForItsTime) {
  calls o;
  o.transfer("c", lines_with(R"("pattern":"assigned_agent")", two_numbers));
  EXPECT_THAT(told(o.wait(seconds{37})),
              Contains("ring fallback: +15125550190"));
  EXPECT_THAT(told(o.wait(seconds{37})),
              ElementsAre("cancel +15125550190: ring_timeout",
                          "ring fallback: +15125550191"));
}

TEST(R25Fallback, WhatIsLeftOut) {
  calls o;
  o.toggle("ana", off);
  EXPECT_THAT(
    o.course(o.transfer("c", R"("fallback_numbers":["+15125550102","nonsense",)"
                             R"("+15125550190","(512) 555-0190"])")),
    // Ben's number has rung; the last is the one before.
    ElementsAre("ring group: ben cat", "ring fallback: +15125550190",
                "missed: declined"));
}

TEST(R25Fallback, NobodyAsksWhetherTheyAreAvailable) {
  calls o;
  o.toggle("ana", off);
  EXPECT_THAT(told(o.transfer("c", R"("pattern":"assigned_agent",)"
                                   R"("fallback_numbers":["+15125550101"])")),
              ElementsAre("ring fallback: ana"));
}

TEST(R25Fallback, AnAnswerIsASuccess) {
  calls o;
  o.toggle("ana", off);
  o.transfer("c", lines_with(R"("pattern":"assigned_agent")", two_numbers));
  EXPECT_EQ(told(o.ring("answered", first)).front(),
            "connected fallback: +15125550190");
}

// -- R26, R27 -----------------------------------------------------------------

TEST(R26Reservation, OneTransferGetsTheAgentTheOtherGoesOnWithout) {
  calls o;
  o.transfer("c1");
  EXPECT_THAT(told(o.transfer("c2")), ElementsAre("ring group: ben cat"));
}

TEST(R26Reservation, EndsWithItsLeg) {
  calls o;
  for (const auto* report :
       {"declined", "busy", "failed", "machine", "no_answer"}) {
    auto call = std::string{"c-"} + report;
    EXPECT_EQ(told(o.transfer(call)).front(), "ring owner: ana") << report;
    o.ring(report, "ana", call);
    o.on_call("caller.hung_up", call);
  }
}

TEST(R26Reservation, EndsForThoseWhoLostTheRace) {
  calls o;
  o.transfer("c1", all_at_once);
  o.ring("answered", "ben", "c1");
  EXPECT_THAT(told(o.transfer("c2", all_at_once)),
              ElementsAre("ring group: ana cat"));
}

TEST(R27Race, EveryOtherLegIsCancelled) {
  calls o;
  o.transfer("c", all_at_once);
  EXPECT_THAT(
    told(o.ring("answered", "ben")),
    ElementsAre("connected group: ben",
                "cancel ana: answered_elsewhere cat: answered_elsewhere",
                "cadence cancelled: successful_transfer",
                "tell ana: transfer_answered",
                "tell olivia: transfer_answered"));
}

TEST(R27Race, AnAnswerOnAnotherLegOfAWonCallLostTheRace) {
  calls o;
  o.transfer("c", all_at_once);
  o.ring("answered", "ben");
  EXPECT_THAT(told(o.ring("answered", "ana")),
              ElementsAre("cancel ana: lost_race"));
}

TEST(R27Race, TheWinnersAnswerAgainChangesNothing) {
  calls o;
  o.transfer("c", all_at_once);
  o.ring("answered", "ben");
  EXPECT_THAT(told(o.ring("answered", "ben")), IsEmpty());
  EXPECT_THAT(told(o.ring("accepted", "ben")), IsEmpty());
}

TEST(R27Race, AnAnswerOfALegThatEndedIsLate) {
  calls o;
  o.transfer();
  o.ring("declined", "ana");
  EXPECT_THAT(told(o.ring("answered", "ana")), ElementsAre("cancel ana: late"));
  o.on_call("caller.hung_up");
  EXPECT_THAT(told(o.ring("answered", "ben")), ElementsAre("cancel ben: late"));
}

TEST(R27Race, TheOwnerIsOwnerInAnyAttempt) {
  calls o;
  o.transfer("c", all_at_once);
  EXPECT_EQ(told(o.ring("answered", "ana")).front(), "connected owner: ana");
}

// -- R28 ----------------------------------------------------------------------

constexpr const char* confirm_agents
  = R"("transfer":{"confirm":{"agents":true}})";
constexpr const char* confirm_fallback
  = R"("transfer":{"confirm":{"fallback":true}})";

TEST(R28Confirm, AnsweredDoesNotWinAcceptedDoes) {
  calls o{confirm_agents};
  EXPECT_TRUE(rung(o.transfer()).confirm);
  EXPECT_THAT(told(o.ring("answered", "ana")), IsEmpty());
  EXPECT_EQ(told(o.ring("accepted", "ana")).front(), "connected owner: ana");
}

TEST(R28Confirm, AnAnsweredLegStillEndsWithTheAttempt) {
  calls o{confirm_agents};
  o.transfer();
  o.ring("answered", "ana");
  EXPECT_THAT(told(o.wait(seconds{37})),
              ElementsAre("cancel ana: ring_timeout", "ring group: ben cat"));
}

TEST(R28Confirm, AcceptedAlwaysCountsAsAnAnswer) {
  calls o;
  EXPECT_FALSE(rung(o.transfer()).confirm);
  EXPECT_EQ(told(o.ring("accepted", "ana")).front(), "connected owner: ana");
}

TEST(R28Confirm, IsForTheKindOfTargetOnly) {
  calls o{confirm_fallback};
  EXPECT_FALSE(rung(o.transfer("c1")).confirm);
  EXPECT_EQ(told(o.ring("answered", "ana", "c1")).front(),
            "connected owner: ana");
  EXPECT_TRUE(rung(o.transfer("c2", lines_with(R"("pattern":"assigned_agent")",
                                               two_numbers)))
                .confirm);
  EXPECT_THAT(told(o.ring("answered", first, "c2")), IsEmpty());
  EXPECT_EQ(told(o.ring("accepted", first, "c2")).front(),
            "connected fallback: +15125550190");
}

// -- R29 ----------------------------------------------------------------------

struct gone_case {
  const char* name;
  desk_result (*goes)(office&);
};

void PrintTo(const gone_case& c, std::ostream* os) {
  *os << c.name;
}

struct R29Gone : testing::TestWithParam<gone_case> {};

TEST_P(R29Gone, TheLegIsCancelledAndTheCascadeGoesOn) {
  calls o;
  o.transfer();
  auto lines = told(GetParam().goes(o));
  lines.resize(2); // who goes may leave leads, which is said last (R17)
  EXPECT_THAT(lines, ElementsAre("cancel ana: target_unavailable",
                                 "ring group: ben cat"));
  EXPECT_EQ(o.team().agent("ana")->misses, 0);
  EXPECT_EQ(o.team().agent("ana")->ringing_for, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R29Gone,
  testing::ValuesIn(std::vector<gone_case>{
    {"ToggledOff", [](office& o) { return o.toggle("ana", off); }},
    {"Deactivated",
     [](office& o) { return o.agent("ana", R"("active":false)"); }},
    {"Removed", [](office& o) { return o.remove("ana"); }},
    {"Away",
     [](office& o) {
       return o.toggle("ana", R"("away_until":"2026-03-09T15:00:00Z")");
     }},
  }),
  by_name{});

TEST(R29Gone, OthersOfTheAttemptRingOn) {
  calls o;
  o.transfer("c", all_at_once);
  EXPECT_THAT(told(o.toggle("ben", off)),
              ElementsAre("cancel ben: target_unavailable"));
}

TEST(R29Gone, PausingDoesNotStopARing) {
  calls o;
  o.transfer();
  EXPECT_THAT(told(o.toggle("ana", R"("accepting_leads":false)")), IsEmpty());
}

TEST(R29Gone, OwnCallsDoNotStopARing) {
  calls o;
  o.transfer();
  EXPECT_THAT(told(o.toggle("ana", R"("busy":true)")), IsEmpty());
  EXPECT_EQ(told(o.ring("answered", "ana")).front(), "connected owner: ana");
}

TEST(R29Gone, NoLongerAwayDoesNotStopARing) {
  calls o;
  o.transfer();
  EXPECT_THAT(told(o.toggle("ana", R"("away_until":"2026-03-01T15:00:00Z")")),
              IsEmpty());
}

TEST(R29Gone, WhoIsToggledOnIsNotAdded) {
  calls o;
  o.toggle("cat", off);
  o.transfer("c", all_at_once);
  EXPECT_THAT(told(o.toggle("cat", R"("available_for_calls":true)")),
              IsEmpty());
}

TEST(R29Gone, TheEndOfAScheduleHasNoEffectOnARingingLeg) {
  calls o;
  // Monday 15:00 UTC.
  o.agent("ana", R"("schedule":{"weekly":[{"from":"09:00","to":"15:01"}]})");
  o.now += seconds{40};
  o.transfer();
  o.wait(seconds{25});
  EXPECT_EQ(told(o.ring("answered", "ana")).front(), "connected owner: ana");
}

// -- R30 ----------------------------------------------------------------------

struct R30HangUp : testing::TestWithParam<const char*> {};

TEST_P(R30HangUp, WhileItRings) {
  calls o;
  o.transfer("c", all_at_once);
  EXPECT_THAT(told(o.on_call(GetParam())),
              ElementsAre("cancel ana: caller_hung_up ben: caller_hung_up cat: "
                          "caller_hung_up",
                          "missed: caller_hung_up", "task call_back for ana",
                          "tell ana: transfer_missed"));
  EXPECT_THAT(told(o.wait(seconds{300})), IsEmpty());
}

TEST_P(R30HangUp, AfterTheWinTheCallEnds) {
  calls o;
  o.transfer();
  o.ring("answered", "ana");
  EXPECT_THAT(told(o.on_call(GetParam())), IsEmpty());
  EXPECT_EQ(o.call_now().phase, call_phase::ended);
  EXPECT_EQ(o.team().agent("ana")->on_call, std::nullopt);
}

TEST_P(R30HangUp, BeforeTheTransferNobodyRings) {
  calls o;
  o.on_call(GetParam());
  EXPECT_EQ(told(o.transfer()).front(), "missed: caller_hung_up");
  EXPECT_EQ(o.call_now().attempts, 0);
}

INSTANTIATE_TEST_SUITE_P(Table, R30HangUp,
                         testing::Values("caller.hung_up", "call.ended"));

// -- R31 ----------------------------------------------------------------------

struct R31Reason : testing::TestWithParam<const char*> {};

TEST_P(R31Reason, IsThatOfTheLastLeg) {
  calls o;
  o.transfer("c", lines_with(R"("pattern":"assigned_agent")", two_numbers));
  o.ring("busy", "ana");
  o.ring("failed", first);
  EXPECT_EQ(told(o.ring(GetParam(), second)).front(),
            std::string{"missed: "} + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Table, R31Reason,
                         testing::Values("no_answer", "declined", "busy",
                                         "failed", "machine"));

TEST(R31Reason, ATimeoutIsNoAnswer) {
  calls o;
  o.transfer("c", R"("pattern":"assigned_agent")");
  EXPECT_THAT(told(o.wait(seconds{37})), Contains("missed: no_answer"));
}

TEST(R31Reason, ALegThatWeCancelledIsNone) {
  calls o;
  o.transfer("c", R"("pattern":"assigned_agent")");
  EXPECT_THAT(told(o.toggle("ana", off)), Contains("missed: no_target"));
}

TEST(R31Reason, LooksOverAllAttempts) {
  calls o;
  o.toggle("cat", off);
  o.transfer();
  o.ring("busy", "ana");
  EXPECT_THAT(told(o.toggle("ben", off)), Contains("missed: busy"));
}

// -- R32 ----------------------------------------------------------------------

constexpr const char* of_an_unknown
  = R"("lead_id":"new","contact":{"name":"Kim","phone":"+15125550170"})";

TEST(R32UnknownCaller, IsAssignedFirstThenRung) {
  calls o;
  EXPECT_THAT(told(o.transfer("c", of_an_unknown)),
              ElementsAre("assigned ana: rotation", "stage working",
                          "tell ana: new_lead", "ring owner: ana"));
  EXPECT_EQ(o.lead_now("new").name, "Kim");
}

TEST(R32UnknownCaller, TheContactMayLeadToAnOwner) {
  calls o;
  o.lead("m", R"("assigned_agent":"cat","contact":{"phone":"512-555-0170"})");
  EXPECT_THAT(told(o.transfer("c", of_an_unknown)),
              ElementsAre("assigned cat: existing_owner",
                          "tell cat: re_inquiry", "ring owner: cat"));
}

TEST(R32UnknownCaller, ItsFirstInquiryFillsInAndEmitsNothing) {
  calls o;
  o.transfer("c", of_an_unknown);
  EXPECT_THAT(o.lead("new", R"("source":"zillow")").outputs, IsEmpty());
  EXPECT_EQ(o.lead_now("new").details.source, "zillow");
  EXPECT_THAT(told(o.lead("new")), ElementsAre("tell ana: re_inquiry"));
}

TEST(R32UnknownCaller, NobodyToOwnItIsReportedAndTheGroupRings) {
  calls o;
  for (const auto* id : {"ana", "ben", "cat"})
    o.toggle(id, R"("accepting_leads":false)");
  o.agent("olivia", R"("active":false)");
  EXPECT_THAT(
    told(o.transfer("c", of_an_unknown)),
    ElementsAre("unassigned: nobody_eligible", "ring group: ana ben cat"));
}

// -- R33 ----------------------------------------------------------------------

struct R33BridgeFailed : testing::Test {
  void won_by(const char* agent, const char* fields = all_at_once) {
    o.transfer("c", fields);
    o.ring("answered", agent);
  }
  calls o{R"("calls":{"wrap_up_s":30})"};
};

TEST_F(R33BridgeFailed, WhomTheWinCancelledRingsAgain) {
  won_by("ana");
  o.toggle("cat", off); // may not be rung now
  auto r = o.bridge_failed("ana");
  EXPECT_THAT(told(r), ElementsAre("ring group: ben"));
  EXPECT_EQ(rung(r).attempt, 2);
}

TEST_F(R33BridgeFailed, TheFailedWinnerIsFreeAtOnceWithoutWrapUp) {
  won_by("ana");
  o.bridge_failed("ana");
  EXPECT_THAT(told(o.transfer("c2")), ElementsAre("ring owner: ana"));
}

TEST_F(R33BridgeFailed, NoneToRingAgainTheNextStep) {
  won_by("ana", "");
  EXPECT_THAT(told(o.bridge_failed("ana")), ElementsAre("ring group: ben cat"));
}

TEST_F(R33BridgeFailed, TheTotalStartsAgain) {
  won_by("ana");
  o.wait(seconds{170});
  o.bridge_failed("ana");
  EXPECT_EQ(o.call_now().total_until, o.now + seconds{180});
}

TEST_F(R33BridgeFailed, ANewWinnerAndNoActionTwiceButNotify) {
  won_by("ana");
  o.bridge_failed("ana");
  EXPECT_THAT(told(o.ring("answered", "ben")),
              ElementsAre("connected group: ben",
                          "cancel cat: answered_elsewhere",
                          "tell ana: transfer_answered",
                          "tell olivia: transfer_answered"));
}

TEST_F(R33BridgeFailed, NobodyIsAMissInFull) {
  won_by("ana", R"("pattern":"assigned_agent")");
  EXPECT_THAT(told(o.bridge_failed("ana")),
              ElementsAre("missed: bridge_failed",
                          "corrected successful_transfer to missed_transfer",
                          "cadence resumed", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST_F(R33BridgeFailed, TheReasonIsR31sIfALegRangAgain) {
  won_by("ana");
  o.bridge_failed("ana");
  o.ring("busy", "ben");
  EXPECT_EQ(told(o.ring("machine", "cat")).front(), "missed: machine");
}

TEST_F(R33BridgeFailed, OnlyForTheWinningLeg) {
  won_by("ana");
  EXPECT_THAT(told(o.bridge_failed("ben")), IsEmpty());
  EXPECT_EQ(o.call_now().phase, call_phase::connected);
}

TEST_F(R33BridgeFailed, AfterTheEndItIsIgnored) {
  won_by("ana");
  o.on_call("call.ended");
  EXPECT_THAT(told(o.bridge_failed("ana")), IsEmpty());
}

// -- R34, R36, R37 ------------------------------------------------------------

TEST(R34AfterTheCall, TheWinnerIsBusyForWrapUpMore) {
  calls o{R"("calls":{"wrap_up_s":30})"};
  o.transfer();
  o.ring("answered", "ana");
  o.on_call("call.ended");
  EXPECT_THAT(weighed(o.transfer("c2", R"("pattern":"assigned_agent")")),
              ElementsAre("ana wrap_up"));
  o.now += seconds{30};
  EXPECT_THAT(told(o.transfer("c3")), ElementsAre("ring owner: ana"));
}

TEST(R34AfterTheCall, WithoutAnEndFreedAfterMaxCallWithoutWrapUp) {
  calls o{R"("calls":{"wrap_up_s":30})"};
  o.transfer();
  o.ring("answered", "ana");
  o.wait(hours{4} - milliseconds{1});
  EXPECT_THAT(weighed(o.transfer("c2", R"("pattern":"assigned_agent")")),
              ElementsAre("ana on_call"));
  o.wait(milliseconds{1});
  EXPECT_THAT(told(o.transfer("c3")), ElementsAre("ring owner: ana"));
}

TEST(R36Answering, IsNotOwning) {
  calls o;
  o.transfer("c", all_at_once);
  o.ring("answered", "ben");
  EXPECT_EQ(o.owner(), "ana");
  EXPECT_EQ(o.lead_now().epoch, 1U);
}

TEST(R37Settings, OfTheStartStayInForce) {
  calls o{R"("transfer":{"ring_timeout_s":10,)"
          R"("fallback_numbers":["+15125550190"]},)"
          R"("calls":{"wrap_up_s":30})"};
  o.transfer();
  o.configure(calls::with(
    R"("transfer":{"pattern":"assigned_agent","ring_timeout_s":99,)"
    R"("confirm":{"agents":true,"fallback":true}},"calls":{"wrap_up_s":0})"));
  auto group = o.wait(seconds{12});
  EXPECT_THAT(told(group), Contains("ring group: ben cat"));
  EXPECT_EQ(rung(group).ring_timeout_s, 10);
  EXPECT_THAT(told(o.wait(seconds{12})),
              Contains("ring fallback: +15125550190"));
  EXPECT_THAT(told(o.ring("answered", first)),
              Contains("connected fallback: +15125550190"));
  o.transfer("c2");
  EXPECT_TRUE(o.call_now("c2").settings.confirm_agents);
}

TEST(R37Settings, WrapUpToo) {
  calls o{R"("calls":{"wrap_up_s":30})"};
  o.transfer();
  o.configure(calls::with(R"("calls":{"wrap_up_s":0})"));
  o.ring("answered", "ana");
  o.on_call("call.ended");
  EXPECT_EQ(o.team().agent("ana")->wrap_up_until, o.now + seconds{30});
}

// -- R43 ----------------------------------------------------------------------

/// The transfer is taken up so long after it was stamped.
desk_result taken_up_late(calls& o, milliseconds late) {
  auto call = [&o](topic on, const char* type, const char* data) {
    return o.writer().make(on, type, "acme", data);
  };
  o.publish(call(topic::calls, "transfer.requested",
                 R"({"call_id":"c","lead_id":"l"})"),
            o.now);
  o.now += late;
  o.publish(call(topic::roster, "agent.configured", R"({"agent_id":"zoe"})"),
            o.now);
  return o.work();
}

TEST(R43Stale, SixtySecondsAreNotTooLate) {
  calls o;
  EXPECT_THAT(told(taken_up_late(o, seconds{60})).front(), "ring owner: ana");
}

TEST(R43Stale, MoreIsAMissInFull) {
  calls o;
  EXPECT_THAT(told(taken_up_late(o, seconds{60} + milliseconds{1})),
              ElementsAre("missed: expired", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST(R43Stale, TheAgeIsTheTeams) {
  calls o{R"("transfer":{"max_age_s":5})"};
  EXPECT_EQ(told(taken_up_late(o, milliseconds{5001})).front(),
            "missed: expired");
}

TEST(R43Stale, OnlyWithSomebodyToRing) {
  calls o;
  for (const auto* id : {"ana", "ben", "cat"})
    o.toggle(id, off);
  EXPECT_EQ(told(taken_up_late(o, seconds{61})).front(), "missed: no_target");
}

TEST(R43Stale, OverdueLegsOfSuchAStepAreNoMissesInARow) {
  calls o;
  o.transfer();
  auto due = o.now + seconds{37};
  EXPECT_THAT(told(o.pass(due + seconds{61})),
              Contains("cancel ana: ring_timeout"));
  EXPECT_EQ(o.team().agent("ana")->misses, 0);
}

TEST(R43TooOld, MoreThanADayBeforeTheTeamsNow) {
  calls o;
  o.now -= hours{24};
  EXPECT_THAT(o.transfer("c1").dead, IsEmpty());
  o.now -= milliseconds{1};
  EXPECT_THAT(o.transfer("c2").dead, ElementsAre("too_old"));
}

} // namespace
} // namespace fairlead::test
