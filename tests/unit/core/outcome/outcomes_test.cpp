// R39, R40, R42: what an outcome leads to.

#include "tests/unit/core/outcome/anas_lead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// -- R39 ----------------------------------------------------------------------

struct default_case {
  const char* tag;
  lines came_of_it;
};

void PrintTo(const default_case& c, std::ostream* os) {
  *os << c.tag;
}

struct R39Default : testing::TestWithParam<default_case> {};

TEST_P(R39Default, Is) {
  anas_lead o;
  EXPECT_EQ(
    told(o.tag(GetParam().tag, "c", R"("until":"2026-03-09T09:00:00Z")")),
    GetParam().came_of_it);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R39Default,
  testing::ValuesIn(std::vector<default_case>{
    {"opt_out", {"cadence cancelled: opt_out"}},
    {"not_interested", {"cadence cancelled: not_interested"}},
    {"bad_number", {"cadence cancelled: bad_number"}},
    {"needs_follow_up",
     {"cadence paused until 2026-03-09T09:00:00Z", "task follow_up for ana",
      "tell ana: outcome"}},
    {"contact_later", {"cadence paused until 2026-03-09T09:00:00Z"}},
    {"unqualified", {}},
  }),
  [](const testing::TestParamInfo<default_case>& row) {
    return std::string{row.param.tag};
  });

TEST(R39Default, OfASuccess) {
  anas_lead o;
  EXPECT_THAT(behind_the_first(o.win()),
              ElementsAre("cadence cancelled: successful_transfer",
                          "tell ana: transfer_answered",
                          "tell olivia: transfer_answered"));
}

TEST(R39Default, OfAMiss) {
  anas_lead o;
  EXPECT_THAT(told(o.miss()),
              ElementsAre("missed: busy", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST(R39Actions, AListReplacesTheDefaultsOfItsOutcomeOnly) {
  anas_lead o{with_outcomes(R"("needs_follow_up":[{"do":"cancel_cadence"}])")};
  EXPECT_THAT(told(o.tag("needs_follow_up", "c1")),
              ElementsAre("cadence cancelled: needs_follow_up"));
  EXPECT_THAT(told(o.tag("bad_number", "c2")),
              ElementsAre("cadence cancelled: bad_number"));
}

TEST(R39Actions, AnEmptyListDoesNothing) {
  anas_lead o{with_outcomes(R"("opt_out":[],"hot":[])")};
  EXPECT_THAT(told(o.tag("hot", "c1")), IsEmpty());
  EXPECT_THAT(told(o.tag("opt_out", "c2")), IsEmpty());
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("refused o1: opted_out"));
}

TEST(R39Actions, RunInTheirOrderAndRolesAreThoseAfterTheAssignment) {
  anas_lead o{with_outcomes(
    R"("hot":[{"do":"notify","to":["owner"]},)"
    R"({"do":"create_task","kind":"visit"},{"do":"pause_cadence"},)"
    R"({"do":"stage","to":"hot"},{"do":"assign","agent":"ben"}])")};
  EXPECT_THAT(told(o.tag("hot")),
              ElementsAre("reassigned ben: outcome", "tell ben: reassigned",
                          "stage hot", "cadence paused", "task visit for ben",
                          "tell ben: outcome"));
}

TEST(R39Actions, TheRestOfThePersonBelongsToTheAssignment) {
  anas_lead o{with_outcomes(
    R"("hot":[{"do":"stage","to":"hot"},{"do":"assign","agent":"ben"}])")};
  o.lead("l", R"("contact":{"email":"kim@example.org"})");
  o.lead("m", R"("contact":{"email":"kim@example.org"})");
  EXPECT_THAT(told(o.tag("hot")),
              ElementsAre("reassigned ben: outcome", "tell ben: reassigned",
                          "reassigned ben: outcome with l", "stage hot"));
}

TEST(R39Actions, TheCadenceIsCancelledOncePerCall) {
  anas_lead o;
  o.win();
  EXPECT_THAT(told(o.tag("opt_out")), IsEmpty());
  EXPECT_THAT(told(o.tag("opt_out", "another")),
              ElementsAre("cadence cancelled: opt_out"));
}

// -- R40 ----------------------------------------------------------------------

constexpr const char* all_roles
  = R"("hot":[{"do":"notify","to":["owner","account_owner","answered_by",)"
    R"({"agent":"ana"},{"agent":"eva"},{"agent":"ben"},{"agent":"ben"}]}])";

TEST(R40Recipients, OneMessageAPersonHoweverManyRoles) {
  anas_lead o{with_outcomes(all_roles)};
  // Answered by nobody; Eva is unknown.
  EXPECT_THAT(told(o.tag("hot")),
              ElementsAre("tell ana: outcome", "tell olivia: outcome",
                          "tell ben: outcome"));
}

TEST(R40Recipients, AnInactiveOneIsLeftOut) {
  anas_lead o{with_outcomes(all_roles)};
  o.agent("ben", inactive);
  o.remove("olivia");
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("tell ana: outcome"));
}

TEST(R40Recipients, AnsweredByIsWhoWon) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"notify","to":["answered_by"]}])")};
  o.transfer();
  o.ring("busy", "ana");
  o.ring("answered", "ben");
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("tell ben: outcome"));
}

