#include "connectors/kafka/partition/positions.hpp"

#include <gtest/gtest.h>

namespace fairlead::kafka {
namespace {

TEST(KafkaReadEnd, AnEmptyTopicIsAtItsEndOnceItSaysSo) {
  read_end e;
  e.start(0);
  EXPECT_FALSE(e.reached(-1, true));
  EXPECT_TRUE(e.end_event(0));
  EXPECT_TRUE(e.reached(-1, true));
}

TEST(KafkaReadEnd, TheEndAtTheStartMustBeReached) {
  read_end e;
  e.start(5);
  EXPECT_FALSE(e.reached(5, true)) << "an end from before the start";
  EXPECT_TRUE(e.record(5));
  EXPECT_FALSE(e.reached(7, true));
  EXPECT_TRUE(e.record(6));
  EXPECT_TRUE(e.reached(7, false));
}

TEST(KafkaReadEnd, WhereRecordsNeverCeaseTheFirstEndThatWasToldCounts) {
  read_end e;
  e.start(0);
  EXPECT_TRUE(e.record(0));
  EXPECT_FALSE(e.reached(3, true));
  EXPECT_TRUE(e.record(1));
  EXPECT_FALSE(e.reached(4, true));
  EXPECT_TRUE(e.record(2)); // what there was at the start is read
  EXPECT_FALSE(e.reached(5, true));
  EXPECT_TRUE(e.record(3));
  EXPECT_TRUE(e.record(4));
  EXPECT_TRUE(e.reached(5, true));
}

TEST(KafkaReadEnd, ATransactionMarkerNeedsAnEndEvent) {
  read_end e;
  e.start(0);
  EXPECT_TRUE(e.record(0));
  EXPECT_FALSE(e.reached(2, true)); // the marker stands at 1
  EXPECT_TRUE(e.end_event(2));
  EXPECT_TRUE(e.reached(2, false));
}

TEST(KafkaReadEnd, BehindAnOpenTransactionAnEndEventCounts) {
  read_end e;
  e.start(0);
  EXPECT_TRUE(e.end_event(0));
  EXPECT_TRUE(e.reached(4, true));   // a stranger's, still open
  EXPECT_FALSE(e.reached(4, false)); // something may be in the queue
  EXPECT_TRUE(e.record(0));
  EXPECT_FALSE(e.reached(4, true));
}

TEST(KafkaReadEnd, NewRecordsEndTheEnd) {
  read_end e;
  e.start(3);
  EXPECT_TRUE(e.end_event(3));
  EXPECT_TRUE(e.reached(3, true));
  EXPECT_FALSE(e.reached(4, false));
  e.position(4);
  EXPECT_TRUE(e.reached(4, true));
}

TEST(KafkaReadEnd, ATopicThatGoesOnBeforeWhereItWasReadIsAnotherOne) {
  read_end e;
  e.start(200);
  EXPECT_FALSE(e.record(0));
  e.start(200);
  EXPECT_FALSE(e.end_event(0)) << "made anew, and empty";
  e.start(200);
  EXPECT_TRUE(e.record(200));
  EXPECT_FALSE(e.record(200));
}

TEST(KafkaReadEnd, AfterASeekWhatWasFetchedBeforeIsNoSign) {
  read_end e;
  e.start(200, true);
  EXPECT_TRUE(e.record(0));
  EXPECT_FALSE(e.jumped());
  EXPECT_TRUE(e.record(200));
  EXPECT_FALSE(e.record(1)) << "it was there already";
}

TEST(KafkaReadEnd, JumpsAreRememberedUntilTheyAreExplained) {
  read_end e;
  e.start(-1);
  EXPECT_TRUE(e.record(7));
  EXPECT_FALSE(e.jumped()) << "the first time any beginning will do";
  EXPECT_TRUE(e.record(10));
  EXPECT_TRUE(e.end_event(15));
  ASSERT_TRUE(e.jumped());
  EXPECT_EQ(e.jumped()->from, 8);
  EXPECT_EQ(e.jumped()->to, 15);
  e.gap_is_explained();
  EXPECT_TRUE(e.record(15));
  EXPECT_FALSE(e.jumped());
}

} // namespace
} // namespace fairlead::kafka
