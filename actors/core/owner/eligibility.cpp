#include "actors/core/owner/eligibility.hpp"

#include "actors/core/owner/schedule.hpp"

namespace fairlead {
namespace {

bool capped(const team_state& team, const agent_state& a, instant now) {
  if (!a.document.daily_cap)
    return false;
  auto today = to_local(team.zone_of(a), now).date;
  auto turns = a.turns_date == today ? a.turns_today : 0;
  return turns >= *a.document.daily_cap;
}

} // namespace

bool on_schedule(const team_state& team, const agent_state& a, instant now) {
  return !a.document.hours || inside(a.document.hours, team.zone_of(a), now);
}

std::optional<exclusion> owner_exclusion(const team_state& team,
                                         const std::string& agent_id,
                                         assign_requires demand, instant now) {
  const auto* a = team.agent(agent_id);
  if (a == nullptr)
    return exclusion::unknown;
  if (!a->active())
    return exclusion::inactive;
  if (!a->accepting_leads)
    return exclusion::paused;
  if (capped(team, *a, now))
    return exclusion::capped;
  if (demand != assign_requires::none && !on_schedule(team, *a, now))
    return exclusion::off_schedule;
  if (demand == assign_requires::available && !a->available_for_calls)
    return exclusion::unavailable;
  return std::nullopt;
}

std::optional<exclusion> ring_exclusion(const team_state& team,
                                        const std::string& agent_id,
                                        instant now) {
  const auto* a = team.agent(agent_id);
  if (a == nullptr)
    return exclusion::unknown;
  if (!a->active())
    return exclusion::inactive;
  if (!on_schedule(team, *a, now))
    return exclusion::off_schedule;
  if (!a->available_for_calls)
    return exclusion::unavailable;
  if (!a->phone)
    return exclusion::no_phone;
  if (a->ringing_for)
    return exclusion::reserved;
  if (a->on_call)
    return exclusion::on_call;
  if (now < a->wrap_up_until)
    return exclusion::wrap_up;
  return std::nullopt;
}

} // namespace fairlead
