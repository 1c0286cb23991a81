#pragma once

#include <string>
#include <string_view>

namespace fairlead {

/// A zip as it is compared (R53): folded, without blanks and `-`; in region US
/// three and four digits are filled up with zeros in front, and ZIP+4 is cut
/// to five.
[[nodiscard]] std::string zip_for_comparison(std::string_view text,
                                             std::string_view region);

/// A state as it is compared (R53): folded; in region US full names, `US-TX`
/// and `T.X.` are the two letters.
[[nodiscard]] std::string state_for_comparison(std::string_view text,
                                               std::string_view region);

} // namespace fairlead
