#pragma once

#include "actors/core/step/notify.hpp"

#include <optional>
#include <string>

namespace fairlead {

// What people are told of an outcome: by names and numbers, never by ids.

/// What came of a miss: who is to call back, and how many calls were missed
/// since somebody talked to the lead.
struct call_back_news {
  std::optional<std::string> assignee;
  std::int64_t misses = 1;
};

/// A call was answered, by whom, and in whose place (R33).
[[nodiscard]] notification_requested
words_of_success(const step& s, const visited_lead& lead, const outcome_due& o);

/// Nobody answered. `to`: who is told.
[[nodiscard]] notification_requested
words_of_miss(const step& s, const visited_lead& lead,
              const std::optional<call_back_news>& news, const std::string& to);

/// A call ended with some other tag, as the team lists it.
[[nodiscard]] notification_requested
words_of_tag(const step& s, const visited_lead& lead, const outcome_tag& tag);

/// The stand-in `to` is asked to see to a lead whose owner is not there (R41).
[[nodiscard]] notification_requested
words_of_cover(const step& s, const visited_lead& lead,
               const std::optional<call_back_news>& news,
               const std::string& to);

/// An outcome could not give the lead to that agent, or to a pool (R42).
[[nodiscard]] notification_requested
words_of_failure(const step& s, const visited_lead& lead,
                 const outcome_tag& tag, failure_reason why,
                 const std::optional<std::string>& agent);

} // namespace fairlead
