// The contract's derived ids and partitions. The expected values come from
// other implementations: Python's uuid.uuid5 and Kafka's UtilsTest.

#include "messages/derive.hpp"
#include "messages/partitioner.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace fairlead::test {
namespace {

TEST(Derive, IdsAreUuid5InFairleadsNamespace) {
  EXPECT_EQ(derived_id("hello"), "90baee9d-d6e2-5ae9-a123-e90ae234ebf3");
}

TEST(Derive, OutputsAreNamedByTeamCauseAndOrdinal) {
  auto cause = input_cause("/forms/acme", "web-7f3a");
  EXPECT_EQ(cause, "/forms/acme\x1fweb-7f3a");
  EXPECT_EQ(output_id({.team = "acme", .cause = cause, .ordinal = 0}),
            "301bfa21-74d8-597e-8034-db83f53e1a73");
  EXPECT_EQ(output_id({.team = "acme", .cause = cause, .ordinal = 12}),
            "00f76367-3e62-578f-ac74-468b9c11eaf7");
}

TEST(Derive, LegsAreNamedByTeamCallAttemptAndIndex) {
  EXPECT_EQ(leg_id({.team = "acme", .call = "c-1", .attempt = 1, .index = 0}),
            "d0878ade-0606-5906-b83b-bee26e1ebe76");
  EXPECT_EQ(
    leg_id({.team = "équipe", .call = "c-1", .attempt = 2, .index = 10}),
    "85cdbda9-04da-5cb2-9a74-13756d31a7a6");
}

struct hashed {
  std::string key;
  std::int32_t java; /// what Utils.murmur2 gives, with its sign
};

TEST(Partitioner, HashesAsJavasClient) {
  const hashed cases[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
  };
  for (const auto& c : cases) {
    auto positive = c.java & 0x7fffffff;
    // With so many partitions the hash itself is the answer.
    EXPECT_EQ(partition_of(c.key, std::numeric_limits<std::int32_t>::max()),
              positive)
      << c.key;
    for (std::int32_t n : {1, 2, 12, 50})
      EXPECT_EQ(partition_of(c.key, n), positive % n) << c.key << " of " << n;
  }
}

TEST(Partitioner, BytesAreUnsignedWhateverTheRestOfTheLength) {
  for (std::size_t n = 0; n < 9; ++n) {
    auto p = partition_of(std::string(n, '\xff'), 12);
    EXPECT_GE(p, 0);
    EXPECT_LT(p, 12);
  }
}

} // namespace
} // namespace fairlead::test