TEST(R40Recipients, TextsNamePeople) {
  anas_lead o;
  o.agent("ana", R"("name":"Walt Beech")");
  o.lead("l", R"("contact":{"name":"Kim Roe"})");
  EXPECT_EQ(words_to(o.win(), "olivia", notification_kind::transfer_answered),
            "Call with Kim Roe was answered. The live call with Kim Roe was "
            "taken by Walt Beech.");
}

TEST(R40Recipients, OrTheNumberThatAnswered) {
  anas_lead o;
  o.transfer("c", R"("pattern":"assigned_agent",)"
                  R"("fallback_numbers":["+15125550199"])");
  o.ring("busy", "ana");
  auto r = o.ring("answered", "+15125550199");
  EXPECT_THAT(words_to(r, "ana", notification_kind::transfer_answered),
              testing::HasSubstr("taken by +15125550199."));
}

TEST(R40Recipients, TheOwnerWhoIsTheAccountOwner) {
  office o;
  o.lead("l", R"("assigned_agent":"olivia")");
  o.transfer();
  EXPECT_EQ(
    told(o.ring("answered", "olivia")),
    (lines{"connected owner: olivia", "cadence cancelled: successful_transfer",
           "tell olivia: transfer_answered"}));
}

TEST(R40Recipients, OnePerCall) {
  anas_lead o;
  EXPECT_THAT(told(o.tag("needs_follow_up", "c1")),
              Contains("tell ana: outcome"));
  EXPECT_THAT(told(o.tag("needs_follow_up", "c2")),
              Contains("tell ana: outcome"));
}

// -- R42 ----------------------------------------------------------------------

struct assign_case {
  const char* name;
  const char* to;
  const char* before; /// what Ben's document says
  lines came_of_it;
};

void PrintTo(const assign_case& c, std::ostream* os) {
  *os << c.to;
}

struct R42Assign : testing::TestWithParam<assign_case> {};

/// The owner is Ana; `q` is Ben's pool, `p` hers and his.
TEST_P(R42Assign, TheOwnerIsAna) {
  anas_lead o{R"("pools":[{"id":"p","members":[{"agent_id":"ben"},)"
              R"({"agent_id":"ana"}]},)"
              R"({"id":"q","members":[{"agent_id":"ben"}]}],"outcomes":)"
              R"({"hot":[{"do":"assign",)"
              + std::string{GetParam().to}
              + R"(},{"do":"stage","to":"hot"}]})"};
  o.agent("ben", GetParam().before);
  EXPECT_EQ(told(o.tag("hot")), GetParam().came_of_it);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R42Assign,
  testing::ValuesIn(std::vector<assign_case>{
    {"AnAgent",
     R"("agent":"ben")",
     "",
     {"reassigned ben: outcome", "tell ben: reassigned", "stage hot"}},
    {"APool",
     R"("pool":"q")",
     "",
     {"reassigned ben: outcome", "tell ben: reassigned", "stage hot"}},
    {"TheSameOwner", R"("agent":"ana")", "", {"stage hot"}},
    {"APoolOfTheOwner", R"("pool":"p")", "", {"stage hot"}},
    {"UnknownAgent",
     R"("agent":"eva")",
     "",
     {"assign failed: unknown_agent", "tell olivia: action_failed",
      "stage hot"}},
    {"InactiveAgent",
     R"("agent":"ben")",
     R"("active":false)",
     {"assign failed: inactive_agent", "tell olivia: action_failed",
      "stage hot"}},
    {"NobodyEligible",
     R"("pool":"q")",
     R"("daily_cap":0)",
     {"assign failed: nobody_eligible", "tell olivia: action_failed",
      "stage hot"}},
    {"ACappedAgentNamedOutright",
     R"("agent":"ben")",
     R"("daily_cap":0)",
     {"reassigned ben: outcome", "tell ben: reassigned", "stage hot"}},
  }),
  by_name{});

