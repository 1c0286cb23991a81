// R21, R50: the groups of a lead, and who stands in for its owner.

#include "actors/core/owner/group.hpp"
#include "actors/core/owner/stand_in.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* two_groups
  = R"("pools":[{"id":"p","members":[{"agent_id":"ana"},{"agent_id":"ben"},)"
    R"({"agent_id":"cal"}]},{"id":"q","members":[{"agent_id":"dan"}]}],)"
    R"("routing_rules":[)"
    R"({"id":"z","when":{"sources":["z"]},"assign":{"agent":"olivia"}},)"
    R"({"id":"r","assign":{"pool":"p"}},{"id":"s","assign":{"pool":"q"}}])";

struct R50StandIn : testing::Test {
  R50StandIn() : o{two_groups} {
    o.agent("cal");
    o.agent("dan");
  }
  /// Empty: nobody.
  std::string found(const char* owner = "ana", const char* source = nullptr) {
    lead_details lead;
    if (source != nullptr)
      lead.source = source;
    return stand_in_for(o.team(), lead, owner, o.now).value_or("");
  }
  void not_there(const char* id) {
    o.toggle(id, R"("available_for_calls":false)");
  }
  void asked(const char* id) {
    auto& c = o.team().agent_cell(id);
    o.team().change(cover_counted{o.team().counters().cover_last + 1});
    apply(c.state, cover_asked{o.team().counters().cover_last});
  }
  office o;
};

TEST_F(R50StandIn, IsTheFirstOfTheGroupWhoIsNotTheOwner) {
  EXPECT_EQ(found("ana"), "ben");
  EXPECT_EQ(found("ben"), "ana");
  EXPECT_EQ(found("eva"), "ana");
}

TEST_F(R50StandIn, IsTheLeastRecentlyAsked) {
  asked("ben");
  EXPECT_EQ(found(), "cal");
  asked("cal");
  EXPECT_EQ(found(), "ben");
  asked("ben");
  EXPECT_EQ(found(), "cal");
}

TEST_F(R50StandIn, MayBeRung) {
  not_there("ben");
  EXPECT_EQ(found(), "cal");
  o.toggle("cal", R"("away_until":"2026-03-09T00:00:00Z")");
  EXPECT_EQ(found(), "dan"); // of the next rule's group (R21)
  not_there("dan");
  EXPECT_EQ(found(), "");
}

TEST_F(R50StandIn, IsOfTheLeadsGroupByTheRulesOfNow) {
  EXPECT_EQ(found("ana", "z"), "olivia");
  EXPECT_EQ(found("olivia", "z"), "ana");
  o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"cal"}]}],)"
              R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])");
  EXPECT_EQ(found("olivia", "z"), "cal");
}

TEST_F(R50StandIn, WithoutAMatchingRuleIsAnybody) {
  o.configure(R"("pools":[])");
  EXPECT_EQ(found("ana"), "ben");
}

// -- the groups (R21) ---------------------------------------------------------

std::vector<std::string> rules_of(const std::vector<group_choice>& groups) {
  std::vector<std::string> ids;
  for (const auto& g : groups)
    ids.push_back(g.rule_id.value_or("none"));
  return ids;
}

TEST(R21Groups, AreThoseOfAllRulesThatMatchInTheirOrder) {
  office o{two_groups};
  lead_details lead;
  auto groups = groups_for(o.team(), lead, o.now);
  EXPECT_THAT(rules_of(groups), ElementsAre("r", "s"));
  EXPECT_THAT(members_of(o.team(), groups[0].group),
              ElementsAre("ana", "ben", "cal"));
  EXPECT_THAT(members_of(o.team(), groups[1].group), ElementsAre("dan"));
  lead.source = "z";
  groups = groups_for(o.team(), lead, o.now);
  EXPECT_THAT(rules_of(groups), ElementsAre("z", "r", "s"));
  EXPECT_THAT(members_of(o.team(), groups[0].group), ElementsAre("olivia"));
}

TEST(R21Groups, OfALeadThatNoRuleMatchesIsEverybody) {
  office o{R"("pools":[])"};
  auto groups = groups_for(o.team(), {}, o.now);
  EXPECT_THAT(rules_of(groups), ElementsAre("none"));
  EXPECT_THAT(members_of(o.team(), groups[0].group),
              ElementsAre("ana", "ben", "olivia"));
}

/// The rules stay for a transfer, the members are those of now.
TEST(R21Groups, OfAPoolThatIsGoneHaveNoMembers) {
  office o{two_groups};
  auto groups = groups_for(o.team(), {}, o.now);
  o.configure(R"("pools":[])");
  EXPECT_THAT(members_of(o.team(), groups[0].group), IsEmpty());
}

} // namespace
} // namespace fairlead::test
