// R2, R49: zones, windows, overrides, daylight saving, holidays.

#include "actors/core/owner/schedule.hpp"

#include <gtest/gtest.h>

namespace fairlead::test {
namespace {

instant at(const char* text) {
  return *from_rfc3339(text);
}

const zone& chicago() {
  return *find_zone("America/Chicago");
}

schedule weekly(weekday_set days, int from, int to) {
  return {.weekly = {{days, {from, to}}}, .overrides = {}};
}

constexpr weekday_set weekdays{true, true, true, true, true, false, false};
constexpr weekday_set every_day{true, true, true, true, true, true, true, true};

bool is_inside(const std::optional<schedule>& s, const char* t,
               const holiday_list& holidays = {}) {
  return inside(s, chicago(), holidays, at(t));
}

std::optional<instant> start_after(const schedule& s, const char* t,
                                   const holiday_list& holidays = {}) {
  return next_start(s, chicago(), holidays, at(t),
                    [](instant) { return true; });
}

TEST(R2Schedule, WindowsAreHalfOpen) {
  auto s = weekly(weekdays, 9 * 60, 18 * 60);
  // Monday 2026-03-02, Chicago is UTC-6.
  EXPECT_FALSE(is_inside(s, "2026-03-02T14:59:59.999Z"));
  EXPECT_TRUE(is_inside(s, "2026-03-02T15:00:00Z"));
  EXPECT_TRUE(is_inside(s, "2026-03-02T23:59:59.999Z"));
  EXPECT_FALSE(is_inside(s, "2026-03-03T00:00:00Z"));
}

TEST(R2Schedule, OvernightWindowBelongsToTheDayItStartsOn) {
  weekday_set friday{false, false, false, false, true, false, false};
  auto s = weekly(friday, 22 * 60, 6 * 60);
  EXPECT_TRUE(is_inside(s, "2026-03-07T11:00:00Z"));  // Sat 05:00
  EXPECT_FALSE(is_inside(s, "2026-03-06T11:00:00Z")); // Fri 05:00
  EXPECT_FALSE(is_inside(s, "2026-03-07T12:00:00Z")); // Sat 06:00
}

TEST(R2Schedule, EqualEndsAre24Hours) {
  weekday_set monday{true, false, false, false, false, false, false};
  auto s = weekly(monday, 8 * 60, 8 * 60);
  EXPECT_TRUE(is_inside(s, "2026-03-03T13:59:00Z"));  // Tue 07:59
  EXPECT_FALSE(is_inside(s, "2026-03-03T14:00:00Z")); // Tue 08:00
}

TEST(R2Schedule, OverrideReplacesTheDayAndASecondAddsAWindow) {
  auto s = weekly(every_day, 9 * 60, 18 * 60);
  auto christmas = 20812; // 2026-12-25
  s.overrides = {{christmas, window{10 * 60, 11 * 60}},
                 {christmas, window{14 * 60, 15 * 60}}};
  EXPECT_FALSE(is_inside(s, "2026-12-25T15:30:00Z")); // 09:30
  EXPECT_TRUE(is_inside(s, "2026-12-25T16:30:00Z"));  // 10:30
  EXPECT_FALSE(is_inside(s, "2026-12-25T18:00:00Z")); // 12:00
  EXPECT_TRUE(is_inside(s, "2026-12-25T20:30:00Z"));  // 14:30
  EXPECT_TRUE(is_inside(s, "2026-12-26T16:30:00Z"));
}

TEST(R2Schedule, AWindowThatBeganTheDayBeforeAnOverrideRunsToItsEnd) {
  auto s = weekly(every_day, 22 * 60, 6 * 60);
  s.overrides = {{20812, std::nullopt}};              // closed on 2026-12-25
  EXPECT_TRUE(is_inside(s, "2026-12-25T11:00:00Z"));  // 05:00
  EXPECT_FALSE(is_inside(s, "2026-12-26T05:00:00Z")); // 25th 23:00
}

TEST(R2Schedule, AGapInSpringStartsTheWindowAtItsEnd) {
  // 2026-03-08: 02:00 to 03:00 does not exist in Chicago.
  auto s = weekly(every_day, 2 * 60 + 30, 4 * 60);
  EXPECT_FALSE(is_inside(s, "2026-03-08T07:59:00Z")); // 01:59
  EXPECT_TRUE(is_inside(s, "2026-03-08T08:00:00Z"));  // 03:00
  EXPECT_EQ(start_after(s, "2026-03-08T07:00:00Z"), at("2026-03-08T08:00:00Z"));
}

TEST(R2Schedule, AnHourThatComesTwiceIsInsideBothTimes) {
  // 2026-11-01: 01:00 to 02:00 comes twice in Chicago.
  auto s = weekly(every_day, 60 + 15, 60 + 45);
  EXPECT_TRUE(is_inside(s, "2026-11-01T06:30:00Z"));
  EXPECT_FALSE(is_inside(s, "2026-11-01T06:50:00Z"));
  EXPECT_TRUE(is_inside(s, "2026-11-01T07:30:00Z"));
}

TEST(R41NextWindow, IsTheNextStartWithinFourteenDays) {
  auto s = weekly(weekdays, 9 * 60, 18 * 60);
  EXPECT_EQ(start_after(s, "2026-03-07T12:00:00Z"),
            at("2026-03-09T14:00:00Z")); // daylight saving has begun
  schedule none;
  EXPECT_EQ(start_after(none, "2026-03-07T12:00:00Z"), std::nullopt);
}

TEST(R41NextWindow, StartsTwiceInAnHourThatComesTwice) {
  // 2026-11-01: 01:00 to 02:00 comes twice in Chicago.
  auto s = weekly(every_day, 60 + 30, 5 * 60);
  EXPECT_EQ(start_after(s, "2026-11-01T06:10:00Z"),
            at("2026-11-01T06:30:00Z")); // the first 01:30
  EXPECT_FALSE(is_inside(s, "2026-11-01T07:10:00Z"));
  EXPECT_EQ(start_after(s, "2026-11-01T07:10:00Z"),
            at("2026-11-01T07:30:00Z")); // the second
}

TEST(R41NextWindow, LeavesOutStartsThatDoNotCount) {
  auto s = weekly(every_day, 9 * 60, 18 * 60);
  auto until = at("2026-03-04T00:00:00Z");
  EXPECT_EQ(next_start(s, chicago(), {}, at("2026-03-02T14:00:00Z"),
                       [until](instant t) { return t > until; }),
            at("2026-03-04T15:00:00Z"));
}

// -- holidays (R49) -----------------------------------------------------------

constexpr int christmas = 20812; // 2026-12-25, a Friday

struct holiday_case {
  const char* name;
  weekday_set days;
  bool friday, holiday; // inside at noon: as any Friday, as a holiday
};

void PrintTo(const holiday_case& c, std::ostream* os) {
  *os << c.name;
}

struct R49Holiday : testing::TestWithParam<holiday_case> {};

TEST_P(R49Holiday, IsNoWeekday) {
  auto s = weekly(GetParam().days, 9 * 60, 18 * 60);
  constexpr const char* noon = "2026-12-25T18:00:00Z";
  EXPECT_EQ(is_inside(s, noon), GetParam().friday);
  EXPECT_EQ(is_inside(s, noon, {christmas}), GetParam().holiday);
  // A rule's hours, likewise.
  EXPECT_EQ(inside(s.weekly[0], chicago(), {christmas}, at(noon)),
            GetParam().holiday);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R49Holiday,
  testing::ValuesIn(std::vector<holiday_case>{
    {"AWeekdaysWindowDoesNotStart", weekdays, true, false},
    {"OneWithoutDaysDoes", every_day, true, true},
    {"OneOnHolidaysDoes",
     {false, false, false, false, false, false, false, true},
     false,
     true},
    {"OneOnFridaysAndHolidaysDoes",
     {false, false, false, false, true, false, false, true},
     true,
     true},
    {"OneOnAllWeekdaysDoesNot",
     {true, true, true, true, true, true, true, false},
     true,
     false},
  }),
  [](const auto& row) { return std::string{row.param.name}; });

TEST(R49Holidays, AreDatesOfTheSchedulesZone) {
  auto s = weekly(weekdays, 9 * 60, 18 * 60);
  EXPECT_TRUE(is_inside(s, "2026-12-24T23:59:59Z", {christmas}));
  EXPECT_FALSE(is_inside(s, "2026-12-25T15:00:00Z", {christmas}));
}

TEST(R49Holidays, AWindowThatBeganTheDayBeforeRunsToItsEnd) {
  auto s = weekly(weekdays, 22 * 60, 6 * 60);
  EXPECT_TRUE(is_inside(s, "2026-12-25T11:59:00Z", {christmas})); // 05:59
  EXPECT_FALSE(is_inside(s, "2026-12-26T04:30:00Z", {christmas}));
}

TEST(R49Holidays, AnOverrideGoesFirst) {
  auto s = weekly(weekdays, 9 * 60, 18 * 60);
  s.overrides = {{christmas, window{10 * 60, 12 * 60}}};
  EXPECT_TRUE(is_inside(s, "2026-12-25T16:00:00Z", {christmas})); // 10:00
  EXPECT_FALSE(is_inside(s, "2026-12-25T18:00:00Z", {christmas}));
}

TEST(R49Holidays, WhoHasNoScheduleIsInsideAllTheSame) {
  EXPECT_TRUE(is_inside(std::nullopt, "2026-12-25T18:00:00Z", {christmas}));
}

TEST(R49Holidays, TheNextWindowStartsAfterThem) {
  auto s = weekly(weekdays, 9 * 60, 18 * 60);
  EXPECT_EQ(start_after(s, "2026-12-25T06:30:00Z", {christmas}),
            at("2026-12-28T15:00:00Z"));
}

} // namespace
} // namespace fairlead::test
