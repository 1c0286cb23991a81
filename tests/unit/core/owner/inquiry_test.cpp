// R12 to R14: people who come back, owners given by name or by hand, leads that
// are closed.

#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* paused = R"("accepting_leads":false)";
constexpr const char* inactive = R"("active":false)";
constexpr const char* active = R"("active":true)";
constexpr const char* kim
  = R"("contact":{"phone":"+1 512 555 0170","email":"Kim@Example.com"})";
constexpr const char* kims_phone = R"("contact":{"phone":"(512) 555-0170"})";
constexpr const char* kims_email = R"("contact":{"email":" kim@example.COM "})";

std::vector<std::string> warnings(const desk_result& r) {
  return assigned(r).warnings;
}

// -- R12 ----------------------------------------------------------------------

TEST(R12Returning, AKnownLeadWithAnActiveOwnerIsOnlyTold) {
  office o;
  o.lead("l", R"("source":"zillow","city":"Austin")");
  o.toggle("ana", paused);
  EXPECT_THAT(told(o.lead("l", R"("city":"Dallas")")),
              ElementsAre("tell ana: re_inquiry"));
  EXPECT_EQ(o.lead_now().details.source, "zillow");
  EXPECT_EQ(o.lead_now().details.city, "Dallas");
  EXPECT_EQ(o.lead_now().epoch, 1U);
}

TEST(R12Returning, AClosedLeadIsOpenAgain) {
  office o;
  o.lead("l");
  o.close("l");
  EXPECT_THAT(told(o.lead("l")), ElementsAre("tell ana: re_inquiry"));
  EXPECT_FALSE(o.lead_now().closed);
}

struct R12ByPerson : testing::TestWithParam<const char*> {};

TEST_P(R12ByPerson, ANewLeadOfAKnownPersonStaysWithTheOwner) {
  office o;
  o.lead("l", kim); // Ana's
  o.outreach("o1", "m");
  auto r = o.lead("m", GetParam());
  EXPECT_THAT(told(r), ElementsAre("assigned ana: existing_owner",
                                   "tell ana: re_inquiry", "released o1"));
  EXPECT_EQ(assigned(r).turn, std::nullopt);
}

TEST_P(R12ByPerson, AClosedLeadLeadsToItsOwnerToo) {
  office o;
  o.lead("l", kim);
  o.close("l");
  o.toggle("ana", paused);
  EXPECT_EQ(assigned(o.lead("m", GetParam())).reason,
            assign_reason::existing_owner);
}

INSTANTIATE_TEST_SUITE_P(Table, R12ByPerson,
                         testing::Values(kims_phone, kims_email, kim));

TEST(R12Returning, OfSeveralLeadsTheOneGivenItsOwnerLast) {
  office o;
  o.lead("l", R"("assigned_agent":"ana",)" + std::string{kims_phone});
  o.lead("m", kims_phone); // Ana's as well
  o.close("l");            // so it does not go along
  o.assign("m", R"("agent_id":"ben")");
  EXPECT_EQ(assigned(o.lead("n", kims_phone)).agent.agent_id, "ben");
  o.lead("l", kims_phone); // Ana's, received again
  EXPECT_EQ(assigned(o.lead("k", kims_phone)).agent.agent_id, "ben");
  o.agent("ben", inactive);
  EXPECT_EQ(assigned(o.lead("j", kims_phone)).agent.agent_id, "ana");
}

TEST(R12Returning, ThePhoneDecidesAndTheConflictIsTold) {
  office o;
  o.lead("by-phone", kims_phone); // Ana's
  o.lead("by-email", kims_email); // Ben's
  EXPECT_THAT(told(o.lead("l", kim)),
              ElementsAre("assigned ana: existing_owner", "conflict ana, ben",
                          "tell ana: re_inquiry"));
}

TEST(R12Returning, AnInactivePhoneOwnerLeavesItToTheEmail) {
  office o;
  o.lead("by-phone", kims_phone); // Ana's
  o.lead("by-email", kims_email); // Ben's
  o.agent("ana", inactive);
  EXPECT_THAT(
    told(o.lead("l", kim)),
    ElementsAre("assigned ben: existing_owner", "tell ben: re_inquiry"));
}

TEST(R12Returning, NowhereAnActiveOwnerByTheRules) {
  office o;
  o.lead("l", kim); // Ana's
  o.agent("ana", inactive);
  auto r = o.lead("m", kim);
  EXPECT_THAT(
    told(r), ElementsAre("assigned ben: owner_inactive", "tell ben: new_lead"));
  EXPECT_EQ(assigned(r).previous_owner, "ana");
}

TEST(R12Returning, AKnownLeadWithoutAnActiveOwnerIsReassigned) {
  office o;
  o.lead("l"); // Ana's
  o.agent("ana", inactive);
  auto r = o.lead("l");
  EXPECT_THAT(told(r), ElementsAre("reassigned ben: owner_inactive",
                                   "tell ben: reassigned"));
  EXPECT_EQ(assigned(r).previous_owner, "ana");
}

