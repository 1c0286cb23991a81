// R53: what a contact and the fallback numbers of a request say in a region,
// and what is to be said of them (R46).

#include "messages/reading/contact.hpp"
#include "messages/reading/fallback.hpp"
#include "messages/reading/nearest.hpp"
#include "messages/reading/note.hpp"
#include "messages/reading/outcome.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

const never_matched nobody_listed;

std::string warnings_of(const reading_notes& notes) {
  std::string all;
  for (const auto& n : notes)
    all += warning_of(n) + " ";
  return all;
}

contact with_phone(std::string text, bool was_number = false) {
  contact c;
  c.phone = typed_text{std::move(text), was_number};
  return c;
}

contact with_email(std::string text) {
  contact c;
  c.email = typed_text{std::move(text)};
  return c;
}

struct row {
  std::string typed;
  std::optional<reachable> read;
  std::string warnings;
};

TEST(R53Contact, PhonesAreReadInTheRegionOrFound) {
  const std::vector<row> table{
    {"+15125550142", {{"+15125550142", true}}, ""},
    {"512-555-0142", {{"+15125550142", true}}, ""},
    {"512-555-0142 x12", {{"+15125550142;ext=12", true}}, ""},
    {"call me: 512-555-0142, evenings",
     {{"+15125550142", true}},
     "read:/contact/phone "},
    {"555-0142 or 512-555-0142",
     {{"+15125550142", true}},
     "read:/contact/phone "},
    {"n/a", std::nullopt, "ignored:/contact/phone "},
    {"555 0142", std::nullopt, "ignored:/contact/phone "},
    {"000-000-0000", {{"+10000000000", false}}, "unmatched:/contact/phone "},
    {"000-000-0000 (none)",
     {{"+10000000000", false}},
     "read:/contact/phone unmatched:/contact/phone "},
  };
  for (const auto& [typed, read, warnings] : table) {
    auto got = read_contact(with_phone(typed), "US", nobody_listed);
    EXPECT_EQ(got.phone, read) << typed;
    EXPECT_EQ(warnings_of(got.notes), warnings) << typed;
  }
  auto number
    = read_contact(with_phone("5125550142", true), "US", nobody_listed);
  EXPECT_EQ(number.phone, (reachable{"+15125550142", true}));
  EXPECT_EQ(warnings_of(number.notes), "read:/contact/phone ");
}

