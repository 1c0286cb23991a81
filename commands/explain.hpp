#pragma once

#include "commands/endpoints/endpoints.hpp"

#include <iosfwd>
#include <string>

namespace fairlead {

struct explain_options {
  place at;
  std::string team;
  std::string about; /// a lead or a call
  std::string agent; /// "why not me?"; empty: everybody
};

/// `fairlead explain TEAM LEAD|CALL`: every decision about it in words, from
/// the topics alone: who was considered, who was left out and why, whose turn
/// it was and why, and what came of it. 1 if nothing is known about it.
int explain(const explain_options& o, std::ostream& out);

} // namespace fairlead
