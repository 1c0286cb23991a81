#pragma once

#include "actors/core/owner/eligibility.hpp"
#include "tests/unit/core/office.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

inline constexpr const char* off = R"("available_for_calls":false)";
inline constexpr const char* on = R"("available_for_calls":true)";
inline constexpr const char* first = "+15125550190";
inline constexpr const char* second = "+15125550191";
inline constexpr const char* two_numbers
  = R"("fallback_numbers":["+15125550190","+15125550191"])";
inline constexpr const char* all_at_once = R"("pattern":"simultaneous_group")";
inline constexpr const char* owner_only = R"("pattern":"assigned_agent")";

/// Ana, Ben and Cat are the group; the lead `l` is Ana's.
struct calls : office {
  explicit calls(std::string_view more_fields = "") {
    configure(with(more_fields));
    agent("cat");
    lead("l", R"("assigned_agent":"ana")");
  }
  static std::string with(std::string_view more_fields) {
    return R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
           R"({"agent_id":"ben"},{"agent_id":"cat"}]}],)"
           R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])"
           + (more_fields.empty() ? "" : "," + std::string{more_fields});
  }
  /// Who rings, to the end, if everybody declines.
  std::vector<std::string> course(const desk_result& begun,
                                  const std::string& call = "c") {
    std::vector<std::string> lines;
    auto keep = [&lines](const desk_result& r) {
      for (auto& line : told(r))
        if (line.starts_with("ring ") || line.starts_with("missed: "))
          lines.push_back(std::move(line));
    };
    keep(begun);
    while (call_now(call).rings())
      for (const auto& l : std::vector<leg>{call_now(call).legs})
        if (l.end == leg_end::none)
          keep(ring("declined",
                    l.agent_id.value_or(std::string{text_of(l.number)}), call));
    return lines;
  }
};

inline std::string lines_with(std::string_view a, std::string_view b) {
  return std::string{a} + "," + std::string{b};
}

inline ring_requested rung(const desk_result& r) {
  return r.all<ring_requested>().at(0);
}

/// What telephony is to dial.
inline std::vector<std::string> dialled_in(const desk_result& r) {
  std::vector<std::string> numbers;
  for (const auto& l : rung(r).legs)
    numbers.emplace_back(text_of(l.number));
  return numbers;
}

} // namespace fairlead::test
