#pragma once

#include "actors/partition/ports.hpp"

#include <string>
#include <string_view>

namespace fairlead {

/// The key of a partition's meta record on `state`; no team is empty, so none
/// of its entities has it.
inline constexpr std::string_view meta_key = "\x1fmeta";

/// The meta record's value: the format of the snapshots, then the input
/// positions that they belong to.
[[nodiscard]] std::string encode_meta(input_positions positions);
/// Throws invariant_error if it was written in another format.
[[nodiscard]] input_positions decode_meta(std::string_view bytes);

} // namespace fairlead
