// R3, R6, R11, R16, R19: how a lead comes to its owner, and why.

#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* paused = R"("accepting_leads":false)";
constexpr const char* inactive = R"("active":false)";
constexpr const char* active = R"("active":true)";
constexpr const char* kims_phone = R"("contact":{"phone":"(512) 555-0170"})";

/// Neither Ana nor Ben takes leads.
void pause_all(office& o) {
  o.toggle("ana", paused);
  o.toggle("ben", paused);
}

// -- R3 -----------------------------------------------------------------------

TEST(R3NewLead, ItsOutputsStandInOrder) {
  office o;
  o.outreach("o1");
  o.outreach("o2");
  EXPECT_THAT(told(o.lead("l")),
              ElementsAre("assigned ana: rotation", "stage working",
                          "tell ana: new_lead", "released o1", "released o2"));
}

TEST(R3NewLead, TheStageIsTheTeams) {
  office o{std::string{one_pool} + R"(,"stages":{"assigned":"hot"})"};
  EXPECT_THAT(
    told(o.lead("l")),
    ElementsAre("assigned ana: rotation", "stage hot", "tell ana: new_lead"));
}

TEST(R3NewLead, NoStageNoStageEvent) {
  office o{std::string{one_pool} + R"(,"stages":{"assigned":null})"};
  EXPECT_THAT(told(o.lead("l")),
              ElementsAre("assigned ana: rotation", "tell ana: new_lead"));
}

// -- R6 -----------------------------------------------------------------------

TEST(R6Turn, ARotationsEventCarriesPoolAndRunningNumber) {
  office o;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    auto a = assigned(o.lead("l" + std::to_string(n)));
    EXPECT_EQ(a.pool_id, "p");
    EXPECT_EQ(a.turn, n);
  }
}

TEST(R6Turn, WhateverTheReason) {
  office o;
  o.lead("l", R"("assigned_agent":"olivia")");
  auto by_hand = assigned(o.assign("l", R"("pool_id":"p")"));
  EXPECT_EQ(by_hand.reason, assign_reason::manual);
  EXPECT_EQ(by_hand.turn, 1U);
  o.remove("ana", R"("reassign":true)");
  auto left = assigned(o.lead("m", R"("assigned_agent":"eva")"));
  EXPECT_EQ(left.turn, 3U); // the second was that of Ana's lead
}

TEST(R6Turn, NothingElseUsesOne) {
  office o{std::string{one_pool}
           + R"(,"outcomes":{"hot":[{"do":"assign","agent":"olivia"}]})"};
  EXPECT_EQ(assigned(o.lead("l", R"("assigned_agent":"ben")")).turn,
            std::nullopt); // direct
  EXPECT_EQ(assigned(o.assign("l", R"("agent_id":"ana")")).turn, std::nullopt);
  EXPECT_EQ(assigned(o.tag("hot")).turn, std::nullopt);
  o.transfer();
  o.ring("answered", "olivia");
  pause_all(o);
  EXPECT_EQ(assigned(o.lead("m")).turn, std::nullopt); // account owner
  EXPECT_EQ(o.team().rotation_of("p").turns, 0U);
}

// -- R11 ----------------------------------------------------------------------

/// Zillow goes to Eva, who is off duty; then to Ana, by name; then to the pool
/// `p` of Ben, who must be available.
constexpr const char* chain
  = R"("default_owner":"dan",)"
    R"("pools":[{"id":"q","members":[{"agent_id":"eva"}],)"
    R"("assign_requires":"schedule"},)"
    R"({"id":"p","members":[{"agent_id":"ben"}],)"
    R"("assign_requires":"available"}],)"
    R"("routing_rules":[)"
    R"({"id":"r1","when":{"sources":["z"]},"assign":{"pool":"q"}},)"
    R"({"id":"r2","when":{"sources":["z"]},"assign":{"agent":"ana"}},)"
    R"({"id":"r3","when":{"sources":["z"]},"assign":{"pool":"p"}}])";

struct R11Chain : testing::Test {
  R11Chain() {
    o.agent("eva", R"("schedule":{"weekly":[]})");
    o.agent("dan");
  }
  std::string next() {
    auto r = o.lead("l" + std::to_string(++n_), R"("source":"z")");
    auto first = told(r).front();
    if (auto a = r.all<lead_assigned>(); !a.empty())
      first += a[0].rule_id ? ", " + *a[0].rule_id : "";
    return first;
  }
  office o{chain};
  int n_ = 0;
};

