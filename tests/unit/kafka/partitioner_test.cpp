#include "messages/partitioner.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string>

namespace fairlead::kafka {
namespace {

// The engine's (R47) and the one that the sink uses agree.
TEST(KafkaPartitioner, OursIsLibrdkafkas) {
  std::uint32_t x = 7;
  for (int i = 0; i < 2'000; ++i) {
    std::string key(static_cast<std::size_t>(i % 40), '\0');
    for (auto& c : key)
      c = static_cast<char>((x = x * 1'664'525 + 1'013'904'223) >> 24);
    for (std::int32_t n : {1, 7, 12, 100})
      ASSERT_EQ(partition_of(key, n),
                rd_kafka_msg_partitioner_murmur2(
                  nullptr, key.data(), key.size(), n, nullptr, nullptr));
  }
}

} // namespace
} // namespace fairlead::kafka
