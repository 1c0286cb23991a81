#pragma once

#include "messages/documents.hpp"
#include "messages/wire/field_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// One of `fallback_numbers`, a phone or an object (R25). Its phone is read in
/// the region; where that is `as_it_came`, it is kept for later.
[[nodiscard]] fallback_entry read_fallback_entry(const field_reader& r,
                                                 const json_node& entry,
                                                 std::string_view region);
inline constexpr std::string_view as_it_came{};

/// The member `endpoint`, if it is there.
[[nodiscard]] std::optional<std::string> read_endpoint(const field_reader& r);

} // namespace fairlead