TEST_F(R11Chain, TheNextMatchingRule) {
  EXPECT_EQ(next(), "assigned ana: rule_agent, r2");
}

TEST_F(R11Chain, ANamedAgentMustBeAccepting) {
  o.toggle("ana", paused);
  EXPECT_EQ(next(), "assigned ben: rotation, r3");
}

TEST_F(R11Chain, ThenTheFirstPoolRelaxed) {
  o.toggle("ana", paused);
  o.toggle("ben", R"("available_for_calls":false)");
  // Ben would do if his pool were relaxed, but it is not the first.
  EXPECT_EQ(next(), "assigned eva: relaxed, r1");
}

TEST_F(R11Chain, ThenTheDefaultOwner) {
  o.toggle("ana", paused);
  o.toggle("ben", R"("available_for_calls":false)");
  o.toggle("eva", paused);
  EXPECT_EQ(next(), "assigned dan: default_owner");
  o.agent("dan", R"("daily_cap":0)");
  o.toggle("dan", paused); // must only be active
  EXPECT_EQ(next(), "assigned dan: default_owner");
}

TEST_F(R11Chain, ThenTheAccountOwner) {
  o.toggle("ana", paused);
  o.toggle("ben", paused);
  o.toggle("eva", paused);
  o.agent("dan", inactive);
  o.toggle("olivia", paused);
  EXPECT_EQ(next(), "assigned olivia: account_owner");
}

TEST_F(R11Chain, ThenNobody) {
  pause_all(o);
  o.toggle("eva", paused);
  o.agent("dan", inactive);
  o.agent("olivia", inactive);
  EXPECT_EQ(next(), "unassigned: nobody_eligible");
}

TEST_F(R11Chain, NoRuleGoesStraightToTheDefaultOwner) {
  EXPECT_THAT(told(o.lead("x", R"("source":"web")")),
              Contains("assigned dan: default_owner"));
  o.agent("dan", inactive);
  o.agent("olivia", inactive);
  EXPECT_THAT(told(o.lead("y", R"("source":"web")")),
              ElementsAre("unassigned: no_rule"));
}

TEST(R11Waiting, ATeamWithoutDocument) {
  desk d;
  auto r = d.take(topic::leads, "lead.received", "zeta", R"({"lead_id":"l"})",
                  at_ms(1'772'463'600'000));
  EXPECT_THAT(told(r), ElementsAre("unassigned: unknown_team"));
}

/// Two leads wait: nobody is active.
struct R11TwoLeadsWait : testing::Test {
  R11TwoLeadsWait() {
    for (const auto* id : {"ana", "ben", "olivia"})
      o.agent(id, inactive);
    o.lead("z");
    o.lead("a");
  }
  office o;
};

TEST_F(R11TwoLeadsWait, TheOldestFirstAtARosterEvent) {
  EXPECT_THAT(told(o.agent("ana", active)),
              ElementsAre("assigned ana: rotation", "stage working",
                          "tell ana: new_lead", "assigned ana: rotation",
                          "stage working", "tell ana: new_lead"));
  EXPECT_EQ(o.team().rotation_of("p").turns, 2U);
  EXPECT_EQ(o.lead_now("z").epoch, 1U);
}

TEST_F(R11TwoLeadsWait, ATryThatFailsSaysNothing) {
  EXPECT_THAT(o.agent("ben", inactive).outputs, IsEmpty());
  auto retried = o.wait(seconds{60});
  EXPECT_EQ(retried.steps, 1U);
  EXPECT_THAT(retried.outputs, IsEmpty());
}

TEST_F(R11TwoLeadsWait, EverySixtySecondsFromTheFirstOn) {
  auto began = o.now;
  EXPECT_EQ(o.part().first_due(), began + seconds{60});
  o.now += seconds{30};
  o.lead("b"); // does not move the minute
  EXPECT_EQ(o.part().first_due(), began + seconds{60});
  o.wait(seconds{30});
  EXPECT_EQ(o.part().first_due(), began + seconds{120});
}

TEST_F(R11TwoLeadsWait, NobodyWaitsAnyMoreNoTimer) {
  o.agent("ana", active);
  EXPECT_EQ(o.part().first_due(), std::nullopt);
}

TEST_F(R11TwoLeadsWait, AClosedLeadWaitsNoLonger) {
  o.close("z");
  o.agent("ana", active);
  EXPECT_EQ(o.owner("z"), "");
  EXPECT_EQ(o.owner("a"), "ana");
}

