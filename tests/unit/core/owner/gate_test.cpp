// R18: outreach is held, released or refused.

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

constexpr const char* inactive = R"("active":false)";
constexpr const char* kim
  = R"("contact":{"phone":"+1 512 555 0170","email":"kim@example.com"})";
constexpr const char* kim_opts_in
  = R"("opt_in":true,)"
    R"("contact":{"phone":"+1 512 555 0170","email":"kim@example.com"})";

void nobody_there(office& o) {
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
}

// -- the states of a lead -----------------------------------------------------

struct gate_case {
  const char* name;
  void (*before)(office&);
  const char* verdict;
};

void PrintTo(const gate_case& c, std::ostream* os) {
  *os << c.verdict;
}

struct R18Gate : testing::TestWithParam<gate_case> {};

TEST_P(R18Gate, AnswersWithItsState) {
  office o;
  GetParam().before(o);
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre(GetParam().verdict));
}

INSTANTIATE_TEST_SUITE_P(
  Table, R18Gate,
  testing::ValuesIn(std::vector<gate_case>{
    {"UnknownLead", [](office&) {}, "held o1"},
    {"WithAnOwner", [](office& o) { o.lead("l"); }, "released o1"},
    {"WaitingForOne",
     [](office& o) {
       nobody_there(o);
       o.lead("l");
     },
     "held o1"},
    {"OptedOut",
     [](office& o) {
       o.lead("l");
       o.tag("opt_out");
     },
     "refused o1: opted_out"},
    {"ClosedWithAnOwner",
     [](office& o) {
       o.lead("l");
       o.close("l");
     },
     "released o1"},
    {"ClosedWithoutOne",
     [](office& o) {
       nobody_there(o);
       o.lead("l");
       o.close("l");
     },
     "refused o1: lead_closed"},
    {"ACancelledCadence",
     [](office& o) {
       o.lead("l");
       o.tag("not_interested");
     },
     "released o1"},
    {"APausedCadence",
     [](office& o) {
       o.lead("l");
       o.tag("contact_later");
     },
     "released o1"},
    {"KnownFromATransfer", [](office& o) { o.transfer(); }, "released o1"},
  }),
  by_name{});

TEST(R18Held, GoesOutInOrderAfterTheLeadIsAssigned) {
  office o;
  for (const auto* id : {"o2", "o1", "o3"})
    EXPECT_THAT(told(o.outreach(id)), ElementsAre(std::string{"held "} + id));
  EXPECT_THAT(told(o.lead("l")),
              ElementsAre("assigned ana: rotation", "stage working",
                          "tell ana: new_lead", "released o2", "released o1",
                          "released o3"));
  EXPECT_TRUE(o.lead_now().held.empty());
}

TEST(R18Held, ItsIdIsAKeyOfItsOwnWhileHeld) {
  office o;
  o.outreach("o1");
  EXPECT_THAT(o.outreach("o1").outputs, IsEmpty());
  EXPECT_EQ(o.part().stats().duplicates, 1U);
  o.lead("l");
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("released o1"));
}

TEST(R18Held, OutreachTouchesALeadWhoseOwnerHasGone) {
  office o;
  o.lead("l");
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.outreach("o1")),
              ElementsAre("reassigned ben: owner_inactive",
                          "tell ben: reassigned", "released o1"));
}

TEST(R18Held, OutreachThatIsRefusedDoesNot) {
  office o;
  o.lead("l");
  o.tag("opt_out");
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("refused o1: opted_out"));
  EXPECT_EQ(o.owner(), "ana");
}

// -- opting out and in --------------------------------------------------------

/// Kim has opted out as the lead `l`; who else is meant?
struct reach_case {
  const char* name;
  const char* contact;
  bool meant;
};

void PrintTo(const reach_case& c, std::ostream* os) {
  *os << c.contact;
}

struct R18Reach : testing::TestWithParam<reach_case> {
  std::string verdict_on(const std::string& lead) {
    return told(o.outreach("o", lead)).back();
  }
  void lead(const std::string& id) {
    o.lead(id, R"("contact":)" + std::string{GetParam().contact});
  }
  std::string refused_or_not
    = GetParam().meant ? "refused o: opted_out" : "released o";
  office o;
};

TEST_P(R18Reach, OfALeadThatIsThere) {
  o.lead("l", kim);
  lead("m");
  o.tag("opt_out");
  EXPECT_EQ(verdict_on("m"), refused_or_not);
}

TEST_P(R18Reach, OfALeadThatComesLater) {
  o.lead("l", kim);
  o.tag("opt_out");
  lead("m");
  EXPECT_EQ(verdict_on("m"), refused_or_not);
}

TEST_P(R18Reach, OfAnOptIn) {
  o.lead("l", kim);
  lead("m");
  o.tag("opt_out");
  o.lead("l", kim_opts_in);
  EXPECT_EQ(verdict_on("m"), "released o");
  EXPECT_EQ(verdict_on("l"), "released o");
}

INSTANTIATE_TEST_SUITE_P(
  Table, R18Reach,
  testing::ValuesIn(std::vector<reach_case>{
    {"SamePhone", R"({"phone":"512-555-0170"})", true},
    {"SameEmail", R"({"email":" KIM@example.com"})", true},
    {"OneOfThem", R"({"phone":"512-555-0171","email":"kim@example.com"})",
     true},
    {"AnotherPerson", R"({"phone":"512-555-0171","email":"roe@example.com"})",
     false},
    {"Nothing", "{}", false},
  }),
  by_name{});

