// R54, R12: one person, one owner.

#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* inactive = R"("active":false)";
constexpr const char* kims_phone = R"("contact":{"phone":"512-555-2000"})";
constexpr const char* kims_email = R"("contact":{"email":"kim@example.com"})";
constexpr const char* both
  = R"("contact":{"phone":"512-555-2000","email":"kim@example.com"})";

std::string id_of(int i) {
  return "p" + std::to_string(1000 + i);
}

/// Kim came through three portals; Ana has all of them.
struct R54Person : testing::Test {
  R54Person() {
    o.lead("c", both);
    o.lead("a", kims_phone);
    o.lead("b", kims_email);
  }
  office o;
};

TEST_F(R54Person, GoesAlongLeadByLead) {
  auto r = o.assign("b", R"("agent_id":"ben")");
  EXPECT_THAT(told(r),
              ElementsAre("reassigned ben: manual", "tell ben: reassigned",
                          "reassigned ben: manual with b",
                          "reassigned ben: manual with b"));
  std::vector<std::string> order;
  for (const auto& x : r.outputs)
    if (std::holds_alternative<lead_assigned>(x.body))
      order.push_back(x.subject);
  EXPECT_THAT(order, ElementsAre("b", "a", "c"));
  auto told_of = r.all<notification_requested>().at(0);
  EXPECT_EQ(told_of.count, 3);
  EXPECT_THAT(told_of.text, HasSubstr("2 more leads"));
  for (const auto* id : {"a", "b", "c"}) {
    EXPECT_EQ(o.owner(id), "ben");
    EXPECT_EQ(o.lead_now(id).epoch, 2U);
  }
}

TEST_F(R54Person, SameAgentReasonDecisionButNoTurnOfTheirOwn) {
  auto given = o.assign("c", R"("pool_id":"p")").all<lead_assigned>();
  ASSERT_EQ(given.size(), 3U);
  EXPECT_EQ(given[0].turn, 2U);
  for (std::size_t i : {1U, 2U}) {
    EXPECT_EQ(given[i].decision_id, given[0].decision_id);
    EXPECT_EQ(given[i].agent.agent_id, given[0].agent.agent_id);
    EXPECT_EQ(given[i].previous_owner, "ana");
    EXPECT_EQ(given[i].turn, std::nullopt);
    EXPECT_EQ(given[i].pool_id, std::nullopt);
    EXPECT_EQ(given[i].with, "c");
  }
  EXPECT_EQ(o.team().agent("ben")->turns_today, 1);
}

TEST_F(R54Person, TasksMoveLeadByLead) {
  o.tag("needs_follow_up", "x", R"("lead_id":"a")");
  o.tag("needs_follow_up", "y", R"("lead_id":"b")");
  EXPECT_THAT(
    told(o.assign("b", R"("agent_id":"ben")")),
    ElementsAre("reassigned ben: manual", "task from ana to ben",
                "tell ben: reassigned", "reassigned ben: manual with b",
                "task from ana to ben", "reassigned ben: manual with b"));
}

TEST_F(R54Person, ClosedLeadsAndThoseOfOthersStay) {
  o.close("a");
  o.lead("other", R"("assigned_agent":"olivia")");
  o.lead("other", kims_email);
  EXPECT_THAT(told(o.assign("c", R"("agent_id":"ben")")),
              ElementsAre("reassigned ben: manual", "tell ben: reassigned",
                          "reassigned ben: manual with c"));
  EXPECT_EQ(o.owner("a"), "ana");
  EXPECT_EQ(o.owner("other"), "olivia");
}

TEST_F(R54Person, WhenAnAgentHasGoneTheyStayTogether) {
  o.agent("dan", "");
  o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
              R"({"agent_id":"ben"},{"agent_id":"dan"}]}],)"
              R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])");
  o.remove("ana", R"("reassign":true)");
  EXPECT_EQ(o.owner("a"), o.owner("b"));
  EXPECT_EQ(o.owner("b"), o.owner("c"));
  EXPECT_EQ(o.team().rotation_of("p").turns, 2U) << "one turn for all three";
}

TEST_F(R54Person, ByAnInquiry) {
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.lead("b")),
              ElementsAre("reassigned ben: owner_inactive",
                          "tell ben: reassigned",
                          "reassigned ben: owner_inactive with b",
                          "reassigned ben: owner_inactive with b"));
}

