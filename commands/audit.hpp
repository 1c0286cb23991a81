#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>

namespace fairlead {

struct audit_options {
  endpoint source; /// Kafka or an embedded folder
};

/// `fairlead audit`: reads the topics and checks by counting that the promises
/// hold: P1 nothing is lost, P2 nothing is doubled, P3 the journal names the
/// step of every output, P4 nobody is rung or connected twice, P5 the rotation
/// is fair. Returns 1 if something does not add up; every fault is a line.
/// (P3 as a whole is what `fairlead replay` checks.)
int audit(const audit_options& o, std::ostream& out);

} // namespace fairlead
