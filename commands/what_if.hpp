#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace fairlead {

struct what_if_options {
  endpoint source; /// Kafka or an embedded folder
  std::string team;
  std::string from, to; /// dates or times; empty: the last seven days
  std::string document; /// a file with a team document; empty: as it was
  std::vector<std::string> agents; /// files with agent documents
  bool json = false;
  bool anyway = false; /// even if the control does not agree with the past
};

/// `fairlead what-if`: decides a team's past again under other documents and
/// says what would have been different (what_if/README.md). Returns 1 for a
/// faulty document, and if the control agrees with less than 98 % of what was
/// published.
int run_what_if(const what_if_options& o, std::ostream& out, std::ostream& err);

} // namespace fairlead