TEST_F(R54Person, ByOutreachWhichIsReleasedBehindThem) {
  o.agent("ana", inactive);
  EXPECT_THAT(
    told(o.outreach("o1", "b")),
    ElementsAre("reassigned ben: owner_inactive", "tell ben: reassigned",
                "reassigned ben: owner_inactive with b",
                "reassigned ben: owner_inactive with b", "released o1"));
}

TEST_F(R54Person, ByTheOutcomeOfACall) {
  o.configure(std::string{one_pool}
              + R"(,"outcomes":{"hot":[{"do":"assign","agent":"ben"},)"
                R"({"do":"stage","to":"hot"}]})");
  EXPECT_THAT(told(o.tag("hot", "x", R"("lead_id":"a")")),
              ElementsAre("reassigned ben: outcome", "tell ben: reassigned",
                          "reassigned ben: outcome with a",
                          "reassigned ben: outcome with a", "stage hot"));
}

TEST_F(R54Person, SharedOverOneAlreadyFound) {
  // `a` has the phone, `b` the e-mail; only `c` has both.
  EXPECT_EQ(o.assign("a", R"("agent_id":"ben")").all<lead_assigned>().size(),
            3U);
  o.lead("d", R"("assigned_agent":"ben","contact":{"phone":"512-555-2009"})");
  EXPECT_EQ(o.assign("d", R"("agent_id":"ana")").all<lead_assigned>().size(),
            1U);
}

TEST_F(R54Person, AFirstOwnerTakesNobodyAlong) {
  EXPECT_EQ(o.lead("n", kims_phone).all<lead_assigned>().size(), 1U);
}

TEST(R54Limits, FiftyGoAlongAndWhatStaysIsAConflict) {
  office o;
  for (int i = 0; i < 49; ++i)
    o.lead(id_of(i), kims_phone);
  EXPECT_EQ(
    o.assign(id_of(7), R"("agent_id":"ben")").all<lead_assigned>().size(), 49U);
  // Two groups of leads that only `bridge` holds together: more than fifty.
  for (int i = 49; i < 90; ++i)
    o.lead(id_of(i), R"("assigned_agent":"ben",)" + std::string{kims_email});
  o.lead("bridge", both);
  EXPECT_EQ(o.owner("bridge"), "ben");
  auto r = o.assign("bridge", R"("agent_id":"ana")");
  EXPECT_EQ(r.all<lead_assigned>().size(), 51U);
  auto c = r.all<lead_conflict>();
  ASSERT_EQ(c.size(), 1U);
  EXPECT_EQ(c[0].kept_owner, "ana");
  EXPECT_EQ(c[0].other_owner, "ben");
  EXPECT_EQ(o.owner(id_of(89)), "ben");
  EXPECT_EQ(o.owner(id_of(0)), "ana");
}

TEST(R54Limits, TheyCountTowardsTheTwoHundredOfMassWork) {
  office o;
  // Ten people of forty leads each, all of them Ana's.
  for (int i = 0; i < 400; ++i)
    o.lead(id_of(i), R"("assigned_agent":"ana","contact":{"phone":"512555)"
                       + std::to_string(2000 + i % 10) + R"("})");
  std::vector<std::size_t> leads_of_step;
  o.on_step = [&](step& s) {
    std::size_t n = 0;
    for (const auto& x : s.outputs())
      n += std::holds_alternative<lead_assigned>(x.body) ? 1U : 0U;
    leads_of_step.push_back(n);
  };
  o.remove("ana", R"("reassign":true)");
  o.wait(std::chrono::seconds{0});
  EXPECT_THAT(leads_of_step, ElementsAre(200U, 200U));
}

TEST(R12Returning, ByAllThatARetriedLeadKeepsTheLatestFirst) {
  office o{R"("routing_rules":[])"};
  o.agent("olivia", inactive);
  o.lead("old", R"("assigned_agent":"ana","contact":{"phone":"512-555-2001"})");
  o.lead("new", R"("assigned_agent":"ben","contact":{"phone":"512-555-2002"})");
  for (const auto* id : {"ana", "ben"})
    o.agent(id, inactive);
  o.lead("l", R"("contact":{"phone":"512-555-2001"})");
  o.lead("l", R"("contact":{"phone":"512-555-2002"})");
  EXPECT_EQ(o.owner(), "");
  o.agent("ana", R"("active":true)");
  EXPECT_EQ(o.owner(), "ana") << "an older phone leads to her";
}

} // namespace
} // namespace fairlead::test
