#pragma once

#include "messages/documents.hpp"
#include "messages/wire/field_reader.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The longest duration that a document may name, where the contract sets no
/// other.
inline constexpr std::int64_t year_s = 365 * 24 * 60 * 60;

/// What a lead keeps of a document, its stage and the kinds of its tasks, may
/// have 1024 bytes (R15).
inline constexpr std::size_t kept_text_bytes_max = 1024;

/// The member `pool`, which must be one of the team's.
[[nodiscard]] pool_ref read_pool_ref(const field_reader& r,
                                     const std::set<std::string>& pools);

/// The member `outcomes`: what the team wants done at each (R39).
[[nodiscard]] std::vector<outcome_actions>
read_outcomes(const field_reader& r, const std::set<std::string>& pools);

} // namespace fairlead
