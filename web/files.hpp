#pragma once

#include <string_view>
#include <vector>

namespace fairlead::web {

/// A file of the pages, as the program carries it.
struct file {
  std::string_view name, type, text;
};
[[nodiscard]] const std::vector<file>& files();

} // namespace fairlead::web
