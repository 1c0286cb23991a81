// R52: a routing waits for somebody who is only busy.

#include "actors/core/state/snapshot.hpp"
#include "tests/unit/core/ring/calls.hpp"

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

constexpr const char* wait_a_minute = R"("transfer":{"wait_s":60},)"
                                      R"("calls":{"wrap_up_s":30})";
constexpr const char* busy = R"("busy":true)";
constexpr const char* idle = R"("busy":false)";

/// The owner talks to somebody else: Ana is on the call `x`.
struct R52Wait : testing::Test {
  explicit R52Wait(const char* fields = wait_a_minute) : o{fields} {
    o.lead("x", R"("assigned_agent":"ana")");
    o.transfer("x", R"("lead_id":"x","pattern":"assigned_agent")");
    o.ring("answered", "ana", "x");
  }
  desk_result begin(const char* call = "c", const char* fields = owner_only) {
    return o.transfer(call, fields);
  }
  calls o;
};

TEST_F(R52Wait, ForSomebodyWhoIsOnlyBusy) {
  auto r = begin();
  EXPECT_THAT(told(r), ElementsAre("waiting until 2026-03-02T15:01:00Z"));
  EXPECT_EQ(r.count<decision_recorded>(), 2U); // owner, fallback
  EXPECT_EQ(o.team().counters().waiting.size(), 1U);
}

TEST_F(R52Wait, NotWithoutWaitS) {
  o.configure(calls::with(""));
  EXPECT_EQ(told(begin()).front(), "missed: no_target");
}

TEST_F(R52Wait, NotForWhoHasRung) {
  o.on_call("call.ended", "x");
  o.wait(seconds{30});
  begin();
  o.lead("y", R"("assigned_agent":"ana")");
  EXPECT_EQ(told(o.ring("busy", "ana")).front(), "missed: busy");
}

struct left_out_case {
  const char* name;
  const char* fields; /// of a toggle of Ana
  const char* told;
};

void PrintTo(const left_out_case& c, std::ostream* os) {
  *os << c.name;
}

struct R52LeftOut : testing::TestWithParam<left_out_case> {};

