#pragma once

#include "commands/endpoints/endpoint.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace fairlead {

struct publish_options {
  endpoint target;
  std::vector<std::string> files; /// empty, or `-`: standard input
  bool unchecked = false;         /// also events that break the contract
};

/// `fairlead publish`: sends events (JSON lines or an array) in their order and
/// returns when all of them are durable. They are checked first: if one of them
/// breaks the contract, nothing is sent and every fault is reported.
int publish(const publish_options& o, std::ostream& out, std::ostream& err);

} // namespace fairlead
