#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>

namespace fairlead {

struct replay_options {
  endpoint source; /// Kafka or an embedded folder
  /// A backup of the embedded folder, to begin with its state; empty: with the
  /// beginning of the log.
  std::string backup;
};

/// `fairlead replay` (P3): reads the inputs and the journal, repeats every step
/// from an empty state and compares each output, byte for byte, with what was
/// published. Prints `identical` with counts, or the first difference and
/// returns 1. Steps of an older edition of the rules are not repeated: it says
/// where the edition changed, looks whether what was published until then is
/// complete, and begins there with the state that the newer edition took over.
/// With a backup, what stood in the log when it was made is not repeated.
int replay(const replay_options& o, std::ostream& out);

} // namespace fairlead
