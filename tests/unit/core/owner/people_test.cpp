// R12, R15, R46, R53: by what a lead is known, what is kept of it, and what is
// said of what could not be read.

#include "actors/core/state/reach.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using texts = std::vector<std::string>;

constexpr const char* inactive = R"("active":false)";
constexpr const char* active = R"("active":true)";

std::string phone(std::string_view text) {
  return R"("contact":{"phone":")" + std::string{text} + R"("})";
}
std::string email(std::string_view text) {
  return R"("contact":{"email":")" + std::string{text} + R"("})";
}
std::string contact(std::string_view fields) {
  return R"("contact":{)" + std::string{fields} + "}";
}

/// `+1512555` and four digits.
std::string number(int last) {
  return "+1512555" + std::to_string(last);
}

std::string text_of(const desk_result& r) {
  auto told = r.all<notification_requested>();
  return told.empty() ? std::string{} : told[0].text;
}

// -- what is kept -------------------------------------------------------------

TEST(R53Kept, TheLastFiveOfEachAndTheLatestLast) {
  office o;
  for (int i = 0; i < 7; ++i)
    o.lead("l", contact(R"("phone":")" + number(2000 + i) + R"(","email":"kim)"
                        + std::to_string(i) + R"(@example.com")"));
  EXPECT_THAT(o.lead_now().phones,
              ElementsAre(number(2002), number(2003), number(2004),
                          number(2005), number(2006)));
  EXPECT_THAT(o.lead_now().emails,
              ElementsAre("kim2@example.com", "kim3@example.com",
                          "kim4@example.com", "kim5@example.com",
                          "kim6@example.com"));
}

TEST(R53Kept, AllThatAreKeptLeadToTheLeadAndNoOther) {
  office o;
  for (int i = 0; i < 6; ++i)
    o.lead("l", phone(number(2000 + i)));
  EXPECT_EQ(assigned(o.lead("gone", phone(number(2000)))).reason,
            assign_reason::rotation);
  for (int i = 1; i < 6; ++i)
    EXPECT_EQ(
      assigned(o.lead("m" + std::to_string(i), phone(number(2000 + i)))).reason,
      assign_reason::existing_owner)
      << i;
}

TEST(R53Kept, OneGivenAgainIsTheLatest) {
  office o;
  for (int last : {2000, 2001, 2000})
    o.lead("l", phone(number(last)));
  EXPECT_THAT(o.lead_now().phones, ElementsAre(number(2001), number(2000)));
}

struct unreadable_case {
  const char* name;
  const char* contact;
};

void PrintTo(const unreadable_case& c, std::ostream* os) {
  *os << c.contact;
}

struct R53Unreadable : testing::TestWithParam<unreadable_case> {};

TEST_P(R53Unreadable, NeverReplacesWhatCouldBeRead) {
  office o;
  o.lead("l", contact(R"("phone":"512-555-2000","email":"kim@example.com")"));
  o.lead("l", contact(GetParam().contact));
  EXPECT_THAT(o.lead_now().phones, ElementsAre(number(2000)));
  EXPECT_THAT(o.lead_now().emails, ElementsAre("kim@example.com"));
}

INSTANTIATE_TEST_SUITE_P(Table, R53Unreadable,
                         testing::ValuesIn(std::vector<unreadable_case>{
                           {"Nothing", ""},
                           {"EmptyTexts", R"("phone":"","email":" ")"},
                           {"Words", R"("phone":"n/a","email":"none")"},
                           {"OtherTypes", R"("phone":[1],"email":{})"},
                           {"Nulls", R"("phone":null,"email":null)"},
                         }),
                         by_name{});

TEST(R53Placeholder, IsKeptButNotBeforeARealOne) {
  office o;
  o.lead("l", phone("512-555-2000"));
  o.lead("l", phone("555-555-5555"));
  EXPECT_EQ(*phone_of(o.team(), o.lead_now()), number(2000));
  o.lead("m", phone("555-555-5555"));
  EXPECT_EQ(*phone_of(o.team(), o.lead_now("m")), "+15555555555");
}

TEST(R53Placeholder, MatchesNobodyAndIsTheFirstToGo) {
  office o;
  o.lead("l", phone("555-555-5555"));
  auto r = o.lead("m", phone("555-555-5555"));
  EXPECT_EQ(assigned(r).reason, assign_reason::rotation);
  EXPECT_THAT(assigned(r).warnings, ElementsAre("unmatched:/contact/phone"));
  for (int i = 0; i < 5; ++i)
    o.lead("l", phone(number(2000 + i)));
  EXPECT_THAT(o.lead_now().phones, Not(Contains("+15555555555")));
}

