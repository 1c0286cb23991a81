// R2: local dates and wall clocks, over gaps and hours that come twice.

#include "messages/zones.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

instant at(const char* text) {
  return from_rfc3339(text).value();
}

int day_of(const char* text) {
  return static_cast<int>(
    std::chrono::floor<std::chrono::days>(at(text)).time_since_epoch().count());
}

const zone& zone_of(const char* name) {
  const auto* z = find_zone(name);
  if (z == nullptr)
    throw std::invalid_argument{name};
  return *z;
}

std::string local_text(const char* name, const char* text) {
  auto l = to_local(zone_of(name), at(text));
  auto shown = at_ms(std::int64_t{l.date} * 86'400'000 + l.ms_of_day);
  auto s = to_rfc3339(shown);
  s.pop_back(); // it is no longer UTC
  return s;
}

std::string utc_text(const char* name, const char* date, int minute) {
  return to_rfc3339(from_local(zone_of(name), day_of(date), minute));
}

TEST(Zones, OnlyNamesOfTheDatabaseAreFound) {
  for (const char* name : {"UTC", "America/New_York", "Asia/Kolkata",
                           "Australia/Lord_Howe", "US/Eastern", "Etc/GMT+5"})
    EXPECT_NE(find_zone(name), nullptr) << name;
  for (const char* name :
       {"", "Mars/Olympus", "america/new_york", "America", "EST5EDT,M3.2.0",
        "../../../etc/passwd", "/etc/localtime", "right/UTC", "localtime",
        "posixrules", "tzdata.zi", "+05:00", "America/New_York "})
    EXPECT_EQ(find_zone(name), nullptr) << name;
}

TEST(Zones, AZoneIsTheSameWhoeverAsks) {
  EXPECT_EQ(find_zone("Europe/Paris"), find_zone("Europe/Paris"));
  EXPECT_NE(find_zone("Europe/Paris"), find_zone("Europe/Berlin"));
}

TEST(Zones, R2LocalTimeFollowsSummerAndWinter) {
  constexpr auto ny = "America/New_York";
  EXPECT_EQ(local_text(ny, "2026-03-02T15:00:00Z"), "2026-03-02T10:00:00");
  EXPECT_EQ(local_text(ny, "2026-03-08T06:59:59.999Z"),
            "2026-03-08T01:59:59.999");
  EXPECT_EQ(local_text(ny, "2026-03-08T07:00:00Z"), "2026-03-08T03:00:00");
  EXPECT_EQ(local_text(ny, "2026-11-01T05:30:00Z"), "2026-11-01T01:30:00");
  EXPECT_EQ(local_text(ny, "2026-11-01T06:30:00Z"), "2026-11-01T01:30:00");
  EXPECT_EQ(local_text(ny, "2026-01-01T04:59:59Z"), "2025-12-31T23:59:59");
  EXPECT_EQ(local_text("Asia/Kolkata", "2026-03-02T18:30:00Z"),
            "2026-03-03T00:00:00");
  EXPECT_EQ(local_text("Australia/Lord_Howe", "2026-07-01T00:00:00Z"),
            "2026-07-01T10:30:00");
  EXPECT_EQ(local_text("UTC", "1969-12-31T23:59:59.999Z"),
            "1969-12-31T23:59:59.999");
}

TEST(Zones, R2AnOrdinaryTimeIsItself) {
  EXPECT_EQ(utc_text("America/New_York", "2026-03-02T00:00:00Z", 10 * 60),
            "2026-03-02T15:00:00Z");
  EXPECT_EQ(utc_text("America/New_York", "2026-07-02T00:00:00Z", 0),
            "2026-07-02T04:00:00Z");
  EXPECT_EQ(utc_text("UTC", "1969-12-31T00:00:00Z", 1439),
            "1969-12-31T23:59:00Z");
  // The window that ends at midnight.
  EXPECT_EQ(utc_text("America/New_York", "2026-03-02T00:00:00Z", 24 * 60),
            "2026-03-03T05:00:00Z");
}

