// R46: how faults are told to people.

#include "messages/dead_letters.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace fairlead::test {
namespace {

TEST(DeadLetters, R46AFaultIsToldBehindItsPointer) {
  EXPECT_EQ(sentence(fault{"/data/lead_id", "is missing"}),
            "/data/lead_id is missing");
  EXPECT_EQ(sentence(fault{"", "the value is not JSON"}),
            "the value is not JSON");
  EXPECT_EQ(sentence(fault{"/partitionkey", "there is no /partitionkey"}),
            "there is no /partitionkey");
  std::vector<fault> both{{"/a", "is missing"}, {"/b; /c", "is odd"}};
  EXPECT_EQ(sentence(both), "/a is missing; /b; /c is odd");
}

} // namespace
} // namespace fairlead::test
