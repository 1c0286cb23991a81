// What is left to do for a timer whose step is lost whatever is tried (P1, P4).

#include "actors/core/visits/give_up.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// The entity's timer, due at `due`, is dropped.
std::vector<std::string> dropped(office& o, const entity_name& timer,
                                 instant due) {
  step s{o.team(), timer, "t", json_decoder(), due, due, due, handle_timer{}};
  s.go_nowhere();
  drop_timer(s, timer);
  EXPECT_EQ(s.upcoming(), nullptr) << "somebody is to be visited";
  return told({.outputs = s.outputs(), .dead = {}});
}

struct GiveUp : testing::Test {
  GiveUp() { o.lead("l", R"("assigned_agent":"ana")"); }
  office o;
};

TEST_F(GiveUp, ARoutingIsMissedWithItsTaskAndNobodyIsReserved) {
  o.transfer("c", R"("pattern":"simultaneous_group")");
  EXPECT_THAT(dropped(o, {entity_kind::call, "c"}, o.now + seconds{35}),
              ElementsAre("cancel ana: ring_timeout ben: ring_timeout",
                          "missed: failed", "task call_back for ana"));
  EXPECT_EQ(o.team().agent("ana")->ringing_for, std::nullopt);
  EXPECT_EQ(o.team().agent("ben")->ringing_for, std::nullopt);
  EXPECT_EQ(next_due(o.call_now()), std::nullopt);
}

TEST_F(GiveUp, AConnectedCallIsOver) {
  o.transfer();
  o.ring("answered", "ana");
  EXPECT_THAT(dropped(o, {entity_kind::call, "c"}, o.now + hours{4}),
              IsEmpty());
  EXPECT_EQ(o.team().agent("ana")->on_call, std::nullopt);
  EXPECT_EQ(o.call_now().phase, call_phase::ended);
  EXPECT_EQ(next_due(o.call_now()), std::nullopt);
}

TEST_F(GiveUp, ALineIsFreeAndNothingWaits) {
  o.configure(std::string{one_pool} + R"(,"transfer":{"wait_s":60})");
  o.transfer("c1", R"("pattern":"assigned_agent")"); // Ana rings
  o.transfer("c2", R"("pattern":"assigned_agent",)"
                   R"("fallback_numbers":["+15125550190"])");
  ASSERT_EQ(o.team().counters().lines.size(), 1U);
  dropped(o, {entity_kind::call, "c2"}, o.now + seconds{37});
  EXPECT_THAT(o.team().counters().lines, IsEmpty());
  o.transfer("c3", R"("pattern":"assigned_agent")");
  ASSERT_EQ(o.team().counters().waiting.size(), 1U);
  EXPECT_THAT(dropped(o, {entity_kind::call, "c3"}, o.now + seconds{60}),
              ElementsAre("missed: failed", "task call_back for ana"));
  EXPECT_THAT(o.team().counters().waiting, IsEmpty());
}

TEST_F(GiveUp, AParkedEventLeavesAndTheOthersStay) {
  o.on_call("caller.hung_up", "early");
  auto due = *o.part().first_due();
  o.now += seconds{1};
  o.on_call("caller.hung_up", "early");
  EXPECT_THAT(dropped(o, {entity_kind::call, "early"}, due), IsEmpty());
  EXPECT_EQ(o.call_now("early").parked.size(), 1U);
  EXPECT_EQ(o.team().counters().parked, 1U);
}

TEST_F(GiveUp, OverdueOutreachIsRefused) {
  o.outreach("o1", "later");
  auto due = *o.part().first_due();
  o.now += seconds{1};
  o.outreach("o2", "later");
  EXPECT_THAT(dropped(o, {entity_kind::lead, "later"}, due),
              ElementsAre("refused o1: held_too_long"));
  ASSERT_EQ(o.lead_now("later").held.size(), 1U);
  EXPECT_EQ(o.lead_now("later").held[0].outreach_id, "o2");
}

TEST_F(GiveUp, ThoseWhoWaitAreTriedAMinuteLater) {
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, R"("active":false)");
  o.lead("m");
  auto due = *o.part().first_due();
  EXPECT_THAT(dropped(o, {entity_kind::team, ""}, due), IsEmpty());
  EXPECT_EQ(o.team().counters().retry_at, due + seconds{60});
}

} // namespace
} // namespace fairlead::test
