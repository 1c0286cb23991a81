#include "actors/partition/entry_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace fairlead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// An entry by its id; the value is as long as told.
log_entry named(const std::string& id, const std::string& value) {
  return {.team_no = 7, .kind = entity_kind::lead, .id = id, .value = value};
}

/// So many of them pass a chunk (256 KiB) by a little.
constexpr int per_chunk = 260;
const std::string kib(1024, 'x');
constexpr entry_ref nowhere = 0xffffffff;

/// Entries 0 to n-1 of a KiB each, and where they stand.
struct filled {
  explicit filled(int n) {
    for (int i = 0; i < n; ++i)
      places.push_back(log.append(named(std::to_string(i), kib)));
  }
  void kill(std::size_t from, std::size_t to) {
    for (; from < to; ++from) {
      log.kill(places[from]);
      places[from] = nowhere;
    }
  }
  /// The ids that a cleaning moved; what moved stands in `places` as well.
  std::vector<std::string> clean() {
    std::vector<std::string> ids;
    log.clean(
      [this](entry_ref p, const log_entry& e) {
        return places[std::stoul(std::string{e.id})] == p;
      },
      [&](const log_entry& e, entry_ref to) {
        ids.emplace_back(e.id);
        places[std::stoul(ids.back())] = to;
      });
    return ids;
  }
  std::vector<std::string> walk(std::size_t max) {
    std::vector<std::string> ids;
    log.walk(max,
             [&](entry_ref, const log_entry& e) { ids.emplace_back(e.id); });
    return ids;
  }
  entry_log log;
  std::vector<entry_ref> places;
};

struct kept_case {
  std::uint32_t team;
  entity_kind kind;
  std::string id, value;
};

TEST(EntryLog, ReadsWhatWasAppended) {
  // Sizes around those where a number needs one byte more.
  const std::vector<kept_case> cases{
    {0, entity_kind::team, "", ""},
    {1, entity_kind::lead, "l", ""},
    {127, entity_kind::agent, std::string("a\0b\xff", 4), "v"},
    {128, entity_kind::call, std::string(127, 'i'), std::string(128, 'v')},
    {4'000'000'000U, entity_kind::opt_out, std::string(128, 'i'),
     std::string(16'384, 'v')},
    {2, entity_kind::person, "in a chunk of its own",
     std::string(300 * 1024, 'v')},
    {3, entity_kind::lead, "after it", "v"}};
  entry_log log;
  std::vector<entry_ref> places;
  for (const auto& c : cases)
    places.push_back(log.append({c.team, c.kind, c.id, c.value}));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto e = log.read(places[i]);
    EXPECT_EQ(e.team_no, cases[i].team) << i;
    EXPECT_EQ(e.kind, cases[i].kind) << i;
    EXPECT_EQ(e.id, cases[i].id) << i;
    EXPECT_EQ(e.value, cases[i].value) << i;
  }
}

TEST(EntryLog, APlaceHoldsWhenChunksFollow) {
  filled f{5 * per_chunk};
  for (std::size_t i = 0; i < f.places.size(); ++i)
    ASSERT_EQ(f.log.read(f.places[i]).id, std::to_string(i));
}

// -- moving -------------------------------------------------------------------

TEST(EntryLogClean, EmptiesAChunkThatIsMostlyDead) {
  filled f{2 * per_chunk};
  f.kill(0, 200);
  auto moved = f.clean();
  ASSERT_FALSE(moved.empty());
  EXPECT_EQ(moved.front(), "200"); // the living, in their order
  for (std::size_t i = 200; i < f.places.size(); ++i) {
    auto e = f.log.read(f.places[i]);
    ASSERT_EQ(e.id, std::to_string(i));
    ASSERT_EQ(e.value, kib);
  }
}

TEST(EntryLogClean, LeavesAChunkThatIsMostlyAlive) {
  filled f{2 * per_chunk};
  f.kill(0, 100);
  EXPECT_THAT(f.clean(), IsEmpty());
}

TEST(EntryLogClean, LeavesTheChunkThatIsAppendedTo) {
  filled f{10};
  f.kill(0, 10);
  EXPECT_THAT(f.clean(), IsEmpty());
  // It is looked at when it is full.
  filled g{100};
  g.kill(0, 100);
  for (int i = 100; i < 2 * per_chunk; ++i)
    g.places.push_back(g.log.append(named(std::to_string(i), kib)));
  EXPECT_THAT(g.clean(), IsEmpty()); // mostly alive by then
  g.kill(100, 200);
  EXPECT_FALSE(g.clean().empty());
}

TEST(EntryLogClean, WhatChangesEveryBatchDoesNotKeepWhatStays) {
  entry_log log;
  std::map<std::string, entry_ref> latest;
  auto put = [&](entity_kind k, const std::string& id) {
    auto ref = log.append({.team_no = 7, .kind = k, .id = id, .value = kib});
    if (auto it = latest.find(id); it != latest.end())
      log.kill(it->second);
    latest[id] = ref;
  };
  std::set<std::string> moved;
  // A third of what is written are an agent's snapshots, dead with the next.
  for (int i = 0; i < 4 * per_chunk; ++i) {
    put(entity_kind::lead, "lead-" + std::to_string(2 * i));
    put(entity_kind::agent, "ana");
    put(entity_kind::lead, "lead-" + std::to_string(2 * i + 1));
    log.clean(
      [&](entry_ref p, const log_entry& e) {
        return latest.at(std::string{e.id}) == p;
      },
      [&](const log_entry& e, entry_ref to) {
        latest.at(std::string{e.id}) = to;
        moved.insert(std::string{e.id});
      });
  }
  std::size_t stand = 0;
  std::size_t leads = 0;
  log.walk(100'000, [&](entry_ref, const log_entry& e) {
    ++stand;
    leads += e.kind == entity_kind::lead ? 1U : 0U;
  });
  EXPECT_EQ(leads, 8U * per_chunk);
  EXPECT_LT(stand - leads, 2U * per_chunk); // of four chunks' worth
  EXPECT_THAT(moved, testing::IsSubsetOf({"ana"}));
}