TEST(R11Waiting, ARetryDoesNotHearTheAssignedAgent) {
  office o{R"("routing_rules":[])"};
  o.agent("olivia", inactive);
  o.agent("ben", inactive);
  o.lead("l", R"("assigned_agent":"ben")");
  o.agent("ben", active);
  EXPECT_EQ(o.owner(), "");
}

TEST(R11Waiting, ARetryGoesByPhoneAndEmailFirst) {
  office o{R"("routing_rules":[])"};
  o.agent("olivia", inactive);
  o.lead("l", kims_phone);
  o.lead("m", kims_phone);
  o.assign("m", R"("agent_id":"ben")");
  EXPECT_THAT(
    told(o.configure(one_pool)),
    ElementsAre("assigned ben: existing_owner", "tell ben: re_inquiry"));
}

TEST(R11Waiting, OutreachStaysHeldUntilThereIsAnOwner) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l");
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("held o1"));
  EXPECT_THAT(told(o.agent("ana", active)), Contains("released o1"));
}

// -- R16 ----------------------------------------------------------------------

TEST(R16Epoch, EveryChangeOfOwnerRaisesIt) {
  office o;
  o.lead("l");
  EXPECT_EQ(o.lead_now().epoch, 1U);
  o.assign("l", R"("agent_id":"ana")");
  EXPECT_EQ(o.lead_now().epoch, 1U);
  o.assign("l", R"("agent_id":"ben")");
  EXPECT_EQ(o.lead_now().epoch, 2U);
  o.assign("l", R"("agent_id":"ana")");
  EXPECT_EQ(o.lead_now().epoch, 3U);
}

TEST(R16Epoch, AReassignmentMovesEachOpenTaskThenTellsTheNewOwner) {
  office o;
  o.lead("l");
  o.tag("needs_follow_up", "c1");
  o.tag("needs_follow_up", "c2");
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"ben")")),
              ElementsAre("reassigned ben: manual", "task from ana to ben",
                          "task from ana to ben", "tell ben: reassigned"));
}

// -- R19 ----------------------------------------------------------------------

TEST(R19Why, ADecisionStandsDirectlyBeforeWhatItExplains) {
  office o;
  auto r = o.lead("l");
  ASSERT_GE(r.outputs.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<decision_recorded>(r.outputs[0].body));
  EXPECT_EQ(assigned(r).decision_id, r.outputs[0].id);
}

TEST(R19Why, TheLastPoolTriedWithEachReason) {
  office o{std::string{one_pool}};
  o.toggle("ana", paused);
  EXPECT_THAT(weighed(o.lead("l")), ElementsAre("ana paused", "ben"));
  EXPECT_THAT(weighed(o.assign("l", R"("pool_id":"p")")),
              ElementsAre("ana paused", "ben current_owner"));
}

TEST(R19Why, PassAndVAreThoseThatTheChoiceFound) {
  office o;
  o.lead("l");
  auto d = o.lead("m").all<decision_recorded>().at(0);
  EXPECT_EQ(d.v_before, 0);
  EXPECT_EQ(d.candidates.at(0).pass, 1);
  EXPECT_EQ(d.candidates.at(1).pass, 0);
  EXPECT_EQ(d.pass_after, 1);
  EXPECT_EQ(d.tie_break, std::nullopt);
  EXPECT_EQ(o.lead("n").all<decision_recorded>().at(0).tie_break,
            tie_break::least_recently_assigned);
}

TEST(R19Why, OneCandidateForTheDefaultAndTheDirectOwner) {
  office o;
  EXPECT_THAT(weighed(o.lead("l", R"("assigned_agent":"ben")")),
              ElementsAre("ben"));
  pause_all(o);
  EXPECT_THAT(weighed(o.lead("m")), ElementsAre("olivia"));
}

TEST(R19Why, TheVersionElseTheNumberOfDocuments) {
  office o;
  EXPECT_EQ(o.lead("l").all<decision_recorded>().at(0).config_version, 1);
  o.configure(one_pool);
  EXPECT_EQ(o.lead("m").all<decision_recorded>().at(0).config_version, 2);
  o.configure(std::string{one_pool} + R"(,"version":40)");
  EXPECT_EQ(o.lead("n").all<decision_recorded>().at(0).config_version, 40);
}

TEST(R19Why, AReInquiryThatOnlyTellsIsNoChoice) {
  office o;
  o.lead("l");
  EXPECT_EQ(o.lead("l").count<decision_recorded>(), 0U);
}

} // namespace
} // namespace fairlead::test
