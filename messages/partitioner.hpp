#pragma once

#include <cstdint>
#include <string_view>

namespace fairlead {

/// Kafka's default partitioner: murmur2(key) & 0x7fffffff mod n (KIP-480 left
/// it as it is for keyed records).
[[nodiscard]] std::int32_t partition_of(std::string_view key, std::int32_t n);

} // namespace fairlead