struct R53NeverMatch : testing::Test {
  std::string never(const char* list) {
    return std::string{one_pool} + R"(,"never_match":)" + list;
  }
};

TEST_F(R53NeverMatch, TheTeamsOwnListMatchesNobody) {
  office o{never(R"(["(512) 555-3000","front.desk@acme.example",)"
                 R"("*@portal.example"])")};
  int n = 0;
  for (const char* c :
       {R"("phone":"+1 512 555 3000")", R"("email":"Front.Desk@acme.example")",
        R"("email":"x1@portal.example")"}) {
    o.lead("l" + std::to_string(++n), contact(c));
    auto second = assigned(o.lead("l" + std::to_string(++n), contact(c)));
    EXPECT_EQ(second.reason, assign_reason::rotation) << c;
    EXPECT_EQ(second.warnings.size(), 1U) << c;
  }
}

TEST_F(R53NeverMatch, AListThatComesLaterCountsFromThenOn) {
  office o;
  o.lead("l", phone("512-555-3000"));
  o.lead("l", phone("512-555-2000"));
  o.lead("l", phone("512-555-3000"));
  EXPECT_EQ(*phone_of(o.team(), o.lead_now()), number(3000));
  o.configure(never(R"(["512-555-3000"])"));
  EXPECT_EQ(*phone_of(o.team(), o.lead_now()), number(2000));
  EXPECT_EQ(assigned(o.lead("m", phone("512-555-3000"))).reason,
            assign_reason::rotation);
  o.configure(one_pool);
  EXPECT_EQ(assigned(o.lead("n", phone("512-555-3000"))).reason,
            assign_reason::existing_owner);
}

TEST(R53Forget, TakesOutWhatItNamesAndLeavesTheOptOut) {
  office o;
  o.lead("l", contact(R"("phone":"512-555-2000","email":"kim@example.com")"));
  o.tag("opt_out");
  o.lead("l", contact(R"("phone":"512-555-2001",)"
                      R"("forget":["512 555 2000","KIM@example.com"])"));
  EXPECT_THAT(o.lead_now().phones, ElementsAre(number(2001)));
  EXPECT_THAT(o.lead_now().emails, IsEmpty());
  EXPECT_EQ(assigned(o.lead("m", phone("512-555-2000"))).reason,
            assign_reason::rotation);
  EXPECT_THAT(told(o.outreach("o", "m")), ElementsAre("refused o: opted_out"));
}

TEST(R53Forget, IsWorkedOffBeforeThePhoneOfTheSameEvent) {
  office o;
  o.lead("l", contact(R"("phone":"512-555-2000","forget":["512-555-2000"])"));
  EXPECT_THAT(o.lead_now().phones, ElementsAre(number(2000)));
}

TEST(R53Extension, AnotherOneIsAnotherPhone) {
  office o;
  o.lead("l", phone("512-555-2000 ext. 7"));
  EXPECT_EQ(assigned(o.lead("m", phone("512-555-2000"))).reason,
            assign_reason::rotation);
  EXPECT_EQ(assigned(o.lead("n", phone("+15125552000 x7"))).reason,
            assign_reason::existing_owner);
}

// -- conflicts ----------------------------------------------------------------

/// Ana's lead `a`, Ben's `b`, and whatever else comes.
struct R12Conflict : testing::Test {
  R12Conflict() {
    o.lead("a", R"("assigned_agent":"ana",)" + phone("512-555-2000"));
    o.lead("b", R"("assigned_agent":"ben",)" + phone("512-555-2001"));
    o.lead("e", R"("assigned_agent":"olivia",)" + email("kim@example.com"));
  }
  office o;
};

TEST_F(R12Conflict, AKnownLeadIsGivenSomebodyElsesPhone) {
  auto r = o.lead("a", phone("512-555-2001"));
  EXPECT_THAT(told(r),
              ElementsAre("conflict ana, ben", "tell ana: re_inquiry"));
  auto c = r.all<lead_conflict>().at(0);
  EXPECT_EQ(c.phone, number(2001));
  EXPECT_EQ(c.email, std::nullopt);
  // It has it now, and nobody is told again.
  o.wait(std::chrono::minutes{15});
  EXPECT_THAT(told(o.lead("a", phone("512-555-2001"))),
              ElementsAre("tell ana: re_inquiry"));
}

