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

std::string_view owner_exclusion(const team_state& team,
                                 const std::string& agent_id,
                                 enum assign_requires requires_, instant now) {
  const auto* a = team.agent(agent_id);
  if (a == nullptr)
    return "unknown";
  if (!a->active())
    return "inactive";
  if (!a->accepting_leads)
    return "paused";
  if (capped(team, *a, now))
    return "capped";
  if (requires_ != assign_requires::none && !on_schedule(team, *a, now))
    return "off_schedule";
  if (requires_ == assign_requires::available && !a->available_for_calls)
    return "unavailable";
  return {};
}

std::string_view ring_exclusion(const team_state& team,
                                const std::string& agent_id, instant now) {
  const auto* a = team.agent(agent_id);
  if (a == nullptr)
    return "unknown";
  if (!a->active())
    return "inactive";
  if (!on_schedule(team, *a, now))
    return "off_schedule";
  if (!a->available_for_calls)
    return "unavailable";
  if (!a->phone)
    return "no_phone";
  if (a->ringing_for)
    return "reserved";
  if (a->on_call)
    return "on_call";
  if (now < a->wrap_up_until)
    return "wrap_up";
  return {};
}

} // namespace fairlead
