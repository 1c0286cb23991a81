#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace fairlead {

struct watch_options {
  endpoint source;
  std::vector<std::string> topics; /// empty: all except decisions
  bool json = false;               /// the events themselves, one per line
  bool from_beginning = false;
  bool until_end = false; /// exit when caught up
};

/// `fairlead watch`: follows the outputs until SIGINT or SIGTERM. Topics may be
/// named with or without the prefix.
int watch(const watch_options& o, std::ostream& out);

} // namespace fairlead
