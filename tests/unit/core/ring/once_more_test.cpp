// R44: a call that was missed is routed once more.

#include "tests/unit/core/ring/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

struct R44OnceMore : testing::Test {
  void miss() {
    o.transfer();
    o.course({});
    ASSERT_EQ(o.call_now().phase, call_phase::missed);
  }
  /// The transfer is a dead letter.
  bool refused(const char* fields = "") {
    auto r = o.transfer("c", fields);
    return r.dead == std::vector<std::string>{"invalid_value"}
           && r.outputs.empty();
  }
  calls o;
};

TEST_F(R44OnceMore, WithinAnHourOfItsMiss) {
  miss();
  o.now += hours{1};
  auto r = o.transfer();
  // Attempts count on, and who rang before may ring again.
  EXPECT_THAT(told(r), ElementsAre("ring owner: ana"));
  EXPECT_EQ(rung(r).attempt, 3);
  EXPECT_EQ(rung(r).expires_at, o.now + seconds{35});
}

TEST_F(R44OnceMore, LaterItIsADeadLetter) {
  miss();
  o.now += hours{1} + milliseconds{1};
  EXPECT_TRUE(refused());
}

TEST_F(R44OnceMore, WhileItsRoutingRunsItIsADuplicate) {
  o.transfer();
  auto before = o.part().stats().duplicates;
  EXPECT_THAT(o.transfer().outputs, IsEmpty());
  EXPECT_EQ(o.part().stats().duplicates, before + 1);
}

TEST_F(R44OnceMore, NotForAnotherLead) {
  miss();
  EXPECT_TRUE(refused(R"("lead_id":"m")"));
}

TEST_F(R44OnceMore, NotAfterTheCallerHadHungUp) {
  o.transfer();
  o.on_call("caller.hung_up");
  EXPECT_TRUE(refused());
}

TEST_F(R44OnceMore, NotIfTheCallerHasHungUpSince) {
  for (const char* end : {"caller.hung_up", "call.ended"}) {
    calls fresh;
    fresh.transfer("c", owner_only);
    fresh.ring("busy", "ana");
    fresh.on_call(end);
    EXPECT_THAT(fresh.transfer("c").dead, ElementsAre("invalid_value")) << end;
  }
}

TEST_F(R44OnceMore, NotAfterAHangUpThatCameBeforeTheTransfer) {
  o.on_call("caller.hung_up");
  o.transfer();
  EXPECT_TRUE(refused());
}

TEST_F(R44OnceMore, NotWhenItIsConnectedOrOver) {
  o.transfer();
  o.ring("answered", "ana");
  EXPECT_TRUE(refused());
  o.on_call("call.ended");
  EXPECT_TRUE(refused());
}

TEST_F(R44OnceMore, ASuccessIsACorrection) {
  miss();
  o.transfer();
  EXPECT_THAT(told(o.ring("answered", "ana")),
              ElementsAre("connected owner: ana",
                          "corrected missed_transfer to successful_transfer",
                          "task cancelled: outcome_corrected",
                          "cadence cancelled: successful_transfer",
                          "tell ana: transfer_answered",
                          "tell olivia: transfer_answered"));
}

TEST_F(R44OnceMore, ASecondMissChangesNothing) {
  miss();
  o.transfer("c", owner_only);
  EXPECT_THAT(told(o.ring("busy", "ana")), ElementsAre("missed: busy"));
}

TEST_F(R44OnceMore, ItsReasonIsItsOwn) {
  miss();
  o.toggle("ana", off);
  EXPECT_THAT(told(o.transfer("c", owner_only)),
              ElementsAre("missed: no_target"));
}

TEST_F(R44OnceMore, TheHourIsThatOfTheLastMiss) {
  miss();
  o.now += hours{1};
  o.transfer("c", owner_only);
  o.ring("busy", "ana");
  o.now += hours{1};
  EXPECT_THAT(told(o.transfer()), ElementsAre("ring owner: ana"));
}

TEST_F(R44OnceMore, ALegOfBeforeIsLate) {
  o.transfer("c", owner_only);
  auto before = o.call_now().legs.at(0).leg_id;
  o.ring("busy", "ana");
  o.transfer("c", owner_only);
  EXPECT_THAT(told(o.send(topic::calls, "ring.answered",
                          R"({"call_id":"c","leg_id":")" + before + "\"}")),
              ElementsAre("cancel ana: late"));
}

TEST_F(R44OnceMore, WithTheSettingsOfThatMoment) {
  miss();
  o.configure(calls::with(R"("transfer":{"ring_timeout_s":7})"));
  EXPECT_EQ(rung(o.transfer()).ring_timeout_s, 7);
}

TEST_F(R44OnceMore, ACallThatWasTaggedForAnotherLeadStartsAnew) {
  o.lead("m");
  o.tag("qualified", "c", R"("lead_id":"m")");
  o.tag("bad_number", "c", R"("lead_id":"m")");
  EXPECT_THAT(told(o.transfer()), ElementsAre("ring owner: ana"));
  EXPECT_FALSE(o.call_now().ledger.tag_applied);
}

TEST_F(R44OnceMore, SoManyLegsOfBeforeStayKnown) {
  for (int i = 0; i < 300; ++i) {
    o.transfer("c", all_at_once);
    o.course({});
  }
  EXPECT_LE(o.call_now().legs.size(), 503U);
  EXPECT_EQ(o.call_now().attempts, 300);
}

} // namespace
} // namespace fairlead::test
