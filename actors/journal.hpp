#pragma once

#include "actors/core/team.hpp"
#include "messages/outputs.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// One step as the journal tells it (R1, P3): what was handled, when.
struct journal_step {
  std::optional<position> record; /// where it stands in its own partition
  std::string team;               /// of a timer
  entity_name timer;
  instant due; /// of a timer
  instant now; /// the step's
  instant wall;
  friend bool operator==(const journal_step&, const journal_step&) = default;
};

/// The steps of one transaction in their order, as one JSON text: an array of
/// `["leads",3,17,now,wall]` for a record (topic, partition, offset) and
/// `["timer","acme","K","c-1",due,now,wall]` for a timer; times in
/// milliseconds.
[[nodiscard]] std::string
encode_journal(const std::vector<journal_step>& steps);

/// Appends one step to such a text under way (without the brackets).
void append_journal(std::string& out, const journal_step& s);

} // namespace fairlead
