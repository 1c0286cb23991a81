#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>
#include <string>

namespace fairlead {

struct explain_options {
  endpoint source;
  std::string team;
  std::string about; /// the id of a lead or a call
  std::string agent; /// only what is said about this agent; empty: everybody
};

/// `fairlead explain TEAM LEAD|CALL`: every decision about it in words, from
/// the topics alone: which rules were passed over and why, who was considered,
/// who was left out and why, whose turn it was and why, and what came of it; by
/// which phones and e-mails the person is known. Returns 1 if nothing is known
/// about it.
int explain(const explain_options& o, std::ostream& out);

} // namespace fairlead