TEST(R18OptOut, WhatIsHeldIsRefusedAtOnce) {
  office o;
  nobody_there(o);
  o.lead("l", kim);
  o.lead("b", R"("contact":{"phone":"512-555-0170"})");
  o.lead("a", R"("contact":{"email":"kim@example.com"})");
  o.lead("other");
  for (const auto* id : {"other", "b", "a", "l"})
    o.outreach(std::string{"of-"} + id, id);
  // The lead's own first, then the others by id.
  EXPECT_THAT(told(o.tag("opt_out")),
              ElementsAre("refused of-l: opted_out", "refused of-a: opted_out",
                          "refused of-b: opted_out",
                          "cadence cancelled: opt_out"));
}

TEST(R18OptOut, HeldForALeadThatArrivesOptedOut) {
  office o;
  o.lead("l", kim);
  o.tag("opt_out");
  EXPECT_THAT(told(o.outreach("o1", "m")), ElementsAre("held o1"));
  EXPECT_THAT(told(o.lead("m", kim)), Contains("refused o1: opted_out"));
}

TEST(R18OptOut, AnInquiryWithoutOptInDoesNotLiftIt) {
  office o;
  o.lead("l", kim);
  o.tag("opt_out");
  o.lead("l", kim);
  o.lead("l", std::string{kim} + R"(,"opt_in":false)");
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("refused o1: opted_out"));
}

TEST(R18OptOut, AnyLeadOfThePersonMayLiftIt) {
  office o;
  o.lead("l", kim);
  o.tag("opt_out");
  o.lead("m", kim_opts_in);
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("released o1"));
}

/// Kim has given two phones, the second one last.
struct R18AllThatIsKept : testing::Test {
  R18AllThatIsKept() {
    o.lead("l", R"("contact":{"phone":"512-555-0170"})");
    o.lead("l", R"("contact":{"phone":"512-555-0171"})");
  }
  office o;
};

TEST_F(R18AllThatIsKept, IsCoveredByAnOptOut) {
  o.tag("opt_out");
  o.lead("m", R"("contact":{"phone":"512-555-0170"})");
  EXPECT_THAT(told(o.outreach("o1", "m")),
              ElementsAre("refused o1: opted_out"));
}

TEST_F(R18AllThatIsKept, AndWhatIsGivenLater) {
  o.tag("opt_out");
  o.lead("m", R"("contact":{"phone":"512-555-0172"})");
  o.lead("l", R"("contact":{"phone":"512-555-0172"})");
  EXPECT_THAT(told(o.outreach("o1", "m")),
              ElementsAre("refused o1: opted_out"));
}

TEST_F(R18AllThatIsKept, ABlankUpdateLosesNothing) {
  o.tag("opt_out");
  o.lead("l", R"("contact":{"phone":"","email":null})");
  o.lead("m", R"("contact":{"phone":"512-555-0171"})");
  EXPECT_THAT(told(o.outreach("o1", "m")),
              ElementsAre("refused o1: opted_out"));
}

TEST_F(R18AllThatIsKept, AnOptInOpensTheLeadAndWhatItGives) {
  o.lead("first", R"("contact":{"phone":"512-555-0170"})");
  o.lead("second", R"("contact":{"phone":"512-555-0171"})");
  o.tag("opt_out");
  o.lead("l", R"("opt_in":true,"contact":{"phone":"512-555-0171"})");
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("released o1"));
  EXPECT_THAT(told(o.outreach("o2", "second")), ElementsAre("released o2"));
  EXPECT_THAT(told(o.outreach("o3", "first")),
              ElementsAre("refused o3: opted_out"));
}

TEST_F(R18AllThatIsKept, AnOptInWithoutAContactOpensThatLeadOnly) {
  o.lead("m", R"("contact":{"phone":"512-555-0171"})");
  o.tag("opt_out");
  o.lead("l", R"("opt_in":true)");
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("released o1"));
  EXPECT_THAT(told(o.outreach("o2", "m")),
              ElementsAre("refused o2: opted_out"));
  // Until one of its phones opts out anew.
  o.tag("opt_out", "another", R"("lead_id":"m")");
  EXPECT_THAT(told(o.outreach("o3")), ElementsAre("refused o3: opted_out"));
}

TEST(R18OptOut, APlaceholderDrawsNobodyIn) {
  office o;
  o.lead("l", R"("contact":{"phone":"555-555-5555"})");
  o.lead("m", R"("contact":{"phone":"555-555-5555"})");
  o.tag("opt_out");
  EXPECT_THAT(told(o.outreach("o1", "m")), ElementsAre("released o1"));
  EXPECT_THAT(told(o.outreach("o2")), ElementsAre("refused o2: opted_out"));
}

TEST(R18OptOut, OneThatWasTakenStaysWhateverMatchesNobodyLater) {
  office o;
  o.lead("l", kim);
  o.tag("opt_out");
  o.configure(std::string{one_pool}
              + R"(,"never_match":["+15125550170","kim@example.com"])");
  o.lead("m", kim);
  EXPECT_THAT(told(o.outreach("o1", "m")),
              ElementsAre("refused o1: opted_out"));
}

TEST(R18OptOut, OtherTagsAreNone) {
  office o;
  o.lead("l");
  o.tag("bad_number", "c1");
  o.tag("unqualified", "c2");
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("released o1"));
}

} // namespace
} // namespace fairlead::test
