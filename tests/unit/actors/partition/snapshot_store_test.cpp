#include "actors/core/state/snapshot.hpp"
#include "actors/partition/snapshot_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
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
  s.put({"acme", entity_kind::agent, "l-1"}, "old");
  s.put({"acme", entity_kind::agent, "l-1"}, "new");
  s.put({"acme", entity_kind::call, "l-1"}, "a call");
  s.put({"zeta", entity_kind::agent, "l-1"}, "an island");
  s.put({"acme", entity_kind::team, ""}, "no id");
  EXPECT_THAT(s.find(acme, entity_kind::agent, "l-1"),
              Optional(std::string_view{"new"}));
  EXPECT_THAT(s.find(acme, entity_kind::call, "l-1"),
              Optional(std::string_view{"a call"}));
  EXPECT_THAT(s.find(zeta, entity_kind::agent, "l-1"),
              Optional(std::string_view{"an island"}));
  EXPECT_THAT(s.find(acme, entity_kind::team, ""),
              Optional(std::string_view{"no id"}));
  EXPECT_EQ(s.size(), 4U);
  s.erase({"acme", entity_kind::agent, "l-1"});
  EXPECT_EQ(s.find(acme, entity_kind::agent, "l-1"), std::nullopt);
  s.erase({"acme", entity_kind::agent, "l-1"});
  EXPECT_EQ(s.size(), 3U);
}

TEST(SnapshotStore, ScansOneTeamAndKindInOrder) {
  snapshot_store s;
  const auto& t = s.part_of("acme");
  for (const auto* id : {"b", "d", "a", "\xff", "c"})
    s.put({"acme", entity_kind::agent, id}, "x");
  s.put({"acme", entity_kind::pool, "b2"}, "x");
  s.put({"zeta", entity_kind::agent, "b3"}, "x");
  EXPECT_THAT(ids_of(s, t, entity_kind::agent, ""),
              ElementsAre("a", "b", "c", "d", "\xff"));
  EXPECT_THAT(ids_of(s, t, entity_kind::agent, "b"),
              ElementsAre("c", "d", "\xff"));
  // What was sorted before does not hide who came or went since.
  s.put({"acme", entity_kind::agent, "bb"}, "x");
  s.erase({"acme", entity_kind::agent, "d"});
  EXPECT_THAT(ids_of(s, t, entity_kind::agent, "b"),
              ElementsAre("bb", "c", "\xff"));
  EXPECT_THAT(ids_of(s, t, entity_kind::call, ""), IsEmpty());
}

