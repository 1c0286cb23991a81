#include "connectors/kafka/positions.hpp"

#include <gmock/gmock.h>

#include <array>

namespace fairlead::kafka {
namespace {

using ::testing::HasSubstr;

std::array<input_extent, input_topic_count>
extents(input_extent leads, input_extent others = {0, 0, -1}) {
  return {others, leads, others, others};
}

TEST(KafkaStart, ANewGroupBeginsAtTheBeginning) {
  auto v = compare_positions(std::nullopt, extents({0, 100, -1}), 3);
  EXPECT_FALSE(v.fault);
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.positions, no_positions);
}

TEST(KafkaStart, StateAndOffsetsThatAgreeGoOn) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, extents({0, 100, 42}), 3);
  EXPECT_FALSE(v.fault);
  EXPECT_TRUE(v.warnings.empty());
  EXPECT_EQ(v.positions, meta);
}

TEST(KafkaStart, ExpiredOffsetsAreTakenFromTheState) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, extents({0, 100, -1}), 3);
  EXPECT_FALSE(v.fault);
  ASSERT_EQ(v.warnings.size(), 1u);
  EXPECT_THAT(v.warnings[0], HasSubstr("leads/3"));
  EXPECT_EQ(v.positions, meta);
}

TEST(KafkaStart, ContradictionsStopThePartition) {
  // The state is gone.
  EXPECT_THAT(*compare_positions(std::nullopt, extents({0, 100, 42}), 3).fault,
              HasSubstr("restore the state topic"));
  input_positions meta{-1, 42, -1, -1};
  // Somebody moved the offsets, one way or the other.
  EXPECT_THAT(*compare_positions(meta, extents({0, 100, 7}), 3).fault,
              HasSubstr("42"));
  EXPECT_TRUE(compare_positions(meta, extents({0, 100, 50}), 3).fault);
  // The topic is another one.
  EXPECT_THAT(*compare_positions(meta, extents({0, 10, 42}), 3).fault,
              HasSubstr("ends at 10"));
  // One topic's offset without its position.
  EXPECT_TRUE(
    compare_positions(meta, extents({0, 100, 42}, {0, 5, 5}), 3).fault);
}

TEST(KafkaStart, RecordsThatWereDeletedUnreadAreTold) {
  input_positions meta{-1, 42, -1, -1};
  auto v = compare_positions(meta, extents({50, 100, 42}), 3);
  EXPECT_FALSE(v.fault);
  ASSERT_EQ(v.warnings.size(), 1u);
  EXPECT_THAT(v.warnings[0], HasSubstr("from offset 42 to 49"));
}

} // namespace
} // namespace fairlead::kafka