TEST(R12Returning, AKnownLeadWhosePhoneLeadsToAnOwner) {
  office o;
  o.lead("l", R"("assigned_agent":"olivia",)" + std::string{kims_phone});
  o.lead("m"); // Ana's
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.lead("m", kims_phone)),
              ElementsAre("reassigned olivia: existing_owner",
                          "tell olivia: reassigned"));
}

TEST(R12Returning, ALeadThatNeverHadAnOwnerIsKnownToNobodyButItself) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l", kim);
  // Its next inquiry tries in silence and fills in its data.
  EXPECT_THAT(told(o.lead("l", R"("source":"zillow")")), IsEmpty());
  EXPECT_EQ(o.lead_now().details.source, "zillow");
  EXPECT_THAT(told(o.lead("m", kim)),
              ElementsAre("unassigned: nobody_eligible"));
  o.agent("ana", active);
  // The first is new to us; the second then belongs to a known person.
  EXPECT_EQ(o.owner("l"), "ana");
  EXPECT_EQ(o.owner("m"), "ana");
  EXPECT_EQ(o.team().rotation_of("p").turns, 1U);
}

// -- R13 ----------------------------------------------------------------------

struct direct_case {
  const char* name;
  const char* agent;
  const char* ben; /// toggles or document of Ben before
  const char* first_line;
  std::vector<std::string> warnings;
};

void PrintTo(const direct_case& c, std::ostream* os) {
  *os << c.first_line;
}

struct R13Direct : testing::TestWithParam<direct_case> {};

TEST_P(R13Direct, ANewLeadNamesItsAgent) {
  office o;
  o.agent("ben", GetParam().ben);
  auto r = o.lead("l", R"("assigned_agent":")" + std::string{GetParam().agent}
                         + "\"");
  EXPECT_EQ(told(r).front(), GetParam().first_line);
  EXPECT_EQ(warnings(r), GetParam().warnings);
  EXPECT_THAT(told(r), Contains("stage working"));
}

INSTANTIATE_TEST_SUITE_P(
  Table, R13Direct,
  testing::ValuesIn(std::vector<direct_case>{
    {"Active", "ben", active, "assigned ben: direct", {}},
    {"Capped", "ben", R"("daily_cap":0)", "assigned ben: direct", {}},
    {"OffDuty",
     "ben",
     R"("schedule":{"weekly":[]})",
     "assigned ben: direct",
     {}},
    {"Inactive", "ben", inactive, "assigned ana: rotation", {"inactive_agent"}},
    {"Unknown", "eva", active, "assigned ana: rotation", {"unknown_agent"}},
  }),
  by_name{});

TEST(R13Direct, APausedAgentGetsIt) {
  office o;
  o.toggle("ben", paused);
  EXPECT_EQ(assigned(o.lead("l", R"("assigned_agent":"ben")")).reason,
            assign_reason::direct);
}

TEST(R13Direct, OnAReturningLeadR12GoesFirst) {
  office o;
  o.lead("l", kim); // Ana's
  auto other = o.lead("m", std::string{kim} + R"(,"assigned_agent":"olivia")");
  EXPECT_EQ(told(other).front(), "assigned ana: existing_owner");
  EXPECT_THAT(warnings(other), ElementsAre("already_owned"));
  auto same = o.lead("n", std::string{kim} + R"(,"assigned_agent":"ana")");
  EXPECT_THAT(warnings(same), IsEmpty());
}

TEST(R13Manual, ANamedAgentGetsItPausedOrNot) {
  office o;
  o.lead("l"); // Ana's
  o.toggle("ben", paused);
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"ben")")),
              ElementsAre("reassigned ben: manual", "tell ben: reassigned"));
}

struct manual_case {
  const char* name;
  const char* fields;
  std::vector<std::string> lines;
};

void PrintTo(const manual_case& c, std::ostream* os) {
  *os << c.fields;
}

struct R13Manual : testing::TestWithParam<manual_case> {};

TEST_P(R13Manual, TheOwnerIsAna) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
           R"({"agent_id":"ben"}]},{"id":"only-ana","members":)"
           R"([{"agent_id":"ana"}]},{"id":"nobody","members":[]}],)"
           R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])"};
  o.agent("dan", inactive);
  o.lead("l");
  EXPECT_EQ(told(o.assign("l", GetParam().fields)), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R13Manual,
  testing::ValuesIn(std::vector<manual_case>{
    {"PresentOwnerNothingHappens", R"("agent_id":"ana")", {}},
    {"UnknownAgent", R"("agent_id":"eva")", {"assign failed: unknown_agent"}},
    {"InactiveAgent", R"("agent_id":"dan")", {"assign failed: inactive_agent"}},
    {"UnknownPool", R"("pool_id":"x")", {"assign failed: unknown_pool"}},
    {"AnotherEpoch",
     R"("agent_id":"ben","if_owner_epoch":2)",
     {"assign failed: stale"}},
    {"NeverOwned", R"("if_owner_epoch":0)", {"assign failed: stale"}},
    {"TheEpochIsLookedAtFirst",
     R"("agent_id":"eva","if_owner_epoch":2)",
     {"assign failed: stale"}},
    {"ThePresentOwnerWhateverTheEpoch",
     R"("agent_id":"ana","if_owner_epoch":2)",
     {}},
    {"ItsEpoch",
     R"("agent_id":"ben","if_owner_epoch":1)",
     {"reassigned ben: manual", "tell ben: reassigned"}},
    {"APoolLeavesOutTheOwner",
     R"("pool_id":"p")",
     {"reassigned ben: manual", "tell ben: reassigned"}},
    {"APoolOfTheOwnerAlone", R"("pool_id":"only-ana")", {}},
    {"AnEmptyPool", R"("pool_id":"nobody")", {}},
    {"TheRulesLeaveOutTheOwner",
     "",
     {"reassigned ben: manual", "tell ben: reassigned"}},
  }),
  by_name{});