TEST_F(R12Conflict, ThePhonesFirstAndOnlyOne) {
  EXPECT_THAT(
    told(o.lead(
      "a", contact(R"("phone":"512-555-2001","email":"kim@example.com")"))),
    ElementsAre("conflict ana, ben", "tell ana: re_inquiry"));
}

TEST_F(R12Conflict, TheEmailsWhereThePhoneIsNotNew) {
  auto r = o.lead(
    "a", contact(R"("phone":"512-555-2000","email":"kim@example.com")"));
  EXPECT_THAT(told(r),
              ElementsAre("conflict ana, olivia", "tell ana: re_inquiry"));
  EXPECT_EQ(r.all<lead_conflict>().at(0).phone, number(2000));
}

TEST_F(R12Conflict, NoneWhereTheOtherOwnerHasGone) {
  o.agent("ben", inactive);
  EXPECT_THAT(told(o.lead("a", phone("512-555-2001"))),
              ElementsAre("tell ana: re_inquiry"));
}

// -- R40 ----------------------------------------------------------------------

TEST(R40ReInquiry, OnlyIfTheLastOneIsFifteenMinutesOld) {
  office o;
  o.lead("l");
  EXPECT_THAT(told(o.lead("l")), ElementsAre("tell ana: re_inquiry"));
  o.wait(std::chrono::minutes{15} - std::chrono::milliseconds{1});
  EXPECT_THAT(told(o.lead("l")), IsEmpty());
  o.wait(std::chrono::milliseconds{1});
  EXPECT_THAT(told(o.lead("l")), ElementsAre("tell ana: re_inquiry"));
}

TEST(R40ReInquiry, ANewLeadTakesTheTimeOverFromTheOneThatLedToItsOwner) {
  office o;
  o.lead("l", phone("512-555-2000"));
  EXPECT_THAT(
    told(o.lead("m", phone("512-555-2000"))),
    ElementsAre("assigned ana: existing_owner", "tell ana: re_inquiry"));
  EXPECT_THAT(told(o.lead("n", phone("512-555-2000"))),
              ElementsAre("assigned ana: existing_owner"));
  EXPECT_THAT(told(o.lead("n")), IsEmpty());
}

TEST(R40Quiet, NobodyIsToldOfAnImport) {
  office o;
  EXPECT_THAT(told(o.lead("l", R"("quiet":true,)" + phone("512-555-2000"))),
              ElementsAre("assigned ana: rotation", "stage working"));
  EXPECT_THAT(told(o.lead("l", R"("quiet":true)")), IsEmpty());
  EXPECT_THAT(told(o.lead("m", R"("quiet":true,)" + phone("512-555-2000"))),
              ElementsAre("assigned ana: existing_owner"));
  EXPECT_THAT(told(o.lead("l")), ElementsAre("tell ana: re_inquiry"));
}

TEST(R40Quiet, NorWhenAnOwnerIsFoundLater) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l", R"("quiet":true)");
  o.lead("m", R"("quiet":true)");
  EXPECT_THAT(told(o.assign("m", R"("agent_id":"ana")")),
              ElementsAre("assign failed: inactive_agent"));
  EXPECT_THAT(told(o.agent("ana", active)),
              ElementsAre("assigned ana: rotation", "stage working",
                          "assigned ana: rotation", "stage working"));
  // What comes after it is told of.
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"olivia")")),
              ElementsAre("assign failed: inactive_agent"));
  o.agent("ben", active);
  EXPECT_THAT(told(o.assign("l", R"("agent_id":"ben")")),
              ElementsAre("reassigned ben: manual", "tell ben: reassigned"));
}

// -- R46: warnings, and words for the owner -----------------------------------

TEST(R46Warnings, InTheContractsOrderThenTheAgents) {
  office o;
  auto r
    = o.lead("l", R"("assigned_agent":"eva","price":"2.5 mio","tags":"a, b",)"
                  R"("contact":{"name":7,"phone":"call 512-555-2000 now",)"
                  R"("email":"nobody"})");
  EXPECT_THAT(assigned(r).warnings,
              ElementsAre("ignored:/contact/name", "read:/contact/phone",
                          "ignored:/contact/email", "read:/tags",
                          "ignored:/price", "unknown_agent"));
}

