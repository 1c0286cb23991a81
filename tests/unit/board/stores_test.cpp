#include "board/past/recent.hpp"
#include "board/reach_index.hpp"
#include "board/snapshot_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

using board::reach_index;
using board::recent;
using board::snapshot_entry;
using board::snapshot_set;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

TEST(board_snapshot_set, keeps_places_and_the_order_of_ids) {
  snapshot_set all;
  const auto* b = &*all.emplace("b", "old").first;
  all.emplace("c", "");
  all.emplace("a", std::string(1000, 'x'));
  b->replace("a new one that is longer");
  EXPECT_EQ(&*all.find(std::string_view{"b"}), b);
  EXPECT_EQ(b->bytes(), "a new one that is longer");
  std::vector<std::string> ids;
  for (const auto& e : all)
    ids.emplace_back(e.id());
  EXPECT_THAT(ids, ElementsAre("a", "b", "c"));
  EXPECT_EQ(all.upper_bound(std::string_view{"a"})->id(), "b");
  EXPECT_FALSE(all.emplace("b", "twice").second);
}

// Few hashes, so that what is removed stands in the way of others; compared
// with a set.
TEST(board_reach_index, finds_what_was_added_and_not_removed) {
  std::vector<snapshot_entry> entries;
  for (int i = 0; i < 40; ++i)
    entries.emplace_back(std::to_string(i), "");
  reach_index index;
  EXPECT_THAT(index.find(1), IsEmpty());
  index.remove(1, entries.data());
  std::multiset<std::pair<std::uint32_t, const snapshot_entry*>> expected;
  std::mt19937 draw{7}; // NOLINT(cert-msc51-cpp): the same every time
  for (int i = 0; i < 20'000; ++i) {
    // Hashes that share a slot, and some at the end of the table.
    auto hash = static_cast<std::uint32_t>(draw() % 4 * 0x10000 + draw() % 8
                                           + draw() % 2 * 0xfff8);
    const auto* what = &entries[draw() % entries.size()];
    if (draw() % 2 == 0) {
      index.add(hash, what);
      expected.emplace(hash, what);
    } else {
      index.remove(hash, what);
      if (auto it = expected.find({hash, what}); it != expected.end())
        expected.erase(it);
    }
    if (i % 50 != 0)
      continue;
    std::vector<const snapshot_entry*> wanted;
    for (const auto& [h, w] : expected)
      if (h == hash)
        wanted.push_back(w);
    ASSERT_THAT(index.find(hash), UnorderedElementsAreArray(wanted));
  }
}

TEST(board_recent, the_oldest_go_from_every_key) {
  recent log{20'000};
  auto record = [](int i) {
    raw_record r;
    r.offset = i;
    r.value = std::string(500, 'x');
    return r;
  };
  for (int i = 0; i < 1'000; ++i)
    log.add("acme", record(i),
            {{recent::about::team, ""},
             {recent::about::lead, "l-" + std::to_string(i % 3)},
             {recent::about::lead, "l-" + std::to_string(i % 3)}});
  auto all = log.of("acme", {recent::about::team, ""}, 1'000);
  ASSERT_GT(all.size(), 10U);
  EXPECT_LT(all.size(), 40U) << "500 bytes each, of 20 000";
  EXPECT_EQ(all.back().record->offset, 999);
  auto of_one = log.of("acme", {recent::about::lead, "l-0"}, 1'000);
  std::vector<std::int64_t> found, wanted;
  for (const auto& n : of_one)
    found.push_back(n.record->offset);
  for (const auto& n : all)
    if (n.record->offset % 3 == 0)
      wanted.push_back(n.record->offset);
  EXPECT_EQ(found, wanted);
  auto before = log.of("acme", {recent::about::team, ""}, 2, all.back().no);
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(before.back().record->offset, 998);
}

} // namespace
} // namespace fairlead::test