TEST(Zones, R2ATimeInTheGapIsTheFirstInstantAfterIt) {
  for (int minute : {120, 121, 150, 179, 180})
    EXPECT_EQ(utc_text("America/New_York", "2026-03-08T00:00:00Z", minute),
              "2026-03-08T07:00:00Z")
      << minute;
  EXPECT_EQ(utc_text("America/New_York", "2026-03-08T00:00:00Z", 119),
            "2026-03-08T06:59:00Z");
  EXPECT_EQ(utc_text("America/New_York", "2026-03-08T00:00:00Z", 181),
            "2026-03-08T07:01:00Z");
  // Midnight itself is missing.
  EXPECT_EQ(utc_text("America/Asuncion", "2024-10-06T00:00:00Z", 0),
            "2024-10-06T04:00:00Z");
  // A day is missing: Samoa crossed the date line.
  EXPECT_EQ(utc_text("Pacific/Apia", "2011-12-30T00:00:00Z", 12 * 60),
            "2011-12-30T10:00:00Z");
  // Half an hour is.
  EXPECT_EQ(utc_text("Australia/Lord_Howe", "2026-10-04T00:00:00Z", 135),
            "2026-10-03T15:30:00Z");
}

TEST(Zones, R2OfATimeThatComesTwiceItIsTheEarlier) {
  EXPECT_EQ(utc_text("America/New_York", "2026-11-01T00:00:00Z", 60),
            "2026-11-01T05:00:00Z");
  EXPECT_EQ(utc_text("America/New_York", "2026-11-01T00:00:00Z", 119),
            "2026-11-01T05:59:00Z");
  EXPECT_EQ(utc_text("America/New_York", "2026-11-01T00:00:00Z", 120),
            "2026-11-01T07:00:00Z");
}

// What a thread remembers of the last offset must never show: the same
// questions in any order, over several zones and threads, get one answer.
TEST(Zones, TheOrderOfQuestionsDoesNotMatter) {
  const char* names[]
    = {"America/New_York", "Australia/Lord_Howe", "UTC", "Europe/Paris"};
  struct question {
    const zone* of;
    instant t;
    local_time answer;
  };
  std::vector<question> all;
  for (const char* name : names)
    for (auto t = at("2025-12-31T00:00:00Z"); t < at("2027-01-02T00:00:00Z");
         t += std::chrono::minutes{30}) {
      const auto& z = zone_of(name);
      all.push_back({&z, t, to_local(z, t)});
    }
  auto ask = [&all](unsigned seed, int& wrong) {
    auto shuffled = all;
    std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937{seed});
    for (const auto& q : shuffled) {
      auto l = to_local(*q.of, q.t);
      wrong += l.date != q.answer.date || l.ms_of_day != q.answer.ms_of_day;
    }
  };
  int wrong[2] = {};
  std::thread other{[&] { ask(1, wrong[0]); }};
  ask(2, wrong[1]);
  other.join();
  EXPECT_EQ(wrong[0], 0);
  EXPECT_EQ(wrong[1], 0);
}

TEST(Zones, FromLocalIsTheFirstInstantThatShowsTheTimeOrHasPassedIt) {
  std::mt19937 random{3};
  std::uniform_int_distribution<int> minute{0, 1439};
  auto shows = [](const local_time& l, int day, int m) {
    return std::pair{l.date, l.ms_of_day} >= std::pair{day, m * 60'000};
  };
  for (const char* name : {"America/New_York", "Australia/Lord_Howe",
                           "America/Asuncion", "Europe/Paris"})
    for (int day = day_of("2026-01-01T00:00:00Z"), i = 0; i < 365; ++i, ++day) {
      int m = minute(random);
      const auto& z = zone_of(name);
      auto t = from_local(z, day, m);
      ASSERT_TRUE(shows(to_local(z, t), day, m)) << name << day << ' ' << m;
      ASSERT_FALSE(shows(to_local(z, t - std::chrono::milliseconds{1}), day, m))
        << name << day << ' ' << m;
    }
}

TEST(Zones, TheDatabaseTellsItsVersion) {
  auto v = zone_database_version(); // 2025b
  ASSERT_GE(v.size(), 5U) << v;
  EXPECT_EQ(v.substr(0, 2), "20") << v;
}

} // namespace
} // namespace fairlead::test
