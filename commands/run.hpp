#pragma once

#include "config/settings.hpp"

#include <iosfwd>

namespace fairlead {

struct run_options {
  settings at;
  bool print_config = false; /// show the settings and end
};

/// `fairlead run`: the service, until SIGINT or SIGTERM; then it ends within
/// 5 s. Blocks these signals in all threads that start afterwards, so call it
/// first. Throws what run_command() understands.
int run(const run_options& o, std::ostream& out);

} // namespace fairlead
