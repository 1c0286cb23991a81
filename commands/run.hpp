#pragma once

#include "config/settings.hpp"

#include <iosfwd>

namespace fairlead {

struct run_options {
  settings config;
  bool print_config = false; /// print the settings and exit
};

/// `fairlead run`: the service, until SIGINT or SIGTERM; then it stops within
/// 5 s. Blocks these signals in all threads that start afterwards, so call it
/// first. Throws what run_command() understands.
int run(const run_options& o, std::ostream& out);

} // namespace fairlead