TEST(EntryLogClean, IsDoneOnce) {
  filled f{2 * per_chunk};
  f.kill(0, 200);
  EXPECT_FALSE(f.clean().empty());
  EXPECT_THAT(f.clean(), IsEmpty());
}

TEST(EntryLogClean, GivesTheChunkBackForWhatComesNext) {
  filled f{2 * per_chunk};
  std::set<entry_ref> chunks;
  auto chunk_of = [](entry_ref p) { return p >> 16; };
  for (auto p : f.places)
    chunks.insert(chunk_of(p));
  // Rewritten again and again, as snapshots are: no more chunks than twice
  // what lives, and one to append to.
  for (int round = 0; round < 20; ++round)
    for (std::size_t i = 0; i < f.places.size(); ++i) {
      f.kill(i, i + 1);
      f.places[i] = f.log.append(named(std::to_string(i), kib));
      chunks.insert(chunk_of(f.places[i]));
      f.clean();
    }
  EXPECT_LE(chunks.size(), 6U);
}

TEST(EntryLogClean, WhatIsLargerThanAChunkGoesByItself) {
  entry_log log;
  std::string large(300 * 1024, 'x');
  auto first = log.append(named("first", large));
  auto second = log.append(named("second", large));
  log.kill(first);
  int moved = 0;
  log.clean([&](entry_ref p, const log_entry&) { return p != first; },
            [&](const log_entry&, entry_ref) { ++moved; });
  EXPECT_EQ(moved, 0);
  EXPECT_EQ(log.read(second).id, "second");
}

// -- the walk -----------------------------------------------------------------

TEST(EntryLogWalk, GoesOnWhereTheLastOneEnded) {
  filled f{5};
  EXPECT_THAT(f.walk(2), ElementsAre("0", "1"));
  EXPECT_THAT(f.walk(2), ElementsAre("2", "3"));
  EXPECT_THAT(f.walk(2), ElementsAre("4"));
  EXPECT_THAT(f.walk(2), ElementsAre("0", "1"));
}

TEST(EntryLogWalk, DoesNotComeByTwiceInOneCall) {
  filled f{3};
  EXPECT_THAT(f.walk(100), ElementsAre("0", "1", "2"));
  EXPECT_THAT(filled{0}.walk(100), IsEmpty());
}

TEST(EntryLogWalk, ComesByEveryChunk) {
  filled f{4 * per_chunk};
  std::map<std::string, int> seen;
  for (int i = 0; i < 4 * per_chunk / 100 + 6; ++i)
    for (const auto& id : f.walk(100))
      ++seen[id];
  EXPECT_EQ(seen.size(), std::size_t{4 * per_chunk});
}

TEST(EntryLogWalk, TellsTheDeadAsWell) {
  filled f{2};
  f.kill(0, 1);
  EXPECT_THAT(f.walk(10), ElementsAre("0", "1"));
}

TEST(EntryLogWalk, SurvivesTheEndOfTheChunkThatItStandsIn) {
  filled f{2 * per_chunk};
  f.walk(100);
  f.kill(0, 250);
  f.clean();
  // Others of another size come to stand there.
  const std::string shorter(700, 'y');
  for (int i = 2 * per_chunk; i < 4 * per_chunk + 100; ++i)
    f.places.push_back(f.log.append(named(std::to_string(i), shorter)));
  std::map<std::string, int> seen;
  for (int i = 0; i < 20; ++i)
    for (const auto& id : f.walk(100))
      ++seen[id];
  for (int i = 250; i < 4 * per_chunk + 100; ++i)
    EXPECT_EQ(seen.erase(std::to_string(i)), 1U) << i;
  EXPECT_THAT(seen, IsEmpty());
}

} // namespace
} // namespace fairlead
