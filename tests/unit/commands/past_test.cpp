#include "commands/past/older_part.hpp"
#include "commands/past/past.hpp"
#include "tests/unit/commands/history.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace fairlead::test {
namespace {

raw_record journal(std::int64_t offset, std::string value,
                   std::optional<std::string> key = std::nullopt) {
  raw_record r;
  r.on = topic::journal;
  r.offset = offset;
  r.key = std::move(key);
  r.value = std::move(value);
  return r;
}

raw_record lead(std::int64_t offset) {
  raw_record r;
  r.on = topic::leads;
  r.offset = offset;
  return r;
}

TEST(Journal, WhatIsWrittenIsRead) {
  journal_step s{.record = position{topic::leads, 3, 17},
                 .team = {},
                 .timer = {},
                 .due = {},
                 .now = at(1),
                 .wall = at(2)};
  std::string steps;
  append_journal(steps, s);
  auto entry = decode_journal(journal_record(steps));
  EXPECT_EQ(entry.edition, rules_edition);
  EXPECT_EQ(entry.steps, std::vector{s});
  EXPECT_FALSE(entry.takes_over);
}

TEST(Journal, WithoutAnEditionItIsTheFirst) {
  auto entry = decode_journal(R"([["leads",0,7,1,2]])");
  EXPECT_EQ(entry.edition, 1);
  EXPECT_EQ(entry.steps.size(), 1U);
}

TEST(Journal, ANewerEditionIsRefused) {
  EXPECT_THROW((void)decode_journal(R"([{"edition":99},["leads",0,7,1,2]])"),
               std::runtime_error);
}

TEST(Journal, AStateThatIsTakenOver) {
  input_positions at{17, 203, -1, 0};
  auto entry = decode_journal(journal_of_takeover(at));
  EXPECT_EQ(entry.takes_over, at);
  EXPECT_TRUE(entry.steps.empty());
}

TEST(Past, TheStateStandsBeforeTheFirstStepOnIt) {
  std::vector<past_transaction> seen;
  past p{[&](past_transaction t) { seen.push_back(std::move(t)); }};
  p.read(journal(0, R"([["leads",0,0,1,1]])"));
  p.read(journal(1, journal_of_takeover({1, 1, 1, 1})));
  p.read(journal(2, "lost", "acme\x1fL\x1fl1"));
  // Cut short, and begun anew.
  p.read(journal(3, journal_of_takeover({1, 2, 1, 1})));
  p.read(journal(4, "kept", "acme\x1fL\x1fl1"));
  p.read(journal(5, R"([{"edition":2},["leads",0,1,1,1]])"));
  p.read(journal(6, R"([{"edition":2},["leads",0,2,1,1]])"));
  for (auto offset : {0, 1, 2})
    p.read(lead(offset));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].edition, 1);
  EXPECT_FALSE(seen[0].before);
  EXPECT_EQ(seen[1].edition, 2);
  ASSERT_TRUE(seen[1].before);
  EXPECT_EQ(seen[1].before->positions, (input_positions{1, 2, 1, 1}));
  EXPECT_EQ(seen[1].before->snapshots.at("acme\x1fL\x1fl1"), "kept");
  EXPECT_FALSE(seen[2].before);
}

TEST(Past, InputsThatAreGoneDoNotMatterBeforeAStateThatWasTakenOver) {
  std::vector<std::int64_t> seen;
  past p{[&](const past_transaction& t) { seen.push_back(t.offset); }};
  p.read(journal(0, R"([["leads",0,0,1,1]])")); // its record is gone
  p.read(journal(1, journal_of_takeover({1, 1, 1, 1})));
  p.read(journal(2, R"([{"edition":2},["leads",0,1,1,1]])"));
  p.read(lead(1));
  EXPECT_TRUE(seen.empty());
  ASSERT_TRUE(p.first_gap());
  p.skip_to_takeover();
  EXPECT_EQ(seen, std::vector<std::int64_t>{2});
  EXPECT_FALSE(p.first_gap());
}

TEST(Past, WithoutSuchAStateTheyDo) {
  past p{[](const past_transaction&) {}};
  p.read(journal(0, R"([["leads",0,0,1,1]])"));
  p.skip_to_takeover();
  EXPECT_TRUE(p.first_gap());
}

TEST(OlderPart, GoesToTheEndIfNothingNewerCame) {
  handwriting hand;
  older_part part;
  part.took({.partition = 0,
             .offset = 9,
             .edition = 1,
             .steps = {{.record = position{topic::leads, 0, 0},
                        .team = {},
                        .timer = {},
                        .due = {},
                        .now = at(0),
                        .wall = at(0)}},
             .inputs = {},
             .before = {}});
  auto first = hand.output(lead_unassigned{}, at(0), "e1");
  EXPECT_FALSE(part.has(first.on, first.value)); // it may be of the newer one
  part.goes_to_the_end();
  EXPECT_TRUE(part.has(first.on, first.value));
  EXPECT_FALSE(part.fault());
  (void)hand.output(lead_unassigned{}, at(1), "e2"); // never published
  auto third = hand.output(lead_unassigned{}, at(2), "e3");
  EXPECT_TRUE(part.has(third.on, third.value));
  EXPECT_EQ(part.fault(), "output 2 of team acme is missing");
  std::stringstream told;
  part.tell(0, told);
  EXPECT_EQ(told.str(),
            "partition 0: edition 1 of the rules up to transaction 9 "
            "(2026-03-02T15:00:00Z), 2 outputs of 1 step in 1 transaction: "
            "complete, but not decided again, because those rules are in the "
            "program of that time (fairlead 0.1)\n");
}

} // namespace
} // namespace fairlead::test
