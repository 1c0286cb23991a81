#pragma once

#include "actors/core/step/step.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead {

/// Who is to own a lead, and why; what lead.assigned and decision.recorded
/// say of it (R19).
struct owner_choice {
  std::optional<std::string> agent; /// none: nobody was found
  assign_reason reason = assign_reason::rotation;
  unassigned_reason nobody = unassigned_reason::nobody_eligible; /// R11
  std::optional<std::string> rule_id, pool_id;
  std::optional<std::uint64_t> turn;
  decision_recorded why;
};

/// One named agent, without a choice among several (R13, R12, R11's ends).
[[nodiscard]] owner_choice choose_agent(const step& s, const std::string& agent,
                                        assign_reason reason);

/// A pool's rotation (R5–R8); the turn is used if somebody is found (R6).
/// `demand`: the pool's, or `none` when relaxed (R11). `left_out`: an agent
/// who is not eligible this once (R13).
[[nodiscard]] owner_choice
choose_from_pool(step& s, const pool_document& pool, assign_requires demand,
                 assign_reason reason,
                 const std::optional<std::string>& left_out);

/// The rules with R11's whole chain, down to the account owner; why rules were
/// passed over stands in the decision (R19). `reason`: said instead of the
/// chain's own.
[[nodiscard]] owner_choice
choose_by_rules(step& s, const lead_details& lead,
                std::optional<assign_reason> reason,
                const std::optional<std::string>& left_out);

/// True if the rules would find an owner for that lead now, the default owners
/// aside (R11). Changes nothing.
[[nodiscard]] bool rules_find_somebody(const team_state& team,
                                       const lead_details& lead, instant now);

} // namespace fairlead
