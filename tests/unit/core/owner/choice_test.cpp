// R11, R19, R50: what a choice by the rules says of those it passed over, who
// is left in a relaxed one, and whether anybody would be found.

#include "actors/core/owner/choice.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* paused = R"("accepting_leads":false)";
constexpr const char* away = R"("away_until":"2026-03-09T00:00:00Z")";

/// `r: source missing`, and so on, of a result's first decision.
std::vector<std::string> passed_over(const desk_result& r) {
  std::vector<std::string> lines;
  auto decision = r.all<decision_recorded>().at(0);
  for (const auto& p : decision.passed_over)
    lines.push_back(p.rule_id + ": " + std::string{to_string(p.because)}
                    + (p.missing ? " missing" : ""));
  return lines;
}

// -- R19 ----------------------------------------------------------------------

constexpr const char* many_rules
  = R"("pools":[{"id":"p","members":[{"agent_id":"ana"}],)"
    R"("assign_requires":"available"},{"id":"q","members":[)"
    R"({"agent_id":"ben"}]}],"routing_rules":[)"
    R"({"id":"web","when":{"sources":["web"]},"assign":{"pool":"q"}},)"
    R"({"id":"fay","assign":{"agent":"fay"}},)"
    R"({"id":"r","assign":{"pool":"p"}},)"
    R"({"id":"lux","when":{"min_price":5},"assign":{"pool":"q"}},)"
    R"({"id":"s","assign":{"pool":"q"}}])";

TEST(R19PassedOver, AreTheRulesBeforeTheOneThatWasChosen) {
  office o{many_rules};
  EXPECT_THAT(passed_over(o.lead("l")),
              ElementsAre("web: source missing", "fay: nobody_eligible"));
  EXPECT_THAT(passed_over(o.lead("m", R"("source":"ads")")),
              ElementsAre("web: source", "fay: nobody_eligible"));
  EXPECT_THAT(passed_over(o.lead("n", R"("source":"web")")), IsEmpty());
}

TEST(R19PassedOver, OfARelaxedChoiceAreAllOthers) {
  office o{many_rules};
  o.toggle("ana", R"("available_for_calls":false)");
  o.toggle("ben", paused);
  auto r = o.lead("l", R"("price":7)");
  EXPECT_EQ(assigned(r).reason, assign_reason::relaxed);
  EXPECT_EQ(assigned(r).rule_id, "r");
  EXPECT_THAT(passed_over(r),
              ElementsAre("web: source missing", "fay: nobody_eligible",
                          "lux: nobody_eligible", "s: nobody_eligible"));
}

TEST(R19PassedOver, OfADefaultOwnerAreAll) {
  office o{many_rules};
  o.toggle("ana", paused);
  o.toggle("ben", paused);
  auto r = o.lead("l");
  EXPECT_EQ(assigned(r).reason, assign_reason::default_owner);
  EXPECT_EQ(assigned(r).rule_id, std::nullopt);
  EXPECT_THAT(passed_over(r),
              ElementsAre("web: source missing", "fay: nobody_eligible",
                          "r: nobody_eligible", "lux: price missing",
                          "s: nobody_eligible"));
}

TEST(R19PassedOver, OfNobodyAreAll) {
  office o{many_rules};
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, R"("active":false)");
  auto r = o.lead("l");
  auto decision = r.all<decision_recorded>().at(0);
  EXPECT_THAT(decision.chosen, IsEmpty());
  EXPECT_EQ(decision.rule_id, "r"); // the last pool that was asked
  EXPECT_THAT(passed_over(r), SizeIs(5));
}

TEST(R19PassedOver, IsTheRuleOfWhoIsLeftOut) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ben"}]}],)"
           R"("routing_rules":[{"id":"a","assign":{"agent":"ana"}},)"
           R"({"id":"r","assign":{"pool":"p"}}])"};
  EXPECT_EQ(assigned(o.lead("l")).rule_id, "a");
  auto r = o.assign("l");
  EXPECT_EQ(assigned(r).agent.agent_id, "ben");
  EXPECT_THAT(passed_over(r), ElementsAre("a: nobody_eligible"));
}

TEST(R19PassedOver, WhoIsNotChosenByRulesHasNone) {
  office o{many_rules};
  EXPECT_THAT(passed_over(o.lead("l", R"("assigned_agent":"ben")")), IsEmpty());
  EXPECT_THAT(passed_over(o.assign("l", R"("pool_id":"p")")), IsEmpty());
}

TEST(R19PassedOver, AreTheFirstTwentyAtMost) {
  for (int chosen : {19, 20, 21, 30}) {
    std::string rules;
    for (int i = 0; i < chosen; ++i)
      rules += R"({"id":"n)" + std::to_string(i)
               + R"(","when":{"sources":["x"]},"assign":{"agent":"ben"}},)";
    office o{R"("routing_rules":[)" + rules
             + R"({"id":"r","assign":{"agent":"ana"}}])"};
    EXPECT_THAT(passed_over(o.lead("l")),
                SizeIs(static_cast<std::size_t>(std::min(chosen, 20))));
  }
}

/// The rule that a relaxed choice comes back to is not among the twenty.
TEST(R19PassedOver, AreTheFirstTwentyOfTheOthers) {
  std::string rules = R"({"id":"r","assign":{"pool":"p"}})";
  for (int i = 0; i < 25; ++i)
    rules += R"(,{"id":"n)" + std::to_string(i)
             + R"(","when":{"sources":["x"]},"assign":{"agent":"ben"}})";
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ana"}],)"
           R"("assign_requires":"available"}],"routing_rules":[)"
           + rules + "]"};
  o.toggle("ana", R"("available_for_calls":false)");
  auto lines = passed_over(o.lead("l"));
  ASSERT_THAT(lines, SizeIs(20));
  EXPECT_EQ(lines.front(), "n0: source missing");
  EXPECT_EQ(lines.back(), "n19: source missing");
}

