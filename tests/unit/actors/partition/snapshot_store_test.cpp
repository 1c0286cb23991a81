#include "actors/partition/snapshot_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

std::vector<std::string> ids_of(const snapshot_store& s,
                                const snapshot_store::team& t, entity_kind kind,
                                std::string_view after) {
  std::vector<std::string> ids;
  s.scan(t, kind, after, [&](std::string_view id, std::string_view) {
    ids.emplace_back(id);
    return true;
  });
  return ids;
}

TEST(SnapshotStore, KeepsTheLatestOfEveryName) {
  snapshot_store s;
  const auto& acme = s.part_of("acme");
  const auto& zeta = s.part_of("zeta");
  s.put({"acme", entity_kind::lead, "l-1"}, "old");
  s.put({"acme", entity_kind::lead, "l-1"}, "new");
  s.put({"acme", entity_kind::call, "l-1"}, "a call");
  s.put({"zeta", entity_kind::lead, "l-1"}, "an island");
  s.put({"acme", entity_kind::team, ""}, "no id");
  EXPECT_THAT(s.find(acme, entity_kind::lead, "l-1"),
              Optional(std::string_view{"new"}));
  EXPECT_THAT(s.find(acme, entity_kind::call, "l-1"),
              Optional(std::string_view{"a call"}));
  EXPECT_THAT(s.find(zeta, entity_kind::lead, "l-1"),
              Optional(std::string_view{"an island"}));
  EXPECT_THAT(s.find(acme, entity_kind::team, ""),
              Optional(std::string_view{"no id"}));
  EXPECT_EQ(s.size(), 4U);
  s.erase({"acme", entity_kind::lead, "l-1"});
  EXPECT_EQ(s.find(acme, entity_kind::lead, "l-1"), std::nullopt);
  s.erase({"acme", entity_kind::lead, "l-1"});
  EXPECT_EQ(s.size(), 3U);
}

TEST(SnapshotStore, ScansOneTeamAndKindInOrder) {
  snapshot_store s;
  const auto& t = s.part_of("acme");
  for (const auto* id : {"b", "d", "a", "\xff", "c"})
    s.put({"acme", entity_kind::lead, id}, "x");
  s.put({"acme", entity_kind::agent, "b2"}, "x");
  s.put({"zeta", entity_kind::lead, "b3"}, "x");
  EXPECT_THAT(ids_of(s, t, entity_kind::lead, ""),
              ElementsAre("a", "b", "c", "d", "\xff"));
  EXPECT_THAT(ids_of(s, t, entity_kind::lead, "b"),
              ElementsAre("c", "d", "\xff"));
  // What was sorted before does not hide who came or went since.
  s.put({"acme", entity_kind::lead, "bb"}, "x");
  s.erase({"acme", entity_kind::lead, "d"});
  EXPECT_THAT(ids_of(s, t, entity_kind::lead, "b"),
              ElementsAre("bb", "c", "\xff"));
  EXPECT_THAT(ids_of(s, t, entity_kind::call, ""), IsEmpty());
}

TEST(SnapshotStore, AScanInsideAScanDisturbsNobody) {
  snapshot_store s;
  const auto& t = s.part_of("acme");
  for (const auto* id : {"a", "b"}) {
    s.put({"acme", entity_kind::lead, id}, "x");
    s.put({"acme", entity_kind::agent, id}, "x");
  }
  std::vector<std::string> seen;
  s.scan(t, entity_kind::lead, "", [&](std::string_view id, std::string_view) {
    for (const auto& agent : ids_of(s, t, entity_kind::agent, ""))
      seen.push_back(std::string{id} + agent);
    return true;
  });
  EXPECT_THAT(seen, ElementsAre("aa", "ab", "ba", "bb"));
}

const snapshot_store::question everything
  = [](entity_kind, std::string_view) { return true; };

