#pragma once

#include "commands/endpoints/endpoints.hpp"

#include <iosfwd>

namespace fairlead {

struct audit_options {
  place at; /// Kafka or an embedded folder
};

/// `fairlead audit`: reads the topics and counts whether the promises hold: P1
/// nothing is lost, P2 nothing is doubled, P3 the journal names every output's
/// step, P4 nobody is rung or connected twice, P5 the rotation is fair. 1 if
/// something does not add up; every fault is a line. (`fairlead replay` is the
/// whole of P3.)
int audit(const audit_options& o, std::ostream& out);

} // namespace fairlead