TEST(R42Assign, APausedAgentNamedOutrightGetsTheLead) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"assign","agent":"ben"}])")};
  o.toggle("ben", R"("accepting_leads":false)");
  EXPECT_THAT(told(o.tag("hot")), Contains("reassigned ben: outcome"));
}

TEST(R42Assign, AnAbsentAgentNamedOutrightGetsTheLead) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"assign","agent":"ben"}])")};
  o.toggle("ben", R"("away_until":"2026-03-09T09:00:00Z")");
  EXPECT_THAT(told(o.tag("hot")), Contains("reassigned ben: outcome"));
}

TEST(R42Assign, AnInactiveAgentIsNamed) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"assign","agent":"ben"}])")};
  o.agent("ben", R"("name":"Walt Beech","active":false)");
  EXPECT_THAT(
    words_to(o.tag("hot"), "olivia", notification_kind::action_failed),
    testing::HasSubstr("Walt Beech, who is not active"));
}

// -- R42: to whoever answered -------------------------------------------------

constexpr const char* to_the_answerer
  = R"("hot":[{"do":"assign","to":"answered_by"}],)"
    R"("successful_transfer":[{"do":"assign","to":"answered_by"}])";

TEST(R42AnsweredBy, IsWhoWon) {
  anas_lead o{with_outcomes(to_the_answerer)};
  o.transfer();
  o.ring("busy", "ana");
  EXPECT_THAT(behind_the_first(o.ring("answered", "ben")),
              ElementsAre("reassigned ben: outcome", "tell ben: reassigned"));
}

TEST(R42AnsweredBy, ANumberIsNobody) {
  anas_lead o{with_outcomes(to_the_answerer)};
  o.transfer("c", R"("pattern":"assigned_agent",)"
                  R"("fallback_numbers":["+15125550199"])");
  o.ring("busy", "ana");
  EXPECT_THAT(behind_the_first(o.ring("answered", "+15125550199")), IsEmpty());
}

TEST(R42AnsweredBy, NobodyAnswered) {
  anas_lead o{with_outcomes(to_the_answerer)};
  EXPECT_THAT(told(o.tag("hot")), IsEmpty());
}

TEST(R42AnsweredBy, WhoHasGoneDoesNotGetIt) {
  anas_lead o{with_outcomes(to_the_answerer)};
  o.configure(with_outcomes(R"("hot":[{"do":"assign","to":"answered_by"}])"));
  o.transfer();
  o.ring("busy", "ana");
  o.ring("answered", "ben");
  o.on_call("call.ended");
  o.agent("ben", inactive);
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("assign failed: inactive_agent",
                                              "tell olivia: action_failed"));
}

TEST(R42Assign, APoolUsesATurn) {
  anas_lead o{R"("pools":[{"id":"q","members":[{"agent_id":"ben"}]}],)"
              R"("outcomes":{"hot":[{"do":"assign","pool":"q"}]})"};
  auto a = o.tag("hot").all<lead_assigned>().at(0);
  EXPECT_EQ(a.pool_id, "q");
  EXPECT_EQ(a.turn, 1U);
}

} // namespace
} // namespace fairlead::test