TEST(SnapshotStore, AScanInsideAScanDisturbsNobody) {
  snapshot_store s;
  const auto& t = s.part_of("acme");
  for (const auto* id : {"a", "b"}) {
    s.put({"acme", entity_kind::agent, id}, "x");
    s.put({"acme", entity_kind::agent, id}, "x");
  }
  std::vector<std::string> seen;
  s.scan(t, entity_kind::agent, "", [&](std::string_view id, std::string_view) {
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
    s.put({"acme", entity_kind::agent, std::to_string(i)},
          std::string(60, 'x'));
  std::map<std::string, int> seen;
  for (int i = 0; i < n / 100; ++i)
    s.sweep(100, everything, [&](const state_name& name, std::string_view) {
      ++seen[std::string{name.id}];
    });
  EXPECT_EQ(seen.size(), std::size_t{n});
}

TEST(SnapshotStore, ASweepTellsOnlyWhatIsWantedAndInForce) {
  snapshot_store s;
  s.put({"acme", entity_kind::agent, "a"}, "old");
  s.put({"acme", entity_kind::agent, "a"}, "new");
  s.put({"acme", entity_kind::agent, "b"}, "old");
  s.put({"acme", entity_kind::call, "c"}, "old");
  std::vector<std::string> seen;
  s.sweep(
    100,
    [](entity_kind kind, std::string_view value) {
      return kind == entity_kind::agent && value == "old";
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
  s.put({"acme", entity_kind::agent, "l"}, "x");
  s.sweep(64, everything, count);
  s.sweep(64, everything, count);
  EXPECT_GE(seen, 1);
  EXPECT_LE(seen, 4);
}

// -- who keeps a phone or an e-mail -------------------------------------------

std::string lead_with(std::vector<std::string> phones,
                      std::vector<std::string> emails = {}) {
  lead_state l;
  l.known = true;
  l.name = "Kim";
  l.last_owner = "ana";
  l.phones = std::move(phones);
  l.emails = std::move(emails);
  return snapshot(l);
}

std::string keeper(snapshot_store& s, const std::string& key,
                   const std::string& team = "acme") {
  return std::string{s.keeper_of(s.part_of(team), key).value_or("nobody")};
}

TEST(SnapshotStore, KnowsWhoKeepsAPhoneOrAnEMail) {
  snapshot_store s;
  s.put({"acme", entity_kind::lead, "kim"},
        lead_with({"+15125550100", "+15125550101"}, {"kim@example.com"}));
  s.put({"other", entity_kind::lead, "lee"}, lead_with({"+15125550100"}));
  EXPECT_EQ(keeper(s, "p+15125550100"), "kim");
  EXPECT_EQ(keeper(s, "p+15125550101"), "kim");
  EXPECT_EQ(keeper(s, "ekim@example.com"), "kim");
  EXPECT_EQ(keeper(s, "pkim@example.com"), "nobody");
  EXPECT_EQ(keeper(s, "p+15125550100", "other"), "lee");
  EXPECT_EQ(keeper(s, "p+15125550101", "other"), "nobody");
}

TEST(SnapshotStore, WhoLetsItGoKeepsItNoMore) {
  snapshot_store s;
  s.put({"acme", entity_kind::lead, "kim"}, lead_with({"+1", "+2"}));
  s.put({"acme", entity_kind::lead, "kim"}, lead_with({"+2", "+3"}));
  EXPECT_EQ(keeper(s, "p+1"), "nobody");
  EXPECT_EQ(keeper(s, "p+2"), "kim");
  EXPECT_EQ(keeper(s, "p+3"), "kim");
  s.erase({"acme", entity_kind::lead, "kim"});
  EXPECT_EQ(keeper(s, "p+2"), "nobody");
}

TEST(SnapshotStore, APhoneThatGoesFromOneToAnotherStaysWithThatOne) {
  snapshot_store s;
  s.put({"acme", entity_kind::lead, "kim"}, lead_with({"+1"}));
  s.put({"acme", entity_kind::lead, "lee"}, lead_with({"+1"}));
  s.put({"acme", entity_kind::lead, "kim"}, lead_with({}));
  EXPECT_EQ(keeper(s, "p+1"), "lee");
  // The other way round: the new one is written first.
  s.put({"acme", entity_kind::lead, "kim"}, lead_with({"+1"}));
  s.put({"acme", entity_kind::lead, "lee"}, lead_with({}));
  EXPECT_EQ(keeper(s, "p+1"), "kim");
}

/// Any history: whoever is the only one to keep something is known for it,
/// while chunks are cleaned and leads move.
RC_GTEST_PROP(SnapshotStore, KnowsTheOnlyKeeper, ()) {
  snapshot_store s;
  std::map<std::string, std::string> kept; // lead to phone
  auto random = *rc::gen::arbitrary<std::uint32_t>();
  auto roll = [&random](std::uint32_t n) {
    random = random * 1664525U + 1013904223U;
    return (random >> 8) % n;
  };
  const auto steps = *rc::gen::inRange(1, 4000);
  for (int i = 0; i < steps; ++i) {
    auto lead = std::to_string(roll(300));
    if (roll(5) == 0) {
      s.erase({"acme", entity_kind::lead, lead});
      kept.erase(lead);
      continue;
    }
    auto phone = "+1" + std::to_string(roll(400));
    bool taken = std::any_of(kept.begin(), kept.end(), [&](const auto& k) {
      return k.first != lead && k.second == phone;
    });
    if (taken)
      continue; // then an entity of its own says who keeps it
    auto state = lead_with({phone});
    s.put({"acme", entity_kind::lead, lead}, state);
    kept[lead] = phone;
    // Something else, so that chunks fill and are cleaned.
    s.put({"acme", entity_kind::call, std::to_string(roll(20))},
          std::string(roll(30'000), 'x'));
  }
  std::map<std::string, std::string> keepers;
  for (const auto& [lead, phone] : kept)
    keepers[phone] = lead;
  for (int i = 0; i < 400; ++i) {
    auto phone = "+1" + std::to_string(i);
    auto it = keepers.find(phone);
    RC_ASSERT(keeper(s, "p" + phone)
              == (it == keepers.end() ? "nobody" : it->second));
  }
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
