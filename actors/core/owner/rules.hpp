#pragma once

#include "actors/core/state/team.hpp"
#include "messages/words.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// Why a rule does not match a lead (R4).
struct rule_obstacle {
  passed_over_because because = passed_over_because::not_active;
  bool missing = false; /// the lead lacks the field
  friend bool operator==(const rule_obstacle&, const rule_obstacle&) = default;
};

/// How the rules in force look at one lead at one moment (R4). Each text of the
/// lead is read once, when a rule asks for it first; those of the rules were
/// read with their document. Refers to the team and the lead.
class rule_matcher {
public:
  rule_matcher(const team_state& team, const lead_details& lead, instant now)
    : team_{team}, lead_{lead}, now_{now} {}

  /// The rules in their order; none where there is no document.
  [[nodiscard]] const std::vector<routing_rule>& rules() const;
  /// What of that rule does not hold, the first in R19's order; nothing: it
  /// matches and is active.
  [[nodiscard]] std::optional<rule_obstacle> obstacle(std::size_t rule);

private:
  const std::vector<std::string>& lead_types();
  const std::vector<std::string>& lead_tags();

  const team_state& team_;
  const lead_details& lead_;
  instant now_;
  std::optional<std::string> source_, city_, zip_, state_, state_typed_,
    timeframe_, language_;
  std::vector<std::string> types_, tags_;
};

} // namespace fairlead
