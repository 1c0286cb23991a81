#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// The E.164 form of a phone text read in a region (ISO 3166 alpha-2), if
/// libphonenumber parses it and calls it `IS_POSSIBLE`. Pure; safe from any
/// thread. The common forms (`+1` and ten digits; ten digits in US and CA) take
/// a fast path that is property-tested against the library; a bounded cache
/// (65 536 texts) holds the rest. A text of more than 250 bytes is not
/// a phone.
[[nodiscard]] std::optional<std::string> to_e164(std::string_view text,
                                                 std::string_view region);

/// True if libphonenumber knows the region.
[[nodiscard]] bool is_region(std::string_view region);

} // namespace fairlead
