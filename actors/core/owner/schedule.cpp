#include "actors/core/owner/schedule.hpp"

#include "actors/core/limits.hpp"

#include <algorithm>

namespace fairlead {
namespace {

constexpr int day_ms = 86'400'000;
constexpr int minute_ms = 60'000;

/// Monday 0 … Sunday 6; 1970-01-01 was a Thursday.
int weekday_of(int date) {
  return ((date % 7) + 7 + 3) % 7;
}

/// Whether a window that starts on `starts_on` covers that local time.
bool covers(const window& w, int starts_on, const local_time& t) {
  bool overnight = w.to_min <= w.from_min;
  int from = w.from_min * minute_ms;
  int to = w.to_min * minute_ms + (overnight ? day_ms : 0);
  // Only the day itself and the day before can reach here: a window is at
  // most 24 hours long.
  int at = (t.date - starts_on) * day_ms + t.ms_of_day;
  return from <= at && at < to;
}

/// R49: a holiday is no weekday.
bool starts_that_day(const weekly_window& w, int date,
                     const holiday_list& holidays) {
  if (std::binary_search(holidays.begin(), holidays.end(), date))
    return w.days[holiday];
  return w.days[static_cast<std::size_t>(weekday_of(date))];
}

/// Whether a window that starts on that date, and counts, covers that local
/// time.
template <class Counts>
bool started(const schedule& hours, int date, const holiday_list& holidays,
             const local_time& t, Counts counts) {
  bool replaced = false;
  bool covered = false;
  for (const auto& o : hours.overrides) {
    if (o.date != date)
      continue;
    replaced = true;
    covered
      = covered || (o.hours && covers(*o.hours, date, t) && counts(*o.hours));
  }
  if (replaced)
    return covered;
  return std::any_of(
    hours.weekly.begin(), hours.weekly.end(), [&](const weekly_window& w) {
      return covers(w.hours, date, t) && starts_that_day(w, date, holidays)
             && counts(w.hours);
    });
}

} // namespace

bool inside(const weekly_window& w, const zone& z, const holiday_list& holidays,
            instant t) {
  auto local = to_local(z, t);
  for (int date = local.date - 1; date <= local.date; ++date)
    if (covers(w.hours, date, local) && starts_that_day(w, date, holidays))
      return true;
  return false;
}

bool inside(const std::optional<schedule>& hours, const zone& z,
            const holiday_list& holidays, instant t) {
  if (!hours)
    return true;
  auto all = [](const window&) { return true; };
  auto local = to_local(z, t);
  return started(*hours, local.date - 1, holidays, local, all)
         || started(*hours, local.date, holidays, local, all);
}

bool inside(const schedule& hours, const zone& z, const holiday_list& holidays,
            instant t, const std::function<bool(instant)>& counts) {
  auto local = to_local(z, t);
  auto covers_from = [&](int date) {
    return started(hours, date, holidays, local, [&](const window& w) {
      return counts(from_local(z, date, w.from_min));
    });
  };
  return covers_from(local.date - 1) || covers_from(local.date);
}

std::optional<instant> next_start(const schedule& hours, const zone& z,
                                  const holiday_list& holidays, instant t,
                                  const std::function<bool(instant)>& counts) {
  auto today = to_local(z, t).date;
  auto limit = t + limits::next_window_within;
  std::optional<instant> best;
  auto consider = [&](int date, const window& w) {
    // An hour that happens twice is inside both times, so what starts in it
    // starts twice (R2).
    for (auto start : {from_local(z, date, w.from_min),
                       last_from_local(z, date, w.from_min)})
      if (start > t && start <= limit && (!best || start < *best)
          && counts(start))
        best = start;
  };
  // One more day on both sides: the clock may jump over midnight.
  for (int date = today - 1;
       date <= today + limits::next_window_within.count() + 1; ++date) {
    bool replaced = false;
    for (const auto& o : hours.overrides) {
      if (o.date != date)
        continue;
      replaced = true;
      if (o.hours)
        consider(date, *o.hours);
    }
    if (replaced)
      continue;
    for (const auto& w : hours.weekly)
      if (starts_that_day(w, date, holidays))
        consider(date, w.hours);
  }
  return best;
}

} // namespace fairlead
