#pragma once

#include "messages/time.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

struct simulate_options {
  std::vector<std::string> files; /// `-`: standard input
  std::optional<instant> until;   /// none: 15 minutes after the last event
  bool text = false;              /// lines for people instead of JSON
  bool report = false;            /// only a summary for managers
};

/// `fairlead simulate`: the actors of the service in virtual time, without any
/// I/O except the files. The same input gives the same output, byte for byte.
/// Throws wrong_use if a file can't be read.
int simulate(const simulate_options& o, std::ostream& out);

} // namespace fairlead
