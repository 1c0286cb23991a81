#include "connectors/kafka/partition/positions.hpp"

#include <gmock/gmock.h>

namespace fairlead::kafka {
namespace {

using ::testing::HasSubstr;

/// What the group has committed of `leads`, and of the others.
input_positions committed(std::int64_t leads, std::int64_t others = -1) {
  return {others, leads, others, others};
}

TEST(KafkaStart, ANewGroupBeginsAtTheBeginning) {
  auto v = compare_positions(std::nullopt, committed(-1), 3);
  EXPECT_FALSE(v.fault);
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.positions, no_positions);
}

TEST(KafkaStart, StateAndOffsetsThatAgreeGoOn) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, committed(42), 3);
  EXPECT_FALSE(v.fault);
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.positions, meta);
}

TEST(KafkaStart, ExpiredOffsetsAreTakenFromTheState) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, committed(-1), 3);
  EXPECT_FALSE(v.fault);
  ASSERT_EQ(v.warnings.size(), 1u);
  EXPECT_THAT(v.warnings[0], HasSubstr("leads/3"));
  EXPECT_EQ(v.positions, meta);
}

TEST(KafkaStart, ContradictionsStopThePartition) {
  // The state is gone.
  EXPECT_THAT(*compare_positions(std::nullopt, committed(42), 3).fault,
              HasSubstr("restore the state topic"));
  input_positions meta{-1, 42, -1, -1};
  // Somebody moved the offsets, one way or the other.
  EXPECT_THAT(*compare_positions(meta, committed(7), 3).fault, HasSubstr("42"));
  EXPECT_TRUE(compare_positions(meta, committed(50), 3).fault);
  // One topic's offset without its position.
  EXPECT_TRUE(compare_positions(meta, committed(42, 5), 3).fault);
}

} // namespace
} // namespace fairlead::kafka
