#pragma once

#include "messages/time.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

struct simulate_options {
  std::vector<std::string> files; /// `-`: standard input
  std::optional<instant> until;   /// none: 15 minutes after the last line
  bool text = false;              /// lines for people instead of JSON
  bool report = false;            /// a summary for managers at the end
};

/// `fairlead simulate`: the same actors in virtual time, no I/O but the files.
/// Same input, same output, byte for byte. Returns the exit code: 0, or 2 if a
/// file can't be read (said on `err`).
int simulate(const simulate_options& o, std::ostream& out, std::ostream& err);

} // namespace fairlead