TEST(SnapshotStore, ASweepComesByEverythingInTime) {
  snapshot_store s;
  constexpr int n = 20'000; // several chunks
  for (int i = 0; i < n; ++i)
    s.put({"acme", entity_kind::lead, std::to_string(i)}, std::string(60, 'x'));
  std::map<std::string, int> seen;
  for (int i = 0; i < n / 100; ++i)
    s.sweep(100, everything, [&](const state_name& name, std::string_view) {
      ++seen[std::string{name.id}];
    });
  EXPECT_EQ(seen.size(), std::size_t{n});
}

TEST(SnapshotStore, ASweepTellsOnlyWhatIsWantedAndInForce) {
  snapshot_store s;
  s.put({"acme", entity_kind::lead, "a"}, "old");
  s.put({"acme", entity_kind::lead, "a"}, "new");
  s.put({"acme", entity_kind::lead, "b"}, "old");
  s.put({"acme", entity_kind::call, "c"}, "old");
  std::vector<std::string> seen;
  s.sweep(
    100,
    [](entity_kind kind, std::string_view value) {
      return kind == entity_kind::lead && value == "old";
    },
    [&](const state_name& name, std::string_view value) {
      seen.push_back(std::string{name.id} + '=' + std::string{value});
    });
  EXPECT_THAT(seen, ElementsAre("b=old"));
}

TEST(SnapshotStore, ASweepOfLittleEnds) {
  snapshot_store s;
  int seen = 0;
  auto count = [&](const state_name&, std::string_view) { ++seen; };
  s.sweep(64, everything, count);
  EXPECT_EQ(seen, 0);
  s.put({"acme", entity_kind::lead, "l"}, "x");
  s.sweep(64, everything, count);
  s.sweep(64, everything, count);
  EXPECT_GE(seen, 1);
  EXPECT_LE(seen, 4);
}

/// Any history of puts and erasures leaves what a map would hold: sizes from
/// nothing to larger than a chunk, so that chunks fill, die and are cleaned
/// while a sweep is on its way through them.
RC_GTEST_PROP(SnapshotStore, IsAMap, ()) {
  snapshot_store s;
  std::map<std::pair<std::string, std::string>, std::string> model;
  const std::vector<std::string> teams{"a", "b", "c"};
  const auto steps = *rc::gen::inRange(1, 3000);
  const auto ids = *rc::gen::inRange(1, 400);
  auto random = *rc::gen::arbitrary<std::uint32_t>();
  auto roll = [&random](std::uint32_t n) {
    random = random * 1664525U + 1013904223U;
    return (random >> 8) % n;
  };
  for (int i = 0; i < steps; ++i) {
    const auto& team = teams[roll(3)];
    auto id = std::to_string(roll(static_cast<std::uint32_t>(ids)));
    if (roll(4) == 0) {
      s.erase({team, entity_kind::person, id});
      model.erase({team, id});
    } else {
      auto size = roll(500) == 0 ? 300'000U : roll(3000);
      std::string value(size, static_cast<char>('a' + roll(26)));
      s.put({team, entity_kind::person, id}, value);
      model[{team, id}] = std::move(value);
    }
    s.sweep(3, everything, [&](const state_name& n, std::string_view v) {
      RC_ASSERT(model.at({std::string{n.team}, std::string{n.id}}) == v);
    });
  }
  RC_ASSERT(s.size() == model.size());
  std::size_t bytes = 0;
  for (const auto& [key, value] : model) {
    auto found = s.find(s.part_of(key.first), entity_kind::person, key.second);
    RC_ASSERT(found.has_value());
    RC_ASSERT(*found == value);
    bytes += key.second.size() + value.size();
  }
  RC_ASSERT(s.bytes() == bytes);
  std::size_t n = 0;
  s.each([&](const state_name& name, std::string_view v) {
    RC_ASSERT(model.at({std::string{name.team}, std::string{name.id}}) == v);
    ++n;
  });
  RC_ASSERT(n == model.size());
}

} // namespace
} // namespace fairlead
