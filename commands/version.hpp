#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// The version of the program, of the libraries that its answers depend on and
/// of the time-zone database.
[[nodiscard]] std::string version_text();

/// The same as a JSON object, for `/version`.
[[nodiscard]] std::string version_json();

/// What `fairlead_build_info` tells.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> build_labels();

} // namespace fairlead
