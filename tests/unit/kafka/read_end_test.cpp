#include "connectors/kafka/positions.hpp"

#include <gtest/gtest.h>

namespace fairlead::kafka {
namespace {

TEST(KafkaReadEnd, AnEmptyTopicIsAtItsEndAtOnce) {
  read_end e;
  e.start(0, 0);
  EXPECT_TRUE(e.reached(-1, false));
}

TEST(KafkaReadEnd, TheEndAtTheStartMustBeReached) {
  read_end e;
  e.start(5, 7);
  EXPECT_FALSE(e.reached(-1, true));
  e.record(5);
  EXPECT_FALSE(e.reached(7, true));
  e.record(6);
  EXPECT_TRUE(e.reached(7, false));
}

TEST(KafkaReadEnd, ATransactionMarkerNeedsAnEndEvent) {
  read_end e;
  e.start(0, 0);
  e.record(0);
  EXPECT_FALSE(e.reached(2, true)); // the marker stands at 1
  e.end_event(2);
  EXPECT_TRUE(e.reached(2, false));
}

TEST(KafkaReadEnd, BehindAnOpenTransactionAnEndEventCounts) {
  read_end e;
  e.start(0, 0);
  e.end_event(0);
  EXPECT_TRUE(e.reached(4, true));   // a stranger's, still open
  EXPECT_FALSE(e.reached(4, false)); // something may be in the queue
  e.record(0);
  EXPECT_FALSE(e.reached(4, true));
}

TEST(KafkaReadEnd, NewRecordsEndTheEnd) {
  read_end e;
  e.start(3, 3);
  EXPECT_TRUE(e.reached(3, true));
  EXPECT_FALSE(e.reached(4, true));
  e.position(4);
  EXPECT_TRUE(e.reached(4, true));
}

} // namespace
} // namespace fairlead::kafka
