#pragma once

#include "tests/unit/core/office.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

using lines = std::vector<std::string>;

inline constexpr const char* inactive = R"("active":false)";
inline constexpr const char* off = R"("available_for_calls":false)";
inline constexpr const char* owner_only = R"("pattern":"assigned_agent")";

/// The rest of a team document with these outcomes: `"hot":[…]`.
inline std::string with_outcomes(std::string_view outcomes) {
  return std::string{one_pool} + R"(,"outcomes":{)" + std::string{outcomes}
         + "}";
}

/// Ana owns the lead `l`.
struct anas_lead : office {
  explicit anas_lead(std::string_view team_fields = one_pool)
    : office{team_fields} {
    lead("l", R"("assigned_agent":"ana")");
  }
  /// Rings her alone, and she is busy.
  desk_result miss(std::string_view call = "c") {
    transfer(call, owner_only);
    return ring("busy", "ana", call);
  }
  desk_result win(std::string_view call = "c") {
    transfer(call, owner_only);
    return ring("answered", "ana", call);
  }
};

/// The first task of a result.
inline task_created task_of(const desk_result& r) {
  return r.all<task_created>().at(0);
}

/// What the agent was told, in words, title first; empty: nothing.
inline std::string words_to(const desk_result& r, std::string_view agent,
                            notification_kind kind) {
  for (const auto& n : r.all<notification_requested>())
    if (n.agent_id == agent && n.kind == kind)
      return n.title + ". " + n.text;
  return {};
}

/// What came of it behind the first line, which the ringing says.
inline lines behind_the_first(const desk_result& r) {
  auto all = told(r);
  return {all.begin() + 1, all.end()};
}

} // namespace fairlead::test
