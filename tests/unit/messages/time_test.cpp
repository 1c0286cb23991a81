// RFC 3339 in and out, at the ends of its years, too.

#include "messages/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

TEST(Time, WritesMillisecondsOnlyIfThereAreAny) {
  EXPECT_EQ(to_rfc3339(at_ms(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(at_ms(1)), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(to_rfc3339(at_ms(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(at_ms(1'772'463'600'120)), "2026-03-02T15:00:00.120Z");
}

TEST(Time, ReadsAnyOffsetAndCutsFractions) {
  const std::vector<std::pair<std::string, std::string>> table{
    {"2026-03-02T15:00:00Z", "2026-03-02T15:00:00Z"},
    {"2026-03-02t15:00:00z", "2026-03-02T15:00:00Z"},
    {"2026-03-02 15:00:00Z", "2026-03-02T15:00:00Z"},
    {"2026-03-02T10:00:00-05:00", "2026-03-02T15:00:00Z"},
    {"2026-03-03T00:30:00+09:30", "2026-03-02T15:00:00Z"},
    {"2026-03-02T15:00:00-00:00", "2026-03-02T15:00:00Z"},
    {"2026-03-02T15:00:00.5Z", "2026-03-02T15:00:00.500Z"},
    {"2026-03-02T15:00:00.1239999Z", "2026-03-02T15:00:00.123Z"},
    {"2026-03-02T15:00:00." + std::string(1000, '0') + "Z",
     "2026-03-02T15:00:00Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"}, // a leap second
    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& [text, utc] : table) {
    auto t = from_rfc3339(text);
    ASSERT_TRUE(t) << text;
    EXPECT_EQ(to_rfc3339(*t), utc) << text;
  }
}

TEST(Time, RefusesWhatIsNoTime) {
  for (std::string text :
       {"", "x", "2026-03-02", "2026-03-02T15:00Z", "2026-03-02T15:00:00",
        "2026-03-02T15:00:00+0500", "2026-03-02T15:00:00+05",
        "2026-03-02T15:00:00.Z", "2026-03-02T15:00:00,5Z",
        "2026-03-02T15:00:00Z ", " 2026-03-02T15:00:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60",
        "0000-01-01T00:00:00Z", "-026-01-01T00:00:00Z", "2026-1-01T00:00:00Z",
        "20260-01-01T00:00:00Z", "+2026-01-01T00:00:00Z",
        // Outside of the years once they are in UTC.
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z"})
    EXPECT_EQ(from_rfc3339(text), std::nullopt) << text;
}

TEST(Time, OutsideOfFourDigitsIsWrittenAsTheirEnd) {
  using limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(to_rfc3339(at_ms(limits::max())), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(at_ms(limits::min())), "0001-01-01T00:00:00Z");
}

RC_GTEST_PROP(Time, ComesBackAsItWas, ()) {
  auto t = at_ms(
    *rc::gen::inRange<std::int64_t>(-62'135'596'800'000, 253'402'300'800'000));
  RC_ASSERT(from_rfc3339(to_rfc3339(t)) == t);
}

RC_GTEST_PROP(Time, AnyTextIsReadOrRefused, (const std::string& text)) {
  (void)from_rfc3339(text);
  auto near = std::string{"2026-03-02T15:00:00.25+01:00"};
  auto at = *rc::gen::inRange<std::size_t>(0, near.size());
  near[at] = *rc::gen::arbitrary<char>();
  if (auto t = from_rfc3339(near))
    RC_ASSERT(from_rfc3339(to_rfc3339(*t)) == t);
}

} // namespace
} // namespace fairlead::test
