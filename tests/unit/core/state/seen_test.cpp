// R44, R45: the same event again, and events that come before their transfer.

#include "actors/core/state/seen.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(R44Window, KeepsTheLastOnly) {
  seen_window<16> w;
  for (std::uint64_t key = 1; key <= 17; ++key)
    w.add(key);
  EXPECT_FALSE(w.has(1));
  for (std::uint64_t key = 2; key <= 17; ++key)
    EXPECT_TRUE(w.has(key)) << key;
  EXPECT_EQ(w.keys.size(), 16U);
}

TEST(R44Key, IsOfSourceAndIdEachAsAWhole) {
  EXPECT_EQ(seen_key("/a", "1"), seen_key("/a", "1"));
  EXPECT_NE(seen_key("/a", "1"), seen_key("/a", "2"));
  EXPECT_NE(seen_key("/a", "1"), seen_key("/b", "1"));
  EXPECT_NE(seen_key("/ab", "c"), seen_key("/a", "bc"));
}

/// One kind of event, sent again after `between` others of the same entity.
struct window_case {
  const char* name;
  topic on;
  const char* type;
  const char* data;
  int kept;
};

void PrintTo(const window_case& c, std::ostream* os) {
  *os << c.type;
}

struct R44Duplicate : testing::TestWithParam<window_case> {
  R44Duplicate() {
    o.lead("l");
    o.transfer("over", R"("pattern":"assigned_agent")");
    o.ring("declined", "ana", "over");
  }
  wish event() {
    return o.writer().make(GetParam().on, GetParam().type, "acme",
                           GetParam().data);
  }
  /// Whether an event counts as a duplicate after so many others.
  bool again_after(int others) {
    auto e = event();
    o.take(e, o.now);
    for (int i = 0; i < others; ++i)
      o.take(event(), o.now);
    auto before = o.part().stats().duplicates;
    o.take(e, o.now);
    return o.part().stats().duplicates == before + 1;
  }
  office o;
};

TEST_P(R44Duplicate, WithinTheWindow) {
  EXPECT_TRUE(again_after(GetParam().kept - 1));
}

TEST_P(R44Duplicate, BeyondIt) {
  EXPECT_FALSE(again_after(GetParam().kept));
}

INSTANTIATE_TEST_SUITE_P(
  Table, R44Duplicate,
  testing::ValuesIn(std::vector<window_case>{
    {"Lead", topic::leads, "lead.received", R"({"lead_id":"l"})", 16},
    {"Agent", topic::roster, "agent.availability_changed",
     R"({"agent_id":"ana","available_for_calls":true})", 16},
    {"Call", topic::calls, "caller.hung_up", R"({"call_id":"over"})", 64},
    {"Team", topic::roster, "team.configured",
     R"({"team_id":"acme","account_owner":"olivia"})", 64},
  }),
  by_name{});

TEST(R44Duplicate, ChangesNothing) {
  office o;
  auto e = o.writer().make(topic::leads, "lead.received", "acme",
                           R"({"lead_id":"l"})");
  o.take(e, o.now);
  auto before = o.lead_now();
  EXPECT_THAT(o.take(e, o.now + seconds{1}).outputs, IsEmpty());
  EXPECT_EQ(o.lead_now(), before);
  EXPECT_EQ(o.team().counters().now, o.now);
}

TEST(R44Duplicate, OfAnotherEntityIsNone) {
  office o;
  auto of_lead = [&o](const char* lead) {
    auto e = o.writer().make(topic::leads, "lead.received", "acme",
                             R"({"lead_id":")" + std::string{lead} + "\"}");
    return e;
  };
  auto e = of_lead("l");
  o.take(e, o.now);
  auto other = of_lead("m");
  // The same source and id, but another lead.
  auto at = other.value.find(other.id);
  ASSERT_NE(at, std::string::npos);
  other.value.replace(at, other.id.size(), e.id);
  EXPECT_THAT(told(o.take(other, o.now)), Contains("assigned ben: rotation"));
}

TEST(R44Duplicate, ARejectedEventIsNotRemembered) {
  office o;
  auto e = o.writer().make(topic::leads, "lead.closed", "acme",
                           R"({"lead_id":"l"})");
  EXPECT_THAT(o.take(e, o.now).dead, ElementsAre("unknown_lead"));
  o.lead("l");
  EXPECT_THAT(o.take(e, o.now).dead, IsEmpty());
  EXPECT_TRUE(o.lead_now().closed);
}

TEST(R44Call, AKnownCallIdStartsNothing) {
  office o;
  o.lead("l");
  o.transfer();
  auto duplicates = o.part().stats().duplicates;
  EXPECT_THAT(o.transfer().outputs, IsEmpty());
  EXPECT_EQ(o.part().stats().duplicates, duplicates + 1);
  EXPECT_EQ(o.call_now().attempts, 1);
}

// -- R45 ----------------------------------------------------------------------

TEST(R45Parked, IsAppliedInOrderAfterTheTransferInItsStep) {
  office o;
  o.lead("l");
  for (const char* leg : {"x", "y"})
    o.send(topic::calls, "ring.answered",
           R"({"call_id":"c","leg_id":")" + std::string{leg} + "\"}");
  o.tag("missed_transfer"); // ignored while it rings
  auto r = o.transfer();
  EXPECT_EQ(r.steps, 1U);
  EXPECT_THAT(told(r), ElementsAre("ring owner: ana"));
  // Of a leg that is none: a dead letter each, as if they came now.
  EXPECT_THAT(r.dead, ElementsAre("unknown_leg", "unknown_leg"));
  EXPECT_EQ(o.team().counters().parked, 0U);
}

TEST(R45Parked, SixtySecondsEachItsOwn) {
  office o;
  o.on_call("caller.hung_up");
  o.wait(seconds{20});
  o.on_call("caller.hung_up");
  EXPECT_THAT(o.wait(seconds{40} - milliseconds{1}).dead, IsEmpty());
  EXPECT_THAT(o.wait(milliseconds{1}).dead, ElementsAre("unknown_call"));
  EXPECT_THAT(o.wait(seconds{20} - milliseconds{1}).dead, IsEmpty());
  EXPECT_THAT(o.wait(milliseconds{1}).dead, ElementsAre("unknown_call"));
}

TEST(R45Parked, TheTransferAtTheVeryInstantIsInTime) {
  office o;
  o.lead("l");
  o.on_call("caller.hung_up");
  o.now += seconds{60};
  EXPECT_EQ(told(o.transfer()).front(), "missed: caller_hung_up");
}

TEST(R45Parked, CountsAsApplied) {
  office o;
  o.lead("l");
  auto e = o.writer().make(topic::calls, "caller.hung_up", "acme",
                           R"({"call_id":"c"})");
  o.take(e, o.now);
  o.take(e, o.now);
  EXPECT_EQ(o.part().stats().duplicates, 1U);
  EXPECT_EQ(o.call_now().parked.size(), 1U);
}

TEST(R45Parked, OtherOutcomesAreNot) {
  office o;
  o.lead("l");
  EXPECT_THAT(told(o.tag("bad_number")),
              ElementsAre("cadence cancelled: bad_number"));
}

} // namespace
} // namespace fairlead::test
