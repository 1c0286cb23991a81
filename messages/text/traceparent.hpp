#pragma once

#include <string_view>

namespace fairlead {

/// True if it is what W3C Trace Context allows as `traceparent`, of this
/// version or a later one, 128 bytes at most. Anything else is dropped, since
/// it would go out with every output.
[[nodiscard]] bool is_traceparent(std::string_view text);

} // namespace fairlead
