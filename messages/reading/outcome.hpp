#pragma once

#include "messages/words.hpp"

#include <string_view>

namespace fairlead {

/// A tag as tags are compared (R38): folded, with blanks and `-` as `_`. So
/// `Not interested` is not_interested. The usual form costs a comparison.
[[nodiscard]] outcome_tag read_outcome_tag(std::string_view text);

} // namespace fairlead
