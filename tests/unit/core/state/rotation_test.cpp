// R5 to R10: least virtual time, turns, re-entry, members who change.

#include "actors/core/limits.hpp"
#include "actors/core/state/rotation.hpp"
#include "actors/core/state/snapshot.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr instant start = at_ms(1'772'463'600'000);

pool_document pool_of(std::vector<pool_member> members,
                      std::int64_t catch_up = 0) {
  return {.id = "p",
          .members = std::move(members),
          .requires_ = assign_requires::none,
          .catch_up_turns = catch_up};
}

rotation fresh(std::vector<pool_member> members, std::int64_t catch_up = 0) {
  return reconfigured(std::nullopt, pool_of(std::move(members), catch_up),
                      start);
}

/// A document with these members, `after` the first one.
rotation later(const rotation& r, std::vector<pool_member> members,
               milliseconds after = days{1}) {
  return reconfigured(r, pool_of(std::move(members), r.catch_up_turns),
                      start + after);
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

std::string turns(rotation& r, int n) {
  return turns(r, n, std::vector<bool>(r.members.size(), true));
}

const rotation_member& member(const rotation& r, std::string_view id) {
  for (const auto& m : r.members)
    if (m.agent_id == id)
      return m;
  throw std::invalid_argument{std::string{id} + " is not a member"};
}

// -- R5 -----------------------------------------------------------------------

TEST(R5Rotation, EqualWeightsAreStrictRoundRobin) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  EXPECT_EQ(turns(r, 7), "abcabca");
}

TEST(R5Rotation, MembersShareByWeight) {
  auto r = fresh({{"a", 3}, {"b", 1}});
  EXPECT_EQ(turns(r, 9), "abaabaaab");
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

struct cost_case {
  std::string name;
  std::vector<int> weights;
  std::int64_t u;
  std::vector<std::int64_t> costs;
};

void PrintTo(const cost_case& c, std::ostream* os) {
  *os << c.name;
}

struct R5Cost : testing::TestWithParam<cost_case> {};

TEST_P(R5Cost, OfATurn) {
  std::vector<pool_member> members;
  for (auto w : GetParam().weights)
    members.push_back({std::to_string(members.size()), w});
  auto r = fresh(members);
  EXPECT_EQ(r.u, GetParam().u);
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::vector<bool> only(members.size());
    only[i] = true;
    EXPECT_EQ(choose(r, only).pass_after, GetParam().costs[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
  Table, R5Cost,
  testing::ValuesIn(std::vector<cost_case>{
    {"NoMembers", {}, 1, {}},
    {"EqualWeights", {7, 7}, 7, {1, 1}},
    {"TheCommonMultiple", {4, 6}, 12, {3, 2}},
    {"BelowTheLimit",
     {99, 97, 95, 89},
     81'193'365,
     {820'135, 837'045, 854'667, 912'285}},
    {"SevenPlainPercentages", // their multiple is 2 901 258 360
     {45, 55, 65, 72, 83, 91, 97},
     1'000'000'000,
     {22'222'223, 18'181'819, 15'384'616, 13'888'889, 12'048'193, 10'989'011,
      10'309'279}},
    {"ExactWhereTheLimitIsAMultiple",
     {97, 89, 83, 79, 73, 100},
     1'000'000'000,
     {10'309'279, 11'235'956, 12'048'193, 12'658'228, 13'698'631, 10'000'000}},
  }),
  [](const auto& row) { return row.param.name; });

/// In the bound the costs stand for 1/w, at every prefix.
TEST(R5Rotation, NobodyIsMoreThanATurnAheadWhateverTheWeights) {
  auto r = fresh({{"a", 45},
                  {"b", 55},
                  {"c", 65},
                  {"d", 72},
                  {"e", 83},
                  {"f", 91},
                  {"g", 97}});
  std::vector<std::int64_t> n(7);
  for (int turn = 0; turn < 5080; ++turn) {
    auto c = choose(r, std::vector<bool>(7, true));
    EXPECT_TRUE(c.fair);
    ++n[*c.chosen];
    apply(r, c);
    for (std::size_t i = 0; i < 7; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        auto ci = turn_cost(r.u, r.members[i].weight);
        auto cj = turn_cost(r.u, r.members[j].weight);
        ASSERT_LE(std::abs(n[i] * ci - n[j] * cj), std::max(ci, cj)) << turn;
      }
  }
  // Ten rounds of 508: everybody's weight, but for the rounding of costs.
  EXPECT_EQ(n, (std::vector<std::int64_t>{450, 550, 650, 720, 830, 910, 970}));
}

// -- R6 -----------------------------------------------------------------------

TEST(R6Turn, IsCountedOnlyWhenSomebodyIsChosen) {
  auto r = fresh({{"a"}});
  apply(r, choose(r, {false}));
  EXPECT_EQ(r.turns, 0U);
  apply(r, choose(r, {true}));
  EXPECT_EQ(r.turns, 1U);
}

// -- R8 -----------------------------------------------------------------------

TEST(R8Reentry, WhoWasAwayHasNoClaimToMissedTurns) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  turns(r, 30, {true, true, false});
  // One turn each from now on, not thirty for c.
  EXPECT_EQ(turns(r, 6), "cabcab");
}

TEST(R8Reentry, CatchUpTurnsAreAnUpperBoundOfTheClaim) {
  auto r = fresh({{"a"}, {"b"}}, 2);
  turns(r, 30, {true, false});
  // Two turns' cost behind V: two turns more than a, not thirty.
  EXPECT_EQ(turns(r, 8), "bbababab");
}

TEST(R8Reentry, AChoiceThatFindsNobodyChangesNothing) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 5);
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

/// V follows those who were there both times, not the one who comes back.
TEST(R8Reentry, VIsNotHeldBackByWhoComesBack) {
  auto r = fresh({{"a"}, {"b"}}, 5);
  turns(r, 10, {true, false});
  auto c = choose(r, {true, true});
  EXPECT_EQ(c.v, 10);
  EXPECT_EQ(c.passes, (std::vector<std::int64_t>{10, 5}));
  apply(r, c);
  EXPECT_EQ(r.v, 10); // it never falls
}

// -- R9 -----------------------------------------------------------------------

TEST(R9Members, AddedOneStartsAtVAndCountsAsJustAssigned) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 10);
  r = later(r, {{"c"}, {"a"}, {"b"}});
  EXPECT_EQ(r.members[0].pass, r.v);
  EXPECT_FALSE(r.members[0].was_eligible);
  EXPECT_EQ(turns(r, 4), "abca");
}

