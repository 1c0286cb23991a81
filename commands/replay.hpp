#pragma once

#include "commands/endpoints/endpoints.hpp"

#include <iosfwd>

namespace fairlead {

struct replay_options {
  place at; /// Kafka or an embedded folder
};

/// `fairlead replay` (P3): reads inputs and journal, makes every step again
/// from an empty state and compares each output, byte for byte, with what was
/// published. Says `identical` with counts, or the first difference and 1.
int replay(const replay_options& o, std::ostream& out);

} // namespace fairlead
