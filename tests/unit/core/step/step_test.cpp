// A step's way: which visit comes next.

#include "actors/core/step/step.hpp"
#include "messages/wire/decode.hpp"
#include "tests/unit/core/nothing_stored.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {
namespace {

using testing::ElementsAre;

/// What each agent, when visited, names as the next ones.
using names = std::map<std::string, std::vector<std::string>>;

/// Whom a step visits that begins with the team.
std::vector<std::string> way(const names& next) {
  test::nothing_stored stored;
  team_state team{"acme", stored};
  step s{team, {entity_kind::team, ""}, "t", json_decoder(), {}, {}, {}};
  std::vector<std::string> visited;
  while (const auto* upcoming = s.upcoming()) {
    auto id = upcoming->id;
    auto v = s.arrive();
    EXPECT_EQ(v.id, id) << "the upcoming one is another";
    visited.push_back(id);
    if (auto it = next.find(id); it != next.end())
      for (const auto& x : it->second)
        s.next(to_agent(x, has_answered{}));
  }
  return visited;
}

TEST(StepsWay, IsInTheOrderInWhichAVisitNamesTheNextOnes) {
  EXPECT_THAT(way({{"", {"a", "b", "c"}}}), ElementsAre("", "a", "b", "c"));
}

TEST(StepsWay, GoesDeepFirst) {
  EXPECT_THAT(way({{"", {"a", "b"}}, {"a", {"a1", "a2"}}, {"a1", {"x"}}}),
              ElementsAre("", "a", "a1", "x", "a2", "b"));
}

} // namespace
} // namespace fairlead