TEST(R13Manual, TheWholeChainLeavesOutTheOwnerWhoKeepsTheLead) {
  office o;
  o.lead("l", R"("assigned_agent":"olivia")");
  o.toggle("ana", paused);
  o.toggle("ben", paused);
  // Relaxed finds nobody; the account owner is the present one.
  EXPECT_THAT(told(o.assign("l")), IsEmpty());
  EXPECT_EQ(o.owner(), "olivia");
}

TEST(R13Direct, ALeadThatNeverHadAnOwnerMayWishAgain) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l", R"("assigned_agent":"dan")");
  o.agent("dan");
  EXPECT_EQ(o.owner(), "") << "a retry does not hear it";
  auto r = o.lead("l", R"("assigned_agent":"dan")");
  EXPECT_THAT(told(r).front(), "assigned dan: direct");
  EXPECT_THAT(warnings(r), ElementsAre("unknown_agent"));
}

TEST(R13Manual, AStaleRequestNamesTheAgentThatWasAskedFor) {
  office o;
  o.lead("l");
  auto failed = o.assign("l", R"("agent_id":"ben","if_owner_epoch":7)")
                  .all<action_failed>()
                  .at(0);
  EXPECT_EQ(failed.agent_id, "ben");
  EXPECT_EQ(o.lead_now().epoch, 1U);
}

TEST(R13Manual, BothGivenIsAFault) {
  office o;
  o.lead("l");
  EXPECT_THAT(o.assign("l", R"("agent_id":"ben","pool_id":"p")").dead,
              ElementsAre("invalid_value"));
}

TEST(R13Manual, AnUnknownLeadIsADeadLetter) {
  office o;
  EXPECT_THAT(o.assign("l").dead, ElementsAre("unknown_lead"));
}

TEST(R13Manual, AFirstOwnerComesWithAllOfR3) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l");
  o.outreach("o1");
  o.configure(R"("routing_rules":[])");
  // Dan comes, and no rule leads to him.
  o.agent("dan");
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"dan")")),
              ElementsAre("assigned dan: manual", "stage working",
                          "tell dan: new_lead", "released o1"));
}

// -- R14 ----------------------------------------------------------------------

TEST(R14Closing, OpenTasksAreCancelled) {
  office o;
  o.lead("l");
  o.tag("needs_follow_up", "c1");
  o.tag("needs_follow_up", "c2");
  EXPECT_THAT(told(o.close("l")), ElementsAre("task cancelled: lead_closed",
                                              "task cancelled: lead_closed"));
}

TEST(R14Closing, HeldOutreachIsRefused) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l");
  o.outreach("o1");
  EXPECT_THAT(told(o.close("l")), ElementsAre("refused o1: lead_closed"));
}

TEST(R14Closing, ATransferIsStillRouted) {
  office o;
  o.lead("l");
  o.close("l");
  EXPECT_THAT(told(o.transfer()), ElementsAre("ring owner: ana"));
}

TEST(R14Closing, ACompletedTaskIsNoLongerMoved) {
  office o;
  o.lead("l");
  auto made = o.tag("needs_follow_up");
  std::string task;
  for (const auto& x : made.outputs)
    if (std::holds_alternative<task_created>(x.body))
      task = x.id;
  auto done = R"({"lead_id":"l","task_id":")" + task + "\"}";
  EXPECT_TRUE(o.send(topic::leads, "task.completed", done).dead.empty());
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"ben")")),
              ElementsAre("reassigned ben: manual", "tell ben: reassigned"));
  EXPECT_THAT(o.send(topic::leads, "task.completed", done).dead,
              ElementsAre("unknown_task"));
}

TEST(R14Closing, AnUnknownLeadIsADeadLetter) {
  office o;
  EXPECT_THAT(o.close("l").dead, ElementsAre("unknown_lead"));
}

// -- R46: what a lead may lack ------------------------------------------------

TEST(R46Warnings, ABadFieldIsNamedAndTheLeadIsAssigned) {
  office o;
  auto r = o.lead("l", R"("contact":{"phone":"12"},"price":"much","tags":3)");
  EXPECT_THAT(warnings(r), ElementsAre("ignored:/contact/phone",
                                       "ignored:/tags", "ignored:/price"));
  EXPECT_THAT(o.lead_now().phones, IsEmpty());
}

} // namespace
} // namespace fairlead::test
