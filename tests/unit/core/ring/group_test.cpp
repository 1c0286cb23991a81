// R20, R21: in which order a group rings, and whose turn it is.

#include "tests/unit/core/ring/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// -- R20: group_size ----------------------------------------------------------

constexpr const char* in_twos
  = R"("transfer":{"pattern":"simultaneous_group","group_size":2})";

TEST(R20GroupSize, UntilAllHadTheirTurn) {
  calls o{in_twos};
  auto r = o.transfer();
  EXPECT_THAT(weighed(r), ElementsAre("ana", "ben", "cat"));
  EXPECT_EQ(r.all<decision_recorded>().at(0).chosen,
            (std::vector<std::string>{"ana", "ben"}));
  EXPECT_THAT(o.course(r), ElementsAre("ring group: ana ben", "ring group: cat",
                                       "missed: declined"));
}

TEST(R20GroupSize, TheLeastRecentlyRungFirst) {
  calls o{in_twos};
  o.transfer("c1"); // Ana and Ben
  o.on_call("caller.hung_up", "c1");
  // Cat never; of Ana and Ben, who rang together, the first of the group. The
  // legs stand in the group's order.
  EXPECT_THAT(told(o.transfer("c2")), ElementsAre("ring group: ana cat"));
  o.on_call("caller.hung_up", "c2");
  EXPECT_THAT(told(o.transfer("c3")), ElementsAre("ring group: ana ben"));
}

TEST(R20GroupSize, ByAnyLeg) {
  calls o{in_twos};
  o.transfer("c1", owner_only); // Ana as the owner
  o.on_call("caller.hung_up", "c1");
  // Ben by a fallback number that is his.
  o.transfer("c2", R"("pattern":"assigned_agent","lead_id":"m",)"
                   R"("fallback_numbers":["+15125550102"],)"
                   R"("contact":{"name":"Mo"})");
  o.course({}, "c2");
  EXPECT_THAT(
    o.course(o.transfer("c3"), "c3"),
    ElementsAre("ring group: ana cat", "ring group: ben", "missed: declined"));
}

TEST(R20GroupSize, WhoIsFreeByThenRingsToo) {
  calls o{in_twos};
  o.toggle("cat", off);
  o.transfer();
  o.toggle("cat", on);
  o.ring("declined", "ana");
  EXPECT_THAT(told(o.ring("declined", "ben")), ElementsAre("ring group: cat"));
}

TEST(R20GroupSize, AStepThatHasRungIsOverSilently) {
  calls o{in_twos};
  o.toggle("cat", off);
  auto r = o.transfer();
  o.ring("declined", "ana");
  r = o.ring("declined", "ben");
  // The fallback step's decision, and none of the group's.
  EXPECT_EQ(r.count<decision_recorded>(), 1U);
}

TEST(R20GroupSize, TheOwnerHasRungBefore) {
  calls o{R"("transfer":{"group_size":1})"};
  EXPECT_THAT(o.course(o.transfer()),
              ElementsAre("ring owner: ana", "ring group: ben",
                          "ring group: cat", "missed: declined"));
}

TEST(R20GroupSize, MoreThanThereAreIsAllAtOnce) {
  calls o{R"("transfer":{"pattern":"simultaneous_group","group_size":50})"};
  EXPECT_THAT(told(o.transfer()), ElementsAre("ring group: ana ben cat"));
}

// -- R21: the next rule's group -----------------------------------------------

constexpr const char* three_rules
  = R"("pools":[{"id":"p","members":[{"agent_id":"ben"}]},)"
    R"({"id":"q","members":[{"agent_id":"cat"}]}],)"
    R"("routing_rules":[{"id":"r1","assign":{"pool":"p"}},)"
    R"({"id":"r2","when":{"sources":["z"]},"assign":{"agent":"olivia"}},)"
    R"({"id":"r3","assign":{"pool":"q"}}])";

struct next_group_case {
  const char* name;
  std::vector<const char*> off; /// cannot be rung
  std::vector<std::string> told;
  const char* rule; /// of the decision
};

void PrintTo(const next_group_case& c, std::ostream* os) {
  *os << c.name;
}

struct R21NextGroup : testing::TestWithParam<next_group_case> {};

TEST_P(R21NextGroup, WhereNobodyMayBeRung) {
  office o{three_rules};
  o.agent("cat");
  o.lead("l");
  for (const auto* id : GetParam().off)
    o.toggle(id, off);
  auto r = o.transfer("c", all_at_once);
  auto lines = told(r);
  lines.resize(1);
  EXPECT_EQ(lines, GetParam().told);
  EXPECT_EQ(r.all<decision_recorded>().at(0).rule_id, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R21NextGroup,
  testing::ValuesIn(std::vector<next_group_case>{
    {"TheFirstThatMatches", {}, {"ring group: ben"}, "r1"},
    // r2 does not match the lead.
    {"TheNextThatMatches", {"ben"}, {"ring group: cat"}, "r3"},
    // One decision, with the last group.
    {"NoneIsLeft", {"ben", "cat"}, {"missed: no_target"}, "r3"},
  }),
  by_name{});

struct three_rules_office : office {
  three_rules_office() : office{three_rules} {
    agent("cat");
    lead("l", R"("source":"z")");
  }
};

TEST(R21NextGroupStays, OnlyAtTheFirstAttempt) {
  three_rules_office o;
  EXPECT_THAT(told(o.transfer("c", all_at_once)),
              ElementsAre("ring group: ben"));
  EXPECT_EQ(told(o.ring("busy", "ben")).front(), "missed: busy");
}

TEST(R21NextGroupStays, WhomTheOwnersStepRangIsNobody) {
  three_rules_office o;
  o.assign("l", R"("agent_id":"ben")");
  o.transfer();
  // The group of r1 has only the owner, who has rung.
  EXPECT_THAT(told(o.ring("busy", "ben")), ElementsAre("ring group: olivia"));
}

TEST(R21NextGroupStays, TheRulesAreThoseOfTheStart) {
  three_rules_office o;
  o.toggle("ben", off);
  o.assign("l", R"("agent_id":"olivia")");
  o.transfer();
  o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"ben"}]},)"
              R"({"id":"q","members":[{"agent_id":"cat"},)"
              R"({"agent_id":"ana"}]}])");
  // Olivia has rung; the pool has a member more.
  EXPECT_THAT(told(o.ring("busy", "olivia")),
              ElementsAre("ring group: cat ana"));
}

} // namespace
} // namespace fairlead::test
