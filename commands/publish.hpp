#pragma once

#include "commands/endpoints/endpoints.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace fairlead {

struct publish_options {
  place to;
  std::vector<std::string> files; /// empty, or `-`: standard input
  bool unchecked = false;         /// also what the contract refuses (Kafka)
};

/// `fairlead publish`: sends events (JSON lines, or an array) in their order
/// and returns when all of them are durable. Checked first: if one is against
/// the contract, nothing is sent and every fault is told.
int publish(const publish_options& o, std::ostream& out, std::ostream& err);

/// Appends, and tries again as long as the sink is busy (at most a minute).
/// Throws std::runtime_error if it fails.
void append_all(event_sink& to, std::vector<new_record> records);

/// An event as a record for its usual topic.
[[nodiscard]] new_record record_for(const std::string& event);

} // namespace fairlead
