#pragma once

#include "actors/core/state/team.hpp"
#include "messages/outputs.hpp"
#include "messages/words.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// True if the agent is away (R50): on a date of absence or one that an
/// override closes, in their zone, or until a moment that is still to come.
[[nodiscard]] bool is_absent(const team_state& team, const agent_state& a,
                             instant now);

/// True if the agent is inside their schedule, absent or not (R2, R49).
[[nodiscard]] bool on_schedule(const team_state& team, const agent_state& a,
                               instant now);

/// From when on the agent can see to something (R41): `now` inside a window or
/// without a schedule, else the start of the next window. Windows that start
/// while the agent is absent do not count (R50). Nothing: none within 14 days.
[[nodiscard]] std::optional<instant>
next_duty(const team_state& team, const agent_state& a, instant now);

/// Whether absence keeps somebody from getting a lead: not where all members
/// of the pool are absent, in a relaxed choice (R50).
enum class absence_rule : std::uint8_t { counts, set_aside };

/// Why an agent can't get a lead by rotation at `now` (R7, R50); nothing: can.
/// `demand` is the pool's, `none` when relaxed (R11).
[[nodiscard]] std::optional<exclusion>
owner_exclusion(const team_state& team, const std::string& agent_id,
                assign_requires demand, instant now,
                absence_rule absence = absence_rule::counts);

/// True if a rule's named agent gets the lead (R7): active, accepting leads,
/// not absent.
[[nodiscard]] bool takes_named(const team_state& team,
                               const std::string& agent_id, instant now);

/// What is dialled to reach the agent (R22): the phone, else the endpoint;
/// both empty: nothing.
[[nodiscard]] dialled number_of(const agent_state& a);

/// The text that a number is told apart by (R51).
[[nodiscard]] std::string_view text_of(const dialled& number);

/// The numbers of a team that ring, talk or wrap up at `now` (R51): those that
/// agents hold, and the lines of legs that are no agent's. Looked up once for
/// all targets of an attempt; holds until the team changes.
class taken_numbers {
public:
  taken_numbers(const team_state& team, instant now);
  /// How many legs and calls are on the number.
  [[nodiscard]] std::size_t on(std::string_view number) const;

private:
  std::vector<std::string_view> numbers_; // sorted
};

/// Why an agent may not be rung at `now` (R22, R50, R51); nothing: may. Whether
/// they have rung already is for the caller to say (R23).
[[nodiscard]] std::optional<exclusion>
ring_exclusion(const team_state& team, const std::string& agent_id,
               const taken_numbers& taken, instant now);

} // namespace fairlead
