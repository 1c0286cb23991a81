#include "messages/wire/read_hours.hpp"

#include "messages/time.hpp"
#include "messages/wire/read_lists.hpp"
#include "messages/zones.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace fairlead {
namespace {

constexpr std::size_t holidays_max = 400;
constexpr std::size_t absences_max = 100;

std::optional<int> two_digits(std::string_view s) {
  if (s.size() != 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
    return std::nullopt;
  return (s[0] - '0') * 10 + (s[1] - '0');
}

/// `HH:MM`, 00:00 to 23:59, in minutes.
std::optional<int> clock_time(std::string_view s) {
  if (s.size() != 5 || s[2] != ':')
    return std::nullopt;
  auto h = two_digits(s.substr(0, 2));
  auto m = two_digits(s.substr(3));
  if (!h || !m || *h > 23 || *m > 59)
    return std::nullopt;
  return *h * 60 + *m;
}

/// `2026-12-25` in days since 1970-01-01.
std::optional<int> calendar_date(std::string_view s) {
  if (s.size() != 10)
    return std::nullopt;
  auto t = from_rfc3339(std::string{s} + "T00:00:00Z");
  if (!t)
    return std::nullopt;
  return static_cast<int>(
    std::chrono::floor<std::chrono::days>(*t).time_since_epoch().count());
}

int read_clock_time(const field_reader& r, std::string_view key) {
  const auto* n = r.need(key);
  if (n == nullptr)
    return 0;
  auto t = n->is == json_node::kind::text ? clock_time(n->text) : std::nullopt;
  if (!t)
    r.faults().invalid(r.at(key), "must be a time from 00:00 to 23:59");
  return t.value_or(0);
}

int read_date(const field_reader& r, const json_node& n,
              const std::string& where) {
  auto date
    = n.is == json_node::kind::text ? calendar_date(n.text) : std::nullopt;
  if (!date)
    r.faults().invalid(where, "must be a date such as 2026-12-25");
  return date.value_or(0);
}

int need_date(const field_reader& r, std::string_view key) {
  const auto* n = r.need(key);
  return n == nullptr ? 0 : read_date(r, *n, r.at(key));
}

window read_window(const field_reader& r) {
  return {read_clock_time(r, "from"), read_clock_time(r, "to")};
}

/// Absent days are all of them, holidays too (R49).
weekday_set read_days(const field_reader& r) {
  static constexpr std::array<std::string_view, 8> names{
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};
  weekday_set days{};
  const auto* list = r.array("days");
  if (list == nullptr) {
    days.fill(true);
    return days;
  }
  bool any = false;
  r.elements(*list, r.at("days"),
             [&](const json_node& n, const std::string& where) {
               any = true;
               auto it = std::find(names.begin(), names.end(), n.text);
               if (n.is != json_node::kind::text || it == names.end())
                 r.faults().invalid(where, "must be one of mon, tue, wed, thu, "
                                           "fri, sat, sun, holiday");
               else
                 days[static_cast<std::size_t>(it - names.begin())] = true;
             });
  if (!any)
    r.faults().invalid(r.at("days"), "must name a day");
  return days;
}

date_override read_override(const field_reader& r) {
  r.only({"date", "closed", "from", "to"});
  date_override o;
  o.date = need_date(r, "date");
  if (!r.boolean("closed").value_or(false))
    o.hours = read_window(r);
  return o;
}

absence read_absence(const field_reader& r) {
  absence a{need_date(r, "from"), need_date(r, "to")};
  if (r.find("from") != nullptr && r.find("to") != nullptr && a.from > a.to)
    r.faults().invalid(r.at("from"), "is after /to");
  return a;
}

} // namespace

weekly_window read_weekly(const field_reader& r) {
  r.only({"days", "from", "to"});
  return {read_days(r), read_window(r)};
}

std::optional<schedule> read_schedule(const field_reader& outer) {
  const auto* n = outer.object("schedule");
  if (n == nullptr)
    return std::nullopt;
  auto r = outer.inside(*n, outer.at("schedule"));
  r.only({"weekly", "overrides"});
  schedule s;
  each_object(r, "weekly", [&s](const field_reader& w) {
    s.weekly.push_back(read_weekly(w));
  });
  each_object(r, "overrides", [&s](const field_reader& o) {
    s.overrides.push_back(read_override(o));
  });
  return s;
}

std::optional<std::string> read_zone(const field_reader& r) {
  auto zone = r.text("time_zone");
  if (zone && find_zone(*zone) == nullptr)
    r.faults().invalid(r.at("time_zone"), "is not a time zone of the IANA "
                                          "database");
  return zone;
}

std::vector<int> read_holidays(const field_reader& r) {
  std::vector<int> dates;
  each_of_at_most(r, "holidays", holidays_max,
                  [&](const json_node& n, const std::string& where) {
                    dates.push_back(read_date(r, n, where));
                  });
  sort_once(dates);
  return dates;
}

std::vector<absence> read_absences(const field_reader& r) {
  std::vector<absence> all;
  each_of_at_most(
    r, "absences", absences_max, [&](const json_node& n, std::string where) {
      if (n.is == json_node::kind::object)
        all.push_back(read_absence(r.inside(n, std::move(where))));
      else
        r.faults().wrong(where, "must be an object");
    });
  return all;
}

} // namespace fairlead
