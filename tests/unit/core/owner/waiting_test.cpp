// R11: leads that wait, and the newcomer that finds them waiting.

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
using texts = std::vector<std::string>;

constexpr const char* inactive = R"("active":false)";
constexpr const char* kims_phone = R"("contact":{"phone":"512-555-2000"})";

/// Who was assigned to whom, in order: `older ana`.
texts given(const desk_result& r) {
  texts lines;
  for (const auto& x : r.outputs)
    if (const auto* a = std::get_if<lead_assigned>(&x.body))
      lines.push_back(x.subject + " " + a->agent.agent_id);
  return lines;
}

/// Nobody may get a lead until midnight, when Ana's cap starts anew.
struct R11Midnight : testing::Test {
  R11Midnight() {
    o.agent("olivia", inactive);
    o.agent("ben", inactive);
    o.agent("ana", R"("daily_cap":3)");
    for (const auto* id : {"x", "y", "z"})
      o.lead(id); // today's three
    o.now += seconds{30};
    o.lead("older");
    o.lead("younger");
    // The retries come at half past each minute.
    o.wait(std::chrono::hours{9} - seconds{30});
  }
  office o;
};

TEST_F(R11Midnight, WhoWaitsGoesFirstEachInFull) {
  auto r = o.lead("new");
  EXPECT_THAT(given(r), ElementsAre("older ana", "younger ana", "new ana"));
  EXPECT_THAT(told(r),
              ElementsAre("assigned ana: rotation", "stage working",
                          "tell ana: new_lead", "assigned ana: rotation",
                          "stage working", "tell ana: new_lead",
                          "assigned ana: rotation", "stage working",
                          "tell ana: new_lead"));
}

TEST_F(R11Midnight, ATransferIsANewcomerToo) {
  auto r = o.transfer("c", R"("lead_id":"new")");
  EXPECT_THAT(given(r), ElementsAre("older ana", "younger ana", "new ana"));
  EXPECT_EQ(told(r).back(), "ring owner: ana");
}

TEST_F(R11Midnight, OneWhoIsKnownOrNamesItsAgentPassesBy) {
  EXPECT_THAT(given(o.lead("new", R"("assigned_agent":"ana")")),
              ElementsAre("new ana"));
  EXPECT_EQ(o.owner("older"), "");
}

TEST_F(R11Midnight, OneWhoComesBackIsNoNewcomer) {
  EXPECT_THAT(told(o.lead("x")), ElementsAre("tell ana: re_inquiry"));
  EXPECT_EQ(o.owner("older"), "");
  // One that waits is tried at once, out of turn.
  EXPECT_THAT(given(o.lead("younger")), ElementsAre("younger ana"));
}

TEST_F(R11Midnight, TheLookChangesNothing) {
  o.agent("ana", inactive); // and nobody is found
  auto turns = o.team().rotation_of("p").turns;
  auto v = o.team().rotation_of("p").v;
  o.lead("new");
  EXPECT_EQ(o.team().rotation_of("p").turns, turns);
  EXPECT_EQ(o.team().rotation_of("p").v, v);
}

/// Ana is away until 15:01:05, Ben until 15:01:15. The others of their pools
/// are not known, so that not all members are absent.
TEST(R11Round, AtMostOnceInAMinuteOfTheClock) {
  office o{
    R"("pools":[{"id":"a","members":[{"agent_id":"ana"},{"agent_id":"x"}]},)"
    R"({"id":"b","members":[{"agent_id":"ben"},{"agent_id":"y"}]}],)"
    R"("routing_rules":[)"
    R"({"id":"ra","when":{"sources":["a"]},"assign":{"pool":"a"}},)"
    R"({"id":"rb","when":{"sources":["b"]},"assign":{"pool":"b"}}])"};
  o.agent("olivia", inactive);
  o.toggle("ana", R"("away_until":"2026-03-02T15:01:05Z")");
  o.toggle("ben", R"("away_until":"2026-03-02T15:01:15Z")");
  o.now += seconds{30}; // so the retries come at half past
  o.lead("older-a", R"("source":"a")");
  o.lead("older-b", R"("source":"b")");
  o.now += seconds{35};
  EXPECT_THAT(given(o.lead("new-a", R"("source":"a")")),
              ElementsAre("older-a ana", "new-a ana"));
  o.now += seconds{15};
  EXPECT_THAT(given(o.lead("new-b", R"("source":"b")")),
              ElementsAre("new-b ben"));
  EXPECT_EQ(o.owner("older-b"), "");
}

TEST(R11Round, InTheNextMinuteOnceMore) {
  office o;
  o.agent("olivia", inactive);
  o.agent("ben", inactive);
  o.configure(
    R"("pools":[{"id":"p","members":[{"agent_id":"ana"},{"agent_id":"x"}]}],)"
    R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])");
  for (const char* until : {"15:01:05", "15:02:05"}) {
    o.toggle("ana",
             R"("away_until":"2026-03-02T)" + std::string{until} + R"(Z")");
    o.now += seconds{30};
    o.lead(std::string{"older"} + until);
    o.now += seconds{35};
    EXPECT_EQ(given(o.lead(std::string{"new"} + until)).size(), 2U) << until;
  }
}

TEST(R11Round, MakesTheNewcomerKnown) {
  office o;
  o.agent("olivia", inactive);
  o.agent("ben", inactive);
  o.agent("ana", R"("daily_cap":1)");
  o.lead("x");
  o.now += seconds{30};
  o.lead("older", kims_phone);
  o.wait(std::chrono::hours{9} - seconds{30});
  EXPECT_THAT(told(o.lead("new", kims_phone)),
              ElementsAre("assigned ana: rotation", "stage working",
                          "tell ana: new_lead", "assigned ana: existing_owner",
                          "tell ana: re_inquiry"));
}

TEST(R11Round, OfMoreThanTwoHundredTheNewcomerWaitsBehind) {
  office o;
  o.agent("olivia", inactive);
  o.agent("ben", inactive);
  o.agent("ana", R"("daily_cap":1)");
  o.lead("x");
  o.now += seconds{30};
  for (int i = 0; i < 201; ++i)
    o.lead("l" + std::to_string(1000 + i));
  o.wait(std::chrono::hours{9} - seconds{30});
  EXPECT_THAT(given(o.lead("new")), ElementsAre("l1000 ana"));
  EXPECT_TRUE(o.lead_now("new").waiting());
  // What becomes of it is said when its turn comes, in the round's next step.
  EXPECT_THAT(told(o.wait(seconds{0})),
              ElementsAre("unassigned: nobody_eligible"));
  EXPECT_TRUE(o.lead_now("new").waiting());
}

TEST(R11Unconfigured, IsTriedAtRosterEventsOnly) {
  desk d;
  auto at = at_ms(1'772'463'600'000);
  d.take(topic::leads, "lead.received", "zeta", R"({"lead_id":"l"})", at);
  EXPECT_EQ(d.part().first_due(), std::nullopt);
  d.take(topic::roster, "agent.configured", "zeta", R"({"agent_id":"ana"})",
         at);
  auto configured
    = d.take(topic::roster, "team.configured", "zeta",
             R"({"team_id":"zeta","account_owner":"ben"})", at + seconds{10});
  EXPECT_THAT(told(configured), IsEmpty());
  EXPECT_EQ(d.part().first_due(), at + seconds{70});
  EXPECT_THAT(told(d.take(topic::roster, "agent.configured", "zeta",
                          R"({"agent_id":"ben"})", at + seconds{20})),
              Contains("assigned ben: default_owner"));
}

} // namespace
} // namespace fairlead::test
