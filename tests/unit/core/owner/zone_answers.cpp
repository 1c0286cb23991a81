// Answers questions about zones and windows, one a line, for
// zone_table_test.py, which knows the answers from elsewhere.
//
//   local ZONE MS                     -> DATE MS_OF_DAY
//   from ZONE DATE MINUTE             -> MS
//   inside ZONE MS WINDOW… [; DAY…]   -> 0 | 1
//   start ZONE MS WINDOW… [; DAY…]    -> MS | none
//
// WINDOW is DAYS FROM TO (days as eight 0 or 1, Monday first, holidays last;
// minutes), DAY is DATE FROM TO or DATE closed, an override, or DATE holiday;
// in order of date.

#include "actors/core/owner/schedule.hpp"

#include <iostream>
#include <sstream>
#include <string>

namespace fairlead::test {
namespace {

struct calendar {
  schedule hours;
  holiday_list holidays;
};

calendar read_calendar(std::istream& in) {
  calendar c;
  auto& s = c.hours;
  std::string word;
  while (in >> word && word != ";") {
    weekly_window w;
    for (std::size_t day = 0; day < w.days.size(); ++day)
      w.days[day] = word.at(day) == '1';
    in >> w.hours.from_min >> w.hours.to_min;
    s.weekly.push_back(w);
  }
  int date = 0;
  while (in >> date) {
    in >> word;
    if (word == "closed") {
      s.overrides.push_back({date, std::nullopt});
      continue;
    }
    if (word == "holiday") {
      c.holidays.push_back(date);
      continue;
    }
    window w{.from_min = std::stoi(word)};
    in >> w.to_min;
    s.overrides.push_back({date, w});
  }
  return c;
}

std::string answer(const std::string& line) {
  std::istringstream in{line};
  std::string what;
  std::string name;
  in >> what >> name;
  const auto* z = find_zone(name);
  if (z == nullptr)
    return "unknown zone";
  if (what == "from") {
    int date = 0;
    int minute = 0;
    in >> date >> minute;
    return std::to_string(ms_of(from_local(*z, date, minute)));
  }
  std::int64_t ms = 0;
  in >> ms;
  if (what == "local") {
    auto t = to_local(*z, at_ms(ms));
    return std::to_string(t.date) + " " + std::to_string(t.ms_of_day);
  }
  auto c = read_calendar(in);
  if (what == "inside")
    return inside(c.hours, *z, c.holidays, at_ms(ms)) ? "1" : "0";
  auto start = next_start(c.hours, *z, c.holidays, at_ms(ms),
                          [](instant) { return true; });
  return start ? std::to_string(ms_of(*start)) : "none";
}

} // namespace
} // namespace fairlead::test

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << fairlead::test::answer(line) << '\n';
}
