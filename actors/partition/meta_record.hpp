#pragma once

#include "actors/partition/ports.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// The key of a partition's meta record on `state`; no team is empty, so none
/// of its entities has it.
inline constexpr std::string_view meta_key = "\x1fmeta";

/// What a partition's state says of itself.
struct meta_record {
  input_positions positions = no_positions; /// that the snapshots belong to
  /// Whose offsets go with them, and of how many partitions this is one. Before
  /// format 3 it was not said: empty and 0.
  std::string consumer_group;
  std::int32_t partitions = 0;
};

/// The meta record's value: the format of the snapshots, then its fields.
[[nodiscard]] std::string encode_meta(const meta_record& m);
/// Throws invariant_error if it was written in a format that is not read.
[[nodiscard]] meta_record decode_meta(std::string_view bytes);

} // namespace fairlead
