#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>

namespace fairlead {

struct replay_options {
  endpoint source; /// Kafka or an embedded folder
};

/// `fairlead replay` (P3): reads the inputs and the journal, repeats every step
/// from an empty state and compares each output, byte for byte, with what was
/// published. Prints `identical` with counts, or the first difference and
/// returns 1.
int replay(const replay_options& o, std::ostream& out);

} // namespace fairlead
