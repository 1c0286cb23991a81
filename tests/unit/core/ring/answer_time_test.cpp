// R24, R28: until when an answer counts, and an acceptance.

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

// -- R24: grace for an answer that is on its way ------------------------------

constexpr const char* grace
  = R"("transfer":{"ring_timeout_s":10,"total_timeout_s":15,)"
    R"("answer_grace_s":3})";

TEST(R24Grace, AnAnswerAfterExpiresAtWins) {
  calls o{grace};
  EXPECT_EQ(rung(o.transfer()).expires_at, o.now + seconds{10});
  EXPECT_THAT(told(o.wait(seconds{13} - milliseconds{1})), IsEmpty());
  EXPECT_EQ(told(o.ring("answered", "ana")).front(), "connected owner: ana");
}

TEST(R24Grace, ThenItsLegsAreCancelled) {
  calls o{grace};
  o.transfer();
  EXPECT_THAT(told(o.wait(seconds{13})),
              ElementsAre("cancel ana: ring_timeout", "ring group: ben cat"));
}

TEST(R24Grace, AfterTheTotalToo) {
  calls o{grace};
  o.transfer();
  o.wait(seconds{13}); // the group rings until the total, two seconds more
  EXPECT_THAT(told(o.wait(seconds{5} - milliseconds{1})), IsEmpty());
  EXPECT_THAT(told(o.wait(milliseconds{1})),
              ElementsAre("cancel ben: ring_timeout cat: ring_timeout",
                          "missed: total_timeout", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST(R24Grace, ARoutingWhoseTotalHasPassedStartsNoAttempt) {
  calls o{R"("transfer":{"ring_timeout_s":14,"total_timeout_s":15})"};
  o.transfer();
  // The ring timeout ended it, at 16; somebody is left.
  EXPECT_THAT(told(o.wait(seconds{16})), Contains("missed: total_timeout"));
}

TEST(R24Grace, LegsThatEndByThemselvesInItGiveTheirOwnReason) {
  calls o{grace};
  o.transfer();
  o.wait(seconds{13});
  o.wait(seconds{3}); // a second after the total
  o.ring("busy", "ben");
  EXPECT_EQ(told(o.ring("declined", "cat")).front(), "missed: declined");
}

TEST(R24Grace, UnlessSomebodyIsLeft) {
  calls o{grace};
  o.transfer("c", two_numbers);
  o.wait(seconds{16});
  o.ring("busy", "ben");
  EXPECT_EQ(told(o.ring("declined", "cat")).front(), "missed: total_timeout");
}

// -- R28: time to confirm -----------------------------------------------------

constexpr const char* confirm
  = R"("transfer":{"ring_timeout_s":10,"total_timeout_s":30,)"
    R"("answer_grace_s":2,"confirm_s":8,"confirm":{"agents":true}})";

TEST(R28ConfirmS, UntilSoLongAfterTheAnswer) {
  calls o{confirm};
  o.transfer("c", all_at_once);
  o.wait(seconds{9});
  o.ring("answered", "ben"); // until 17
  o.wait(seconds{1});
  o.ring("answered", "cat"); // until 18
  EXPECT_THAT(told(o.wait(seconds{2})),
              ElementsAre("cancel ana: ring_timeout"));
  EXPECT_THAT(told(o.wait(seconds{5} - milliseconds{1})), IsEmpty());
  EXPECT_THAT(told(o.wait(milliseconds{1})),
              ElementsAre("cancel ben: ring_timeout"));
  EXPECT_EQ(told(o.ring("accepted", "cat")).front(), "connected group: cat");
}

TEST(R28ConfirmS, WhatComesNextWaitsForIt) {
  calls o{confirm};
  o.transfer();
  o.wait(seconds{9});
  o.ring("answered", "ana");
  EXPECT_THAT(told(o.wait(seconds{8} - milliseconds{1})), IsEmpty());
  EXPECT_THAT(told(o.wait(milliseconds{1})),
              ElementsAre("cancel ana: ring_timeout", "ring group: ben cat"));
}

TEST(R28ConfirmS, NotLessThanTheAttempt) {
  calls o{confirm};
  o.transfer();
  o.ring("answered", "ana");
  EXPECT_THAT(told(o.wait(seconds{12} - milliseconds{1})), IsEmpty());
  EXPECT_THAT(told(o.wait(milliseconds{1})),
              Contains("cancel ana: ring_timeout"));
}

TEST(R28ConfirmS, FromTheFirstAnswer) {
  calls o{confirm};
  o.transfer();
  o.wait(seconds{8});
  o.ring("answered", "ana");
  o.wait(seconds{3});
  o.ring("answered", "ana");
  EXPECT_THAT(told(o.wait(seconds{5})), Contains("cancel ana: ring_timeout"));
}

TEST(R28ConfirmS, PastTheTotalToo) {
  calls o{R"("transfer":{"ring_timeout_s":10,"total_timeout_s":5,)"
          R"("confirm":{"agents":true}})"};
  o.transfer();
  o.wait(seconds{4});
  o.ring("answered", "ana");
  o.wait(seconds{9});
  EXPECT_EQ(told(o.ring("accepted", "ana")).front(), "connected owner: ana");
}

TEST(R28ConfirmS, TheTotalHasEndedTheAttemptAllTheSame) {
  calls o{R"("transfer":{"ring_timeout_s":10,"total_timeout_s":5,)"
          R"("confirm":{"agents":true}})"};
  o.transfer();
  o.wait(seconds{4});
  o.ring("answered", "ana");
  o.wait(seconds{5});
  EXPECT_EQ(told(o.ring("declined", "ana")).front(), "missed: total_timeout");
}

TEST(R28ConfirmS, ExpiresAtIsTheSame) {
  calls o{confirm};
  EXPECT_EQ(rung(o.transfer()).expires_at, o.now + seconds{10});
}

} // namespace
} // namespace fairlead::test
