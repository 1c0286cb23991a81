#include "actors/core/owner/eligibility.hpp"

#include "actors/core/owner/schedule.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// R7: the day of the cap only moves forward, whatever zone is set later.
bool capped(const team_state& team, const agent_state& a, instant now) {
  if (!a.document.daily_cap)
    return false;
  auto today = to_local(team.zone_of(a), now).date;
  auto turns = today > a.turns_date ? 0 : a.turns_today;
  return turns >= *a.document.daily_cap;
}

/// True if overrides leave no window on that date.
bool is_closed(const schedule& hours, int date) {
  bool closed = false;
  for (const auto& o : hours.overrides) {
    if (o.date != date)
      continue;
    if (o.hours)
      return false;
    closed = true;
  }
  return closed;
}

/// What would be dialled: the phone, else the endpoint.
std::string_view own_number(const agent_state& a) {
  if (a.phone)
    return *a.phone;
  if (a.document.endpoint)
    return *a.document.endpoint;
  return {};
}

/// R51: the number of their leg, call or wrap-up. Of one that began before
/// numbers were kept it is the agent's own.
std::string_view held_number(const agent_state& a, instant now) {
  if (!a.ringing_for && !a.on_call && now >= a.wrap_up_until)
    return {};
  auto held = text_of(a.held);
  return held.empty() ? own_number(a) : held;
}

} // namespace

bool is_absent(const team_state& team, const agent_state& a, instant now) {
  if (now < a.away_until)
    return true;
  const auto& d = a.document;
  if (d.absences.empty() && (!d.hours || d.hours->overrides.empty()))
    return false;
  auto today = to_local(team.zone_of(a), now).date;
  return std::any_of(d.absences.begin(), d.absences.end(),
                     [today](const absence& x) {
                       return x.from <= today && today <= x.to;
                     })
         || (d.hours && is_closed(*d.hours, today));
}

bool on_schedule(const team_state& team, const agent_state& a, instant now) {
  return !a.document.hours
         || inside(a.document.hours, team.zone_of(a), team.holidays(), now);
}

std::optional<instant> next_duty(const team_state& team, const agent_state& a,
                                 instant now) {
  if (!a.document.hours)
    return now;
  const auto& z = team.zone_of(a);
  auto there = [&](instant start) { return !is_absent(team, a, start); };
  if (inside(*a.document.hours, z, team.holidays(), now, there))
    return now;
  return next_start(*a.document.hours, z, team.holidays(), now, there);
}

std::optional<exclusion> owner_exclusion(const team_state& team,
                                         const std::string& agent_id,
                                         assign_requires demand, instant now,
                                         absence_rule absence) {
  const auto* a = team.agent(agent_id);
  if (a == nullptr)
    return exclusion::unknown;
  if (!a->active())
    return exclusion::inactive;
  if (absence == absence_rule::counts && is_absent(team, *a, now))
    return exclusion::absent;
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

bool takes_named(const team_state& team, const std::string& agent_id,
                 instant now) {
  const auto* a = team.agent(agent_id);
  return a != nullptr && a->active() && a->accepting_leads
         && !is_absent(team, *a, now);
}

dialled number_of(const agent_state& a) {
  if (a.phone)
    return {.phone = *a.phone, .endpoint = {}};
  return {.phone = {}, .endpoint = a.document.endpoint.value_or("")};
}

std::string_view text_of(const dialled& number) {
  return number.phone.empty() ? number.endpoint : number.phone;
}

taken_numbers::taken_numbers(const team_state& team, instant now) {
  for (const auto& [unused, c] : team.roster())
    if (auto number = held_number(c.state, now); !number.empty())
      numbers_.push_back(number);
  for (const auto& line : team.counters().lines)
    numbers_.insert(numbers_.end(), static_cast<std::size_t>(line.legs),
                    line.number);
  std::sort(numbers_.begin(), numbers_.end());
}

std::size_t taken_numbers::on(std::string_view number) const {
  auto [from, to] = std::equal_range(numbers_.begin(), numbers_.end(), number);
  return static_cast<std::size_t>(to - from);
}

std::optional<exclusion> ring_exclusion(const team_state& team,
                                        const std::string& agent_id,
                                        const taken_numbers& taken,
                                        instant now) {
  const auto* a = team.agent(agent_id);
  if (a == nullptr)
    return exclusion::unknown;
  if (!a->active())
    return exclusion::inactive;
  if (is_absent(team, *a, now))
    return exclusion::absent;
  if (!on_schedule(team, *a, now))
    return exclusion::off_schedule;
  if (!a->available_for_calls)
    return exclusion::unavailable;
  auto number = own_number(*a);
  if (number.empty())
    return exclusion::no_phone;
  if (a->ringing_for)
    return exclusion::reserved;
  if (a->on_call || now < a->busy_until)
    return exclusion::on_call;
  if (now < a->wrap_up_until)
    return exclusion::wrap_up;
  if (taken.on(number) > 0)
    return exclusion::phone_busy;
  return std::nullopt;
}

} // namespace fairlead
