// R33: a win that was none, for a mailbox or a talk that was too short. Bridges
// that fail stand in cascade_test.cpp.

#include "tests/unit/core/ring/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

struct R33Mailbox : testing::Test {
  void won_by(const char* agent, const char* fields = all_at_once) {
    o.transfer("c", fields);
    o.ring("answered", agent);
  }
  calls o{R"("calls":{"wrap_up_s":30})"};
};

TEST_F(R33Mailbox, WhomTheWinCancelledRingsAgain) {
  won_by("ana");
  auto r = o.ring("machine", "ana");
  EXPECT_THAT(told(r), ElementsAre("ring group: ben cat"));
  EXPECT_THAT(weighed(r), ElementsAre("ben", "cat"));
  EXPECT_EQ(o.team().agent("ana")->on_call, std::nullopt);
  EXPECT_EQ(o.team().agent("ana")->wrap_up_until, instant{});
}

TEST_F(R33Mailbox, IsTheReasonIfNoLegRangAgain) {
  won_by("ana", owner_only);
  EXPECT_THAT(told(o.ring("machine", "ana")),
              ElementsAre("missed: machine",
                          "corrected successful_transfer to missed_transfer",
                          "cadence resumed", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST_F(R33Mailbox, AfterTheEndItIsIgnored) {
  won_by("ana");
  o.on_call("call.ended");
  EXPECT_THAT(told(o.ring("machine", "ana")), IsEmpty());
  EXPECT_EQ(o.call_now().phase, call_phase::ended);
}

TEST_F(R33Mailbox, OtherReportsOfTheWinnerChangeNothing) {
  won_by("ana");
  for (const char* report : {"declined", "busy", "failed", "no_answer"})
    EXPECT_THAT(told(o.ring(report, "ana")), IsEmpty()) << report;
  EXPECT_EQ(o.call_now().phase, call_phase::connected);
}

TEST_F(R33Mailbox, OfAFallbackNumberTheNextOneRings) {
  o.toggle("ana", off);
  won_by("+15125550190", R"("pattern":"assigned_agent",)"
                         R"("fallback_numbers":["+15125550190",)"
                         R"("+15125550191"])");
  EXPECT_THAT(told(o.ring("machine", first)),
              ElementsAre("ring fallback: +15125550191"));
}

TEST_F(R33Mailbox, NoneOfThemTheRestOfTheGroup) {
  o.toggle("cat", off);
  won_by("ben");
  o.toggle("ana", off); // the win had cancelled her
  o.toggle("cat", on);
  auto r = o.ring("machine", "ben");
  EXPECT_THAT(told(r), ElementsAre("ring group: cat"));
  // First a look at those whom the win had cancelled (R19).
  EXPECT_THAT(weighed(r), ElementsAre("ana unavailable"));
  EXPECT_EQ(r.count<decision_recorded>(), 2U);
}

TEST_F(R33Mailbox, TheRestInTurnsOfGroupSize) {
  o.configure(calls::with(R"("transfer":{"group_size":1})"));
  won_by("ana");
  EXPECT_THAT(
    o.course(o.ring("machine", "ana")),
    ElementsAre("ring group: ben", "ring group: cat", "missed: declined"));
}

TEST_F(R33Mailbox, WithoutGroupSizeTheNextStepComesAfterThoseWhoRingAgain) {
  o.toggle("cat", off);
  won_by("ana");
  o.toggle("cat", on);
  EXPECT_THAT(o.course(o.ring("machine", "ana")),
              ElementsAre("ring group: ben", "missed: declined"));
}

TEST_F(R33Mailbox, OfTheOwnerTheGroup) {
  won_by("ana", "");
  EXPECT_THAT(told(o.ring("machine", "ana")),
              ElementsAre("ring group: ben cat"));
}

TEST_F(R33Mailbox, ALateAnswerOfItIsLate) {
  won_by("ana");
  o.ring("machine", "ana");
  EXPECT_THAT(told(o.ring("answered", "ana")), ElementsAre("cancel ana: late"));
}

TEST_F(R33Mailbox, WaitedCountsFromTheStart) {
  won_by("ana");
  o.wait(seconds{20});
  o.ring("machine", "ana");
  o.wait(seconds{5});
  auto r = o.ring("answered", "ben");
  EXPECT_EQ(r.all<transfer_connected>().at(0).waited_ms, 25'000);
}

// -- min_talk_s ---------------------------------------------------------------

struct R33MinTalk : testing::TestWithParam<const char*> {
  R33MinTalk() {
    o.transfer("c", all_at_once);
    o.ring("answered", "ana");
  }
  calls o{R"("calls":{"min_talk_s":10,"wrap_up_s":30})"};
};

TEST_P(R33MinTalk, LessTakesTheWinBackWithoutAnotherRing) {
  o.wait(seconds{10} - milliseconds{1});
  EXPECT_THAT(told(o.on_call(GetParam())),
              ElementsAre("missed: caller_hung_up",
                          "corrected successful_transfer to missed_transfer",
                          "cadence resumed", "task call_back for ana",
                          "tell ana: transfer_missed"));
  EXPECT_EQ(o.team().agent("ana")->wrap_up_until, instant{});
  EXPECT_EQ(o.team().agent("ana")->on_call, std::nullopt);
}

TEST_P(R33MinTalk, SoMuchIsEnough) {
  o.wait(seconds{10});
  EXPECT_THAT(told(o.on_call(GetParam())), IsEmpty());
  EXPECT_EQ(o.call_now().phase, call_phase::ended);
}

INSTANTIATE_TEST_SUITE_P(Table, R33MinTalk,
                         testing::Values("caller.hung_up", "call.ended"));

TEST(R33MinTalkOff, ZeroNever) {
  calls o;
  o.transfer();
  o.ring("answered", "ana");
  EXPECT_THAT(told(o.on_call("call.ended")), IsEmpty());
}

// -- R35: what becomes of the count -------------------------------------------

struct R35Wins : testing::Test {
  std::int64_t misses() { return o.team().agent("ana")->misses; }
  void miss() {
    o.transfer("m", owner_only);
    o.ring("no_answer", "ana", "m");
    ASSERT_EQ(misses(), 1);
  }
  void win() {
    o.transfer("c", owner_only);
    o.ring("answered", "ana");
  }
  calls o{R"("calls":{"min_talk_s":5,"auto_unavailable_after":2})"};
};

TEST_F(R35Wins, CountWhenTheCallEnds) {
  miss();
  win();
  EXPECT_EQ(misses(), 1);
  o.wait(seconds{10});
  o.on_call("call.ended");
  EXPECT_EQ(misses(), 0);
}

TEST_F(R35Wins, AlsoByMaxCall) {
  miss();
  win();
  o.wait(std::chrono::hours{4});
  EXPECT_EQ(misses(), 0);
}

TEST_F(R35Wins, ABridgeThatFailsNeitherCountsNorResets) {
  miss();
  win();
  o.bridge_failed("ana");
  EXPECT_EQ(misses(), 1);
}

TEST_F(R35Wins, ATalkThatWasTooShortNeither) {
  miss();
  win();
  o.on_call("caller.hung_up");
  EXPECT_EQ(misses(), 1);
}

TEST_F(R35Wins, AMailboxIsAMiss) {
  miss();
  win();
  EXPECT_THAT(told(o.ring("machine", "ana")),
              ElementsAre("unavailable ana after 2",
                          "tell ana: auto_unavailable",
                          "tell olivia: auto_unavailable", "missed: machine",
                          "corrected successful_transfer to missed_transfer",
                          "cadence resumed", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST_F(R35Wins, OncePerCallAndAgentConcerned) {
  o.configure(calls::with(R"("calls":{"auto_unavailable_after":1})"));
  o.transfer("c", owner_only);
  EXPECT_THAT(told(o.ring("no_answer", "ana")),
              Contains("tell ana: auto_unavailable"));
  o.toggle("ana", on);
  o.transfer("c", owner_only); // once more (R44)
  auto r = told(o.ring("no_answer", "ana"));
  EXPECT_THAT(r, Contains("unavailable ana after 1"));
  EXPECT_THAT(r, Not(Contains("tell ana: auto_unavailable")));
}

TEST(R35Confirm, AnAnswerThatWaitsIsNoneAnAcceptanceIs) {
  calls o{R"("transfer":{"confirm":{"agents":true}})"};
  o.transfer("m", owner_only);
  o.ring("no_answer", "ana", "m");
  auto misses = [&o] { return o.team().agent("ana")->misses; };
  o.ring("answered", "ana", "m"); // late, and not accepted
  EXPECT_EQ(misses(), 1);
  o.ring("accepted", "ana", "m");
  EXPECT_EQ(misses(), 0);
}

TEST(R35Confirm, AnsweredAndNeverAcceptedCounts) {
  calls o{R"("transfer":{"confirm":{"agents":true}})"};
  o.transfer("c", owner_only);
  o.ring("answered", "ana");
  o.wait(seconds{37});
  EXPECT_EQ(o.team().agent("ana")->misses, 1);
}

} // namespace
} // namespace fairlead::test
