#include "messages/partitioner.hpp"

namespace fairlead {
namespace {

/// MurmurHash2 as Kafka's Java client has it (Utils.murmur2).
std::uint32_t murmur2(std::string_view s) {
  constexpr std::uint32_t m = 0x5bd1e995;
  auto byte = [&s](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(s[i]));
  };
  auto h = 0x9747b28cU ^ static_cast<std::uint32_t>(s.size());
  std::size_t i = 0;
  for (; i + 4 <= s.size(); i += 4) {
    auto k = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    k *= m;
    k ^= k >> 24;
    k *= m;
    h *= m;
    h ^= k;
  }
  auto left = s.size() - i;
  if (left == 3)
    h ^= byte(i + 2) << 16;
  if (left >= 2)
    h ^= byte(i + 1) << 8;
  if (left >= 1) {
    h ^= byte(i);
    h *= m;
  }
  h ^= h >> 13;
  h *= m;
  h ^= h >> 15;
  return h;
}

} // namespace

std::int32_t partition_of(std::string_view key, std::int32_t n) {
  return static_cast<std::int32_t>(murmur2(key) & 0x7fffffff) % n;
}

} // namespace fairlead
