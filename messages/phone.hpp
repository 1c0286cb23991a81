#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// A phone as it is kept, compared and matched: E.164, and behind it the
/// extension, if there is one, as RFC 3966 writes it: `+15125550101;ext=12`.
/// An extension belongs to its number: another one is another phone (R53).
struct phone_parts {
  std::string_view number;    /// E.164
  std::string_view extension; /// empty: none
};
[[nodiscard]] phone_parts parts_of(std::string_view phone);
[[nodiscard]] std::string joined_phone(const phone_parts& parts);

/// What a text says in a region (ISO 3166 alpha-2), if libphonenumber parses it
/// and calls it `IS_POSSIBLE`. Pure; safe from any thread. The common forms
/// take the quick way (reading/quick_phone.hpp); a bounded cache (65 536 texts)
/// holds the rest. A text of more than 250 bytes is no phone.
[[nodiscard]] std::optional<std::string> read_phone(std::string_view text,
                                                    std::string_view region);

/// The first possible number among other words (R53: libphonenumber's matcher,
/// in the first 250 characters). Costs some 50 us the first time, so it comes
/// after read_phone().
[[nodiscard]] std::optional<std::string> find_phone(std::string_view text,
                                                    std::string_view region);

/// True if libphonenumber knows the region.
[[nodiscard]] bool is_region(std::string_view region);

} // namespace fairlead
