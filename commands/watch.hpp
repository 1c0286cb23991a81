#pragma once

#include "commands/endpoints/endpoints.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace fairlead {

struct watch_options {
  place at;
  std::vector<std::string> topics; /// empty: all outputs but decisions
  bool json = false;               /// the events themselves, one a line
  bool from_beginning = false;
  bool until_end = false; /// end when everything that was there is shown
};

/// `fairlead watch`: follows outputs until SIGINT or SIGTERM. Names of topics
/// with or without the prefix.
int watch(const watch_options& o, std::ostream& out);

} // namespace fairlead
