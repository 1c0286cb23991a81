#pragma once

#include <string_view>

namespace fairlead::sample {

/// The files of config/sample, built into the program: the demo runs from
/// anywhere.
extern const std::string_view teams, agents, morning, phones;

} // namespace fairlead::sample