TEST(R9Members, SeveralThatAreAddedCountInListOrder) {
  auto r = fresh({{"a"}});
  turns(r, 1);
  r = later(r, {{"z"}, {"a"}, {"y"}});
  EXPECT_EQ(turns(r, 3, {true, false, true}), "zyz");
}

TEST(R9Members, AListThatIsEmptiedAndFilledAgainChangesNothing) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  std::string order;
  for (int i = 0; i < 7; ++i) {
    order += turns(r, 1);
    r = later(r, {}, milliseconds{2 * i + 1});
    r = later(r, {{"a"}, {"b"}, {"c"}}, milliseconds{2 * i + 2});
  }
  EXPECT_EQ(order, "abcabca");
  EXPECT_EQ(r.turns, 7U);
}

struct return_case {
  const char* name;
  milliseconds away;
  bool known;
};

void PrintTo(const return_case& c, std::ostream* os) {
  *os << c.name;
}

struct R9Return : testing::TestWithParam<return_case> {};

TEST_P(R9Return, WithinSevenDays) {
  auto r = fresh({{"a"}, {"b"}});
  turns(r, 3); // a: pass 2, b: 1
  auto a = member(r, "a");
  r = later(r, {{"b"}}, days{1});
  r = later(r, {{"a"}, {"b"}}, days{1} + GetParam().away);
  const auto& back = member(r, "a");
  EXPECT_FALSE(back.was_eligible);
  if (GetParam().known) {
    EXPECT_EQ(back.pass, a.pass);
    EXPECT_EQ(back.assigned_no, a.assigned_no);
    EXPECT_EQ(turns(r, 3), "bab");
  } else {
    EXPECT_EQ(back.pass, r.v);
    EXPECT_GT(back.assigned_no, a.assigned_no);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, R9Return,
                         testing::ValuesIn(std::vector<return_case>{
                           {"AtOnce", milliseconds{0}, true},
                           {"AMomentBefore", days{7} - milliseconds{1}, true},
                           {"AfterSevenDays", days{7}, false},
                         }),
                         [](const auto& row) {
                           return std::string{row.param.name};
                         });

TEST(R9Members, WhoComesBackIsRaisedToV) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  turns(r, 2); // a: 1, b: 1, c: 0
  r = later(r, {{"a"}, {"b"}}, days{1});
  turns(r, 10);
  r = later(r, {{"a"}, {"b"}, {"c"}}, days{2});
  EXPECT_EQ(member(r, "c").pass, r.v);
  EXPECT_EQ(member(r, "c").assigned_no, 0U); // never assigned, as before
}

TEST(R9Members, TheRememberedKeepTheUnitAsItIs) {
  auto r = fresh({{"a", 3}, {"b", 4}});
  EXPECT_EQ(r.u, 12);
  r = later(r, {{"b", 4}}, days{1});
  EXPECT_EQ(r.u, 12);
  r = later(r, {{"b", 4}}, days{8} - milliseconds{1});
  EXPECT_EQ(r.u, 12);
  r = later(r, {{"b", 4}}, days{8}); // with the next document after 7 days
  EXPECT_EQ(r.u, 4);
}