// -- R50 in R11's relaxed choice ----------------------------------------------

struct relaxed_case {
  const char* name;
  std::vector<const char*> away; /// of Ana and Ben, who are off duty
  const char* ben;               /// more about Ben
  std::vector<std::string> weighed;
  const char* owner;
};

void PrintTo(const relaxed_case& c, std::ostream* os) {
  *os << c.name;
}

struct R50Relaxed : testing::TestWithParam<relaxed_case> {};

TEST_P(R50Relaxed, LeavesTheAbsentOutUnlessAllAre) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
           R"({"agent_id":"ben"}],"assign_requires":"schedule"}],)"
           R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])"};
  constexpr const char* tuesdays
    = R"("schedule":{"weekly":[{"days":["tue"],"from":"00:00","to":"00:00"}]})";
  o.agent("ana", tuesdays);
  o.agent("ben", tuesdays + std::string{GetParam().ben});
  for (const auto* id : GetParam().away)
    o.toggle(id, away);
  EXPECT_EQ(rules_find_somebody(o.team(), {}, o.now),
            std::string{GetParam().owner} != "olivia");
  auto r = o.lead("l");
  EXPECT_EQ(weighed(r), GetParam().weighed);
  EXPECT_EQ(o.owner(), GetParam().owner);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R50Relaxed,
  testing::ValuesIn(std::vector<relaxed_case>{
    {"NobodyIsAway", {}, "", {"ana", "ben"}, "ana"},
    {"OneIsAway", {"ana"}, "", {"ana absent", "ben"}, "ben"},
    {"AllAreAway", {"ana", "ben"}, "", {"ana", "ben"}, "ana"},
    {"AllAreAwayAndOneHasGone",
     {"ana", "ben"},
     R"(,"active":false)",
     {"ana", "ben inactive"},
     "ana"},
    {"OneIsAwayAndTheOtherHasGone",
     {"ana"},
     R"(,"active":false)",
     {"olivia"},
     "olivia"},
  }),
  by_name{});

TEST(R50Named, WhoIsAbsentGetsNoLeadByARule) {
  office o{R"("routing_rules":[{"id":"r","assign":{"agent":"ana"}}])"};
  o.toggle("ana", away);
  auto r = o.lead("l");
  EXPECT_EQ(assigned(r).reason, assign_reason::default_owner);
  EXPECT_THAT(passed_over(r), ElementsAre("r: nobody_eligible"));
}

/// R50, R8: coming back is without debt, for the others and for the one.
TEST(R50Named, WhoComesBackTakesTheirTurnAndNoMore) {
  office o;
  o.toggle("ana", away);
  for (const auto* l : {"l1", "l2", "l3", "l4"})
    o.lead(l);
  o.toggle("ana", R"("away_until":"2026-03-02T00:00:00Z")");
  std::string order;
  for (const auto* l : {"l5", "l6", "l7", "l8"})
    order += assigned(o.lead(l)).agent.agent_id + " ";
  EXPECT_EQ(order, "ana ben ana ben ");
}

// -- R11: would the rules find somebody ---------------------------------------

struct look_case {
  const char* name;
  const char* rules;
  const char* ana;
  bool found;
};

void PrintTo(const look_case& c, std::ostream* os) {
  *os << c.name;
}

struct R11Look : testing::TestWithParam<look_case> {};

TEST_P(R11Look, WithoutTheDefaultOwners) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ana"}],)"
           R"("assign_requires":"available"},{"id":"empty","members":[]}],)"
           R"("routing_rules":[)"
           + std::string{GetParam().rules} + "]"};
  o.agent("ana", R"("active":true)");
  if (*GetParam().ana != '\0')
    o.toggle("ana", GetParam().ana);
  auto before = o.team().rotation_of("p");
  EXPECT_EQ(rules_find_somebody(o.team(), {}, o.now), GetParam().found);
  EXPECT_EQ(o.team().rotation_of("p"), before);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R11Look,
  testing::ValuesIn(std::vector<look_case>{
    {"NoRule", "", "", false},
    {"NoRuleMatches",
     R"({"id":"r","when":{"sources":["x"]},"assign":{"pool":"p"}})", "", false},
    {"APoolWithSomebody", R"({"id":"r","assign":{"pool":"p"}})", "", true},
    {"APoolWithNobody", R"({"id":"r","assign":{"pool":"empty"}})", "", false},
    {"APoolWhoseMemberIsPaused", R"({"id":"r","assign":{"pool":"p"}})", paused,
     false},
    {"APoolWithSomebodyRelaxed", R"({"id":"r","assign":{"pool":"p"}})",
     R"("available_for_calls":false)", true},
    {"OnlyTheFirstPoolIsRelaxed",
     R"({"id":"e","assign":{"pool":"empty"}},{"id":"r","assign":{"pool":"p"}})",
     R"("available_for_calls":false)", false},
    {"ANamedAgent", R"({"id":"r","assign":{"agent":"ana"}})", "", true},
    {"ANamedAgentWhoIsPaused", R"({"id":"r","assign":{"agent":"ana"}})", paused,
     false},
    {"TheNextRule",
     R"({"id":"e","assign":{"agent":"eva"}},{"id":"r","assign":{"pool":"p"}})",
     "", true},
  }),
  by_name{});

} // namespace
} // namespace fairlead::test