TEST_P(R52LeftOut, OnlyBusyIsWaitedFor) {
  calls o{wait_a_minute};
  o.toggle("ana", GetParam().fields);
  EXPECT_EQ(told(o.transfer("c", owner_only)).front(), GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R52LeftOut,
  testing::ValuesIn(std::vector<left_out_case>{
    {"BusyByTheirOwnWord", busy, "waiting until 2026-03-02T15:01:00Z"},
    {"Unavailable", off, "missed: no_target"},
    {"Away", R"("away_until":"2026-03-09T15:00:00Z","busy":true)",
     "missed: no_target"},
  }),
  by_name{});

TEST_F(R52Wait, WhoGetsFreeIsRungAlone) {
  begin();
  o.configure(calls::with(R"("transfer":{"wait_s":60})")); // R37: wrap-up stays
  EXPECT_THAT(told(o.on_call("call.ended", "x")), IsEmpty());
  // At the end of the wrap-up, though nothing comes in.
  auto r = o.wait(seconds{30});
  EXPECT_THAT(told(r), ElementsAre("ring owner: ana"));
  EXPECT_EQ(rung(r).attempt, 1);
  EXPECT_THAT(o.team().counters().waiting, IsEmpty());
  EXPECT_EQ(o.team().counters().wrap_up_ends, std::nullopt);
}

TEST_F(R52Wait, AtTheEndOfAnyStepOfTheTeam) {
  o.toggle("ana", busy);
  o.on_call("call.ended", "x");
  begin();
  o.wait(seconds{30});
  EXPECT_THAT(told(o.toggle("ana", idle)), ElementsAre("ring owner: ana"));
}

TEST_F(R52Wait, TheWaitEnds) {
  begin();
  EXPECT_THAT(told(o.wait(seconds{60} - milliseconds{1})), IsEmpty());
  EXPECT_EQ(told(o.wait(milliseconds{1})).front(), "missed: no_target");
  EXPECT_THAT(o.team().counters().waiting, IsEmpty());
}

TEST_F(R52Wait, ARecordAtTheVeryInstantGoesFirst) {
  o.configure(calls::with(R"("transfer":{"wait_s":60})"));
  begin();
  o.toggle("ana", busy);
  o.now += seconds{60};
  o.on_call("call.ended", "x"); // wrap-up of 30
  EXPECT_EQ(told(o.wait(seconds{0})).front(), "missed: no_target");
}

TEST_F(R52Wait, TheTotalEndsIt) {
  o.configure(calls::with(R"("transfer":{"wait_s":60,"total_timeout_s":50})"));
  EXPECT_THAT(told(begin()), ElementsAre("waiting until 2026-03-02T15:00:50Z"));
  EXPECT_EQ(told(o.wait(seconds{50})).front(), "missed: total_timeout");
}

TEST_F(R52Wait, TheCallerHangsUp) {
  begin();
  EXPECT_EQ(told(o.on_call("caller.hung_up")).front(),
            "missed: caller_hung_up");
  EXPECT_THAT(told(o.wait(seconds{100})), IsEmpty());
}

TEST_F(R52Wait, NobodyIsLeftToWaitFor) {
  begin();
  EXPECT_EQ(told(o.toggle("ana", off)).front(), "missed: no_target");
}

TEST_F(R52Wait, AfterAnAttemptForTheRestOfIt) {
  o.toggle("ben", busy);
  o.toggle("cat", busy);
  begin("c", "");
  o.wait(seconds{10});
  EXPECT_THAT(told(o.toggle("ben", idle)), ElementsAre("ring group: ben"));
  EXPECT_THAT(told(o.ring("declined", "ben")), IsEmpty());
  EXPECT_EQ(told(o.wait(seconds{50})).front(), "missed: declined");
}

TEST_F(R52Wait, AnAttemptMayOutlastIt) {
  begin();
  o.toggle("ana", busy);
  o.on_call("call.ended", "x");
  o.wait(seconds{50});
  EXPECT_THAT(told(o.toggle("ana", idle)), ElementsAre("ring owner: ana"));
  EXPECT_THAT(told(o.wait(seconds{36})), IsEmpty());
  EXPECT_THAT(told(o.wait(seconds{1})), Contains("missed: no_answer"));
}

TEST_F(R52Wait, TheOwnerThenTheGroupInItsOrder) {
  o.toggle("ben", busy);
  o.toggle("cat", busy);
  o.toggle("ana", busy);
  o.on_call("call.ended", "x");
  o.wait(seconds{30});
  auto r = begin("c", "");
  EXPECT_EQ(told(r).front(), "waiting until 2026-03-02T15:01:30Z");
  // All get free at once: by hours that begin.
  for (const auto* id : {"ana", "ben", "cat"})
    o.toggle(id, R"("busy":true)");
  o.wait(seconds{1});
  auto first_free = o.toggle("cat", idle);
  EXPECT_THAT(told(first_free), ElementsAre("ring group: cat"));
  EXPECT_THAT(weighed(first_free),
              ElementsAre("ana on_call", "ben on_call", "cat"));
  EXPECT_EQ(first_free.all<decision_recorded>().at(0).pool_id, "p");
}

TEST_F(R52Wait, GroupSizeDoesNotApply) {
  o.configure(calls::with(R"("transfer":{"wait_s":60,"group_size":2,)"
                          R"("pattern":"simultaneous_group"})"));
  o.toggle("ben", busy);
  o.toggle("cat", busy);
  begin("c", all_at_once);
  EXPECT_THAT(told(o.toggle("cat", idle)), ElementsAre("ring group: cat"));
}

TEST_F(R52Wait, OfASimultaneousGroupTheOwnerIsAMemberOnly) {
  o.toggle("ben", busy);
  o.toggle("cat", busy);
  o.toggle("ana", busy);
  o.on_call("call.ended", "x");
  o.wait(seconds{30});
  begin("c", all_at_once);
  EXPECT_THAT(told(o.toggle("ana", idle)), ElementsAre("ring group: ana"));
}

TEST_F(R52Wait, OfSeveralTheOneThatStartedFirst) {
  begin("later");
  o.wait(seconds{1});
  begin("b");
  begin("a");
  std::vector<std::string> order;
  for (const auto& w : o.team().counters().waiting)
    order.push_back(w.call_id);
  EXPECT_THAT(order, ElementsAre("later", "a", "b"));
  o.on_call("call.ended", "x");
  o.wait(seconds{30});
  EXPECT_TRUE(o.call_now("later").rings());
  o.on_call("caller.hung_up", "later");
  EXPECT_TRUE(o.call_now("a").rings());
}

TEST_F(R52Wait, BeforeAStepRingsSomebodyWhoWaitsForThemGoesFirst) {
  o.configure(calls::with(R"("transfer":{"wait_s":120},)"
                          R"("calls":{"max_call_s":60})"));
  o.toggle("ana", busy); // for a minute
  o.on_call("call.ended", "x");
  o.wait(seconds{30});
  begin("waits");
  // Her own call has lapsed, and nobody has looked since.
  o.now += seconds{31};
  EXPECT_THAT(
    told(begin("new")),
    ElementsAre("ring owner: ana", "waiting until 2026-03-02T15:03:01Z"));
  EXPECT_TRUE(o.call_now("waits").rings());
  EXPECT_FALSE(o.call_now("new").rings());
}

TEST_F(R52Wait, ForANumberThatIsBusy) {
  o.agent("ben", R"("phone":"+15125550101")"); // Ana's
  o.lead("m", R"("assigned_agent":"ben")");
  EXPECT_EQ(told(o.transfer("c", R"("lead_id":"m",)"
                                 R"("pattern":"assigned_agent")"))
              .front(),
            "waiting until 2026-03-02T15:01:00Z");
  o.on_call("call.ended", "x");
  EXPECT_THAT(told(o.wait(seconds{30})), ElementsAre("ring owner: ben"));
}

TEST_F(R52Wait, AWinIsAWin) {
  begin();
  o.toggle("ana", busy);
  o.on_call("call.ended", "x");
  o.wait(seconds{40});
  o.toggle("ana", idle);
  EXPECT_EQ(told(o.ring("answered", "ana")).front(), "connected owner: ana");
  EXPECT_THAT(told(o.wait(seconds{100})), IsEmpty());
}

TEST_F(R52Wait, AfterABridgeThatFailedAnew) {
  o.toggle("ben", busy);
  o.toggle("cat", busy);
  begin("c", "");
  o.on_call("call.ended", "x");
  o.wait(seconds{30}); // Ana rings
  o.ring("answered", "ana");
  EXPECT_EQ(told(o.bridge_failed("ana")).back(),
            "waiting until 2026-03-02T15:01:30Z");
}

TEST_F(R52Wait, TooLateToRingIsExpired) {
  begin();
  o.on_call("call.ended", "x");
  // The wrap-up's end is taken up two minutes late.
  auto r = o.pass(o.now + seconds{150});
  EXPECT_EQ(told(r).front(), "missed: expired");
}

TEST_F(R52Wait, ItsStateIsStored) {
  begin();
  call_state call;
  restore(snapshot(o.call_now()), call);
  EXPECT_EQ(call, o.call_now());
  team_counters counters;
  restore(snapshot(o.team().counters()), counters);
  EXPECT_EQ(counters, o.team().counters());
}

} // namespace
} // namespace fairlead::test