TEST(R53Contact, EmailsAreRead) {
  const std::vector<row> table{
    {" Kim@Roe.example ", {{"kim@roe.example", true}}, ""},
    {"Kim <kim@roe.example>",
     {{"kim@roe.example", true}},
     "read:/contact/email "},
    {"none", std::nullopt, "ignored:/contact/email "},
    {std::string(20'000, 'x') + "@y", std::nullopt, "ignored:/contact/email "},
  };
  for (const auto& [typed, read, warnings] : table) {
    auto got = read_contact(with_email(typed), "US", nobody_listed);
    EXPECT_EQ(got.email, read) << typed;
    EXPECT_EQ(warnings_of(got.notes), warnings) << typed;
  }
}

TEST(R53Contact, WhatTheTeamListsMatchesNobody) {
  const never_matched listed{.phones = {"+15125550100", "+15125550101;ext=7"},
                             .emails = {"desk@acme.example"},
                             .domains = {"portal.example"}};
  EXPECT_FALSE(phone_matches("+15125550100", listed));
  // An extension belongs to its number.
  EXPECT_TRUE(phone_matches("+15125550100;ext=1", listed));
  EXPECT_FALSE(phone_matches("+15125550101;ext=7", listed));
  EXPECT_TRUE(phone_matches("+15125550101", listed));
  EXPECT_FALSE(phone_matches("+15555555555;ext=7", listed));
  EXPECT_FALSE(email_matches("desk@acme.example", listed));
  EXPECT_TRUE(email_matches("dusk@acme.example", listed));
  EXPECT_FALSE(email_matches("kim@portal.example", listed));
  EXPECT_TRUE(email_matches("kim@sub.portal.example", listed));
  auto got = read_contact(with_email("Kim@Portal.example"), "US", listed);
  EXPECT_EQ(got.email, (reachable{"kim@portal.example", false}));
  EXPECT_EQ(warnings_of(got.notes), "unmatched:/contact/email ");
}

TEST(R53Contact, ForgetTakesPhonesAndEmails) {
  contact c;
  c.forget = {typed_text{"kim@roe.example"},
              typed_text{"5125550142", true},
              typed_text{"512-555-0143 (home)"},
              typed_text{"n/a"},
              typed_text{""},
              std::nullopt};
  auto got = read_contact(c, "US", nobody_listed);
  EXPECT_EQ(got.forget_emails, std::vector<std::string>{"kim@roe.example"});
  EXPECT_EQ(got.forget_phones,
            (std::vector<std::string>{"+15125550142", "+15125550143"}));
  EXPECT_EQ(warnings_of(got.notes),
            "read:/contact/forget/1 read:/contact/forget/2 "
            "ignored:/contact/forget/3 ignored:/contact/forget/5 ");
  c.forget = {typed_text{"n/a"}, typed_text{""}, std::nullopt};
  EXPECT_EQ(warnings_of(read_contact(c, "US", nobody_listed).notes),
            "ignored:/contact/forget ");
}

TEST(R46Contact, NotesStandInTheOrderOfTheFields) {
  auto c = with_phone("000-000-0000 (none)");
  c.email = typed_text{"n/a"};
  c.forget = {typed_text{"n/a"}};
  using what = reading_note::what;
  c.notes = {{what::ignored, "/contact/name", "7"},
             {what::ignored, "/contact/last_name", "[]"}};
  EXPECT_EQ(warnings_of(read_contact(c, "US", nobody_listed).notes),
            "ignored:/contact/name ignored:/contact/last_name "
            "read:/contact/phone unmatched:/contact/phone "
            "ignored:/contact/email ignored:/contact/forget ");
}

std::optional<fallback_entry> number(std::string phone) {
  fallback_entry e;
  e.phone = std::move(phone);
  return e;
}

TEST(R46Fallback, ABadElementIsLeftOutAndNamed) {
  transfer_requested e;
  e.notes = {{reading_note::what::ignored, "/pattern", "all"}};
  EXPECT_FALSE(read_fallback_numbers(e, "US").numbers);
  e.fallback_numbers = {number("512 555 0171"), number("?"), std::nullopt,
                        number("020 7946 0958")};
  fallback_entry desk;
  desk.endpoint = "sip:desk";
  e.fallback_numbers->push_back(desk);
  auto got = read_fallback_numbers(e, "US");
  ASSERT_TRUE(got.numbers);
  EXPECT_EQ(*got.numbers,
            (std::vector<fallback_entry>{*number("+15125550171"), desk}));
  EXPECT_EQ(warnings_of(got.notes),
            "ignored:/pattern ignored:/fallback_numbers/1 "
            "ignored:/fallback_numbers/2 ignored:/fallback_numbers/3 ");
}

TEST(R46Fallback, IfNothingIsLeftTheListIsNamed) {
  transfer_requested e;
  e.fallback_numbers = {number("?"), std::nullopt};
  auto got = read_fallback_numbers(e, "US");
  EXPECT_FALSE(got.numbers); // the team's count
  EXPECT_EQ(warnings_of(got.notes), "ignored:/fallback_numbers ");
  e.fallback_numbers.emplace(); // an empty list means none (R20)
  got = read_fallback_numbers(e, "US");
  EXPECT_TRUE(got.numbers && got.numbers->empty());
  EXPECT_TRUE(got.notes.empty());
}

TEST(R38Tags, AreComparedFolded) {
  for (const auto* text : {"opt_out", "Opt-Out", " opt  out ", "OPT_OUT"})
    EXPECT_EQ(read_outcome_tag(text), outcome::opt_out) << text;
  EXPECT_EQ(read_outcome_tag("Qualified Buyer"),
            read_outcome_tag("QUALIFIED-búyer"));
  EXPECT_EQ(read_outcome_tag("Qualified Buyer").text(), "qualified_buyer");
  EXPECT_EQ(read_outcome_tag(" \u200b").text(), "");
}

TEST(R46Names, TheNearestIsTheOneThatIsMeant) {
  using names = std::vector<std::string_view>;
  EXPECT_EQ(nearest("zip", names{"sources", "zips", "tags"}), "zips");
  EXPECT_EQ(nearest("memebers", names{"id", "members"}), "members");
  EXPECT_EQ(nearest("x", names{"a", "b"}), "a"); // of several the first
  EXPECT_EQ(nearest(std::string(100'000, 'x'), names{"a", "b"}), "a");
  EXPECT_EQ(not_known("zip", names{"zips"}),
            "is not a name that is known here; the nearest is zips");
}

TEST(Notes, ShowWhatStoodThereInOneLine) {
  EXPECT_EQ(shown("2.5 mio"), "2.5 mio");
  EXPECT_EQ(shown("a\nb\tc\x7f"), "a b c ");
  std::string long_text;
  for (int i = 0; i < 100; ++i)
    long_text += "é";
  auto cut = shown(long_text);
  EXPECT_EQ(cut.size(), 59 * 2 + 3U);
  EXPECT_TRUE(cut.ends_with("é…"));
}

} // namespace
} // namespace fairlead::test
