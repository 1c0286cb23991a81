#pragma once

#include <string>

namespace fairlead {

/// The version of the program, of the libraries that its answers depend on and
/// of the time-zone database.
[[nodiscard]] std::string version_text();

/// The same as a JSON object, for `/version`.
[[nodiscard]] std::string version_json();

} // namespace fairlead
