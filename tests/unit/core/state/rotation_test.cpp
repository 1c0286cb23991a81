// R5 to R10: least virtual time, turns, re-entry, members who change.

#include "actors/core/state/rotation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

pool_document pool_of(std::vector<pool_member> members,
                      std::int64_t catch_up = 0) {
  return {.id = "p",
          .members = std::move(members),
          .requires_ = assign_requires::none,
          .catch_up_turns = catch_up};
}

rotation fresh(std::vector<pool_member> members, std::int64_t catch_up = 0) {
  return reconfigured(std::nullopt, pool_of(std::move(members), catch_up));
}

/// Who gets the next `n` turns, with these members eligible.
std::string turns(rotation& r, int n, std::vector<bool> eligible) {
  std::string order;
  for (int i = 0; i < n; ++i) {
    auto c = choose(r, eligible);
    order += c.chosen ? r.members[*c.chosen].agent_id : "-";
    apply(r, c);
  }
  return order;
}

TEST(R5Rotation, EqualWeightsAreStrictRoundRobin) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  EXPECT_EQ(turns(r, 7, {true, true, true}), "abcabca");
}

TEST(R5Rotation, MembersShareByWeight) {
  auto r = fresh({{"a", 3}, {"b", 1}});
  EXPECT_EQ(turns(r, 9, {true, true}), "abaabaaab");
}

TEST(R5Rotation, TieGoesToTheLeastRecentlyAssignedThenToThePlace) {
  auto r = fresh({{"a"}, {"b"}});
  auto first = choose(r, {true, true});
  EXPECT_EQ(first.tie, tie_break::position);
  apply(r, first);
  apply(r, choose(r, {true, true}));
  auto third = choose(r, {true, true});
  EXPECT_EQ(third.tie, tie_break::least_recently_assigned);
  EXPECT_EQ(*third.chosen, 0U);
}

TEST(R5Rotation, StrideIsTheCommonMultipleOverTheWeight) {
  auto r = fresh({{"a", 4}, {"b", 6}});
  EXPECT_EQ(r.u, 12);
  auto c = choose(r, {true, false});
  EXPECT_EQ(c.pass_after, 3);
}

TEST(R6Turn, IsCountedOnlyWhenSomebodyIsChosen) {
  auto r = fresh({{"a"}});
  apply(r, choose(r, {false}));
  EXPECT_EQ(r.turns, 0U);
  apply(r, choose(r, {true}));
  EXPECT_EQ(r.turns, 1U);
}

TEST(R8Reentry, WhoWasAwayHasNoClaimToMissedTurns) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  turns(r, 30, {true, true, false});
  // One turn each from now on, not thirty for c.
  EXPECT_EQ(turns(r, 6, {true, true, true}), "cabcab");
}

TEST(R8Reentry, CatchUpTurnsAreAnUpperBoundOfTheClaim) {
  auto r = fresh({{"a"}, {"b"}}, 2);
  turns(r, 30, {true, false});
  // Two strides behind V: two turns more than a, not thirty.
  EXPECT_EQ(turns(r, 8, {true, true}), "bbababab");
}

TEST(R8Reentry, AChoiceThatFindsNobodyChangesNothing) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 5, {true, true});
  auto before = r;
  apply(r, choose(r, {false, false}));
  EXPECT_EQ(r, before);
}

TEST(R8Reentry, PassAndVAreThoseOfTheThirdStep) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 10, {true, false});
  auto c = choose(r, {true, true});
  EXPECT_EQ(c.v, 10);
  EXPECT_EQ(c.passes, (std::vector<std::int64_t>{10, 10}));
}

TEST(R9Members, AddedOneStartsAtVAndCountsAsJustAssigned) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 10, {true, true});
  r = reconfigured(r, pool_of({{"c"}, {"a"}, {"b"}}));
  EXPECT_EQ(r.members[0].pass, r.v);
  EXPECT_EQ(turns(r, 4, {true, true, true}), "abca");
}

TEST(R9Members, RemovedAndAddedAgainIsNew) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 1, {true, true});
  auto without = reconfigured(r, pool_of({{"b"}}));
  auto again = reconfigured(without, pool_of({{"a"}, {"b"}}));
  EXPECT_FALSE(again.members[0].was_eligible);
  EXPECT_EQ(again.members[0].pass, again.v);
}

TEST(R9Members, ReorderingResetsNobody) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  turns(r, 4, {true, true, true});
  r = reconfigured(r, pool_of({{"c"}, {"b"}, {"a"}}));
  EXPECT_EQ(turns(r, 3, {true, true, true}), "bca");
  EXPECT_EQ(r.turns, 7U);
}

TEST(R9Members, NewWeightsRescalePassesRoundedUp) {
  auto r = fresh({{"a", 2}, {"b", 3}}); // U = 6
  turns(r, 3, {true, true});            // a: 3, b: 4
  auto before = r;
  r = reconfigured(r, pool_of({{"a", 1}, {"b", 4}})); // U = 4
  EXPECT_EQ(r.u, 4);
  EXPECT_EQ(r.v, (before.v * 4 + 5) / 6);
  for (const auto& m : r.members) {
    EXPECT_GE(m.pass, r.v);
    EXPECT_LE(m.pass, r.v + r.u / m.weight);
  }
}

} // namespace
} // namespace fairlead::test
