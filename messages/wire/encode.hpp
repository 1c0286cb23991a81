#pragma once

#include "messages/outputs.hpp"
#include "messages/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead {

/// The owner that an output about a lead carries (contract: after its step).
struct output_owner {
  std::optional<std::string> owner;
  std::uint64_t epoch = 0;
};

/// The structured CloudEvent of one output, as JSON text. Valid UTF-8 in gives
/// valid JSON out; `payload` and `context` go out as the text they came in.
[[nodiscard]] std::string encode(const output& o, const output_frame& f,
                                 std::uint64_t sequence,
                                 const output_owner& owner);

} // namespace fairlead