TEST(R9Members, WhoComesBackCountsWithTheirWeightOfNow) {
  auto r = later(fresh({{"a", 3}, {"b", 4}}), {{"b", 4}}, days{1});
  r = later(r, {{"a", 2}, {"b", 4}}, days{2});
  EXPECT_EQ(r.u, 4);
}

TEST(R9Members, ThePassOfWhoIsGoneIsRescaledToo) {
  auto r = fresh({{"a", 2}, {"b", 3}}); // U = 6, a turn costs 3 and 2
  turns(r, 3);                          // a, b, b: a 3, b 4, V 2
  r = later(r, {{"b", 3}}, days{1});
  r = later(r, {{"b", 3}, {"c", 5}}, days{2}); // U = 30
  EXPECT_EQ(r.u, 30);
  r = later(r, {{"a", 2}, {"b", 3}, {"c", 5}}, days{3});
  EXPECT_EQ(member(r, "a").pass, 15);
  EXPECT_EQ(member(r, "b").pass, 20);
}

TEST(R9Members, ReorderingResetsNobody) {
  auto r = fresh({{"a"}, {"b"}, {"c"}});
  turns(r, 4);
  r = later(r, {{"c"}, {"b"}, {"a"}});
  EXPECT_EQ(turns(r, 3), "bca");
  EXPECT_EQ(r.turns, 7U);
}

TEST(R9Members, NewWeightsRescalePassesRoundedUp) {
  auto r = fresh({{"a", 2}, {"b", 3}}); // U = 6
  turns(r, 3);
  auto before = r;
  r = later(r, {{"a", 1}, {"b", 4}}); // U = 4
  EXPECT_EQ(r.u, 4);
  EXPECT_EQ(r.v, (before.v * 4 + 5) / 6);
  for (const auto& m : r.members) {
    EXPECT_GE(m.pass, r.v);
    EXPECT_LE(m.pass, r.v + turn_cost(r.u, m.weight));
  }
}

TEST(R9Members, LessCatchUpBringsThePassUpToV) {
  auto r = fresh({{"a"}, {"b"}}, 5);
  turns(r, 10, {true, false});
  apply(r, choose(r, {true, true})); // b is five turns behind, and chosen
  r = reconfigured(r, pool_of({{"a"}, {"b"}}, 0), start);
  EXPECT_EQ(member(r, "b").pass, r.v);
}

/// Names as long as they may be: those of the members fill a record, and what
/// is remembered beside them is cut.
TEST(R15Members, FillNoSnapshotHoweverLongTheirNamesAre) {
  auto named = [](int from, int n) {
    std::vector<pool_member> members;
    for (int i = from; i < from + n; ++i)
      members.push_back({std::string(508, 'x') + std::to_string(1000 + i)});
    return members;
  };
  auto r = later(fresh(named(0, 2000)), named(2000, 500));
  EXPECT_EQ(r.gone.size(), limits::gone_bytes_per_pool / 512);
  EXPECT_EQ(r.gone.back().agent_id, named(1999, 1).front().agent_id);
  EXPECT_LE(snapshot(r).size(), 900U * 1024);
  EXPECT_LE(snapshot(taken_out(r, start + days{2})).size(), 900U * 1024);
}

// -- R10 ----------------------------------------------------------------------

TEST(R10Pool, ThatComesBackGoesOnWithItsMembersAndTurns) {
  auto r = fresh({{"a", 2}, {"b"}});
  turns(r, 4);
  auto before = r;
  auto gone = taken_out(r, start + days{1});
  EXPECT_TRUE(gone.members.empty());
  EXPECT_FALSE(forgotten(gone, start + days{8} - milliseconds{1}));
  EXPECT_TRUE(forgotten(gone, start + days{8}));
  r = later(gone, {{"a", 2}, {"b"}}, days{8} - milliseconds{1});
  EXPECT_FALSE(r.removed);
  EXPECT_EQ(r.turns, 4U);
  EXPECT_EQ(r.v, before.v);
  for (const auto& m : r.members) {
    EXPECT_EQ(m.pass, std::max(member(before, m.agent_id).pass, r.v));
    EXPECT_EQ(m.assigned_no, member(before, m.agent_id).assigned_no);
    EXPECT_FALSE(m.was_eligible);
  }
}

TEST(R10Pool, ThatComesBackHasOthersAddedToIt) {
  auto r = fresh({{"a"}});
  turns(r, 4);
  r = later(taken_out(r, start), {{"c"}, {"a"}});
  EXPECT_EQ(member(r, "c").pass, r.v);
  EXPECT_EQ(member(r, "c").assigned_no, 5U); // just now
  EXPECT_EQ(turns(r, 3), "cac");             // a's pass is one turn above V
}

} // namespace
} // namespace fairlead::test