TEST(R46Warnings, WhatCouldNotBeReadIsToldToTheOwner) {
  office o;
  EXPECT_THAT(text_of(o.lead("l", R"("price":"2.5 mio")")),
              HasSubstr("price not readable: '2.5 mio'"));
  EXPECT_THAT(text_of(o.lead("l", phone("call me"))),
              HasSubstr("phone not readable: 'call me'"));
  o.wait(std::chrono::minutes{15});
  EXPECT_THAT(text_of(o.lead("l")), Not(HasSubstr("readable")));
}

TEST(R46Warnings, ALeadThatWaitsKeepsThem) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  o.lead("l", R"("price":"much","assigned_agent":"eva")");
  o.lead("l", R"("tags":3,)" + phone("n/a"));
  auto r = o.agent("ana", active);
  EXPECT_THAT(assigned(r).warnings,
              ElementsAre("ignored:/contact/phone", "ignored:/tags",
                          "ignored:/price", "unknown_agent"));
  EXPECT_THAT(o.lead_now().warnings, IsEmpty());
}

TEST(R46Warnings, TheContactThatMakesALeadIsNamedThereNotAtTheRing) {
  office o;
  auto r
    = o.transfer("c", R"("contact":{"phone":"512-555-2000 or so","email":3},)"
                      R"("ring_timeout_s":"long")");
  EXPECT_THAT(assigned(r).warnings,
              ElementsAre("read:/contact/phone", "ignored:/contact/email"));
  EXPECT_THAT(r.all<ring_requested>().at(0).warnings,
              ElementsAre("ignored:/ring_timeout_s"));
}

TEST(R46Warnings, OfOneWithVeryManyTheFirstHundred) {
  office o;
  std::string tags;
  for (int i = 0; i < 1000; ++i)
    tags += i == 0 ? "1" : ",1";
  auto r = o.lead("l", R"("tags":["a",)" + tags + "]");
  EXPECT_LE(assigned(r).warnings.size(), 100U);
  EXPECT_THAT(assigned(r).warnings, Contains("ignored:/tags/1"));
}

// -- names in texts -----------------------------------------------------------

TEST(R40Texts, NameALeadByItsNameElseByWhatItIsReachedBy) {
  office o;
  EXPECT_THAT(text_of(o.lead("l1", contact(R"("name":"Kim Roe",)"
                                           R"("phone":"512-555-2000")"))),
              HasSubstr("Kim Roe"));
  EXPECT_THAT(text_of(o.lead("l2", phone("512-555-2002 x9"))),
              HasSubstr("+15125552002, extension 9"));
  EXPECT_THAT(text_of(o.lead("l3", email("sam@example.com"))),
              HasSubstr("sam@example.com"));
  auto nameless = text_of(o.lead("l4"));
  EXPECT_THAT(nameless, HasSubstr("a lead without a name"));
  EXPECT_THAT(nameless, Not(HasSubstr("l4")));
}

// -- R12: a cover -------------------------------------------------------------

/// Ana is away, and Ben can be rung.
struct R12Cover : testing::Test {
  R12Cover() {
    o.lead("l", R"("assigned_agent":"ana",)" + phone("512-555-2000"));
    o.toggle("ana", R"("away_until":"2026-03-05T15:00:00Z")");
  }
  office o;
};

TEST_F(R12Cover, GoesWithAReInquiry) {
  auto r = o.lead("l");
  EXPECT_THAT(told(r), ElementsAre("tell ana: re_inquiry", "tell ben: cover"));
  EXPECT_THAT(r.all<notification_requested>().at(1).text, HasSubstr("ana"));
  EXPECT_THAT(told(o.lead("l")), IsEmpty()) << "one in 15 minutes";
}

TEST_F(R12Cover, GoesWithANewLead) {
  EXPECT_THAT(told(o.lead("m", R"("assigned_agent":"ana")")),
              ElementsAre("assigned ana: direct", "stage working",
                          "tell ana: new_lead", "tell ben: cover"));
}

TEST_F(R12Cover, NotWithAHandOverAndNotIfNobodyCanBeRung) {
  o.lead("m", R"("assigned_agent":"ben")");
  EXPECT_THAT(told(o.assign("m", R"("agent_id":"ana")")),
              ElementsAre("reassigned ana: manual", "tell ana: reassigned"));
  o.toggle("ben", R"("available_for_calls":false)");
  EXPECT_THAT(told(o.lead("l")), ElementsAre("tell ana: re_inquiry"));
}

} // namespace
} // namespace fairlead::test
