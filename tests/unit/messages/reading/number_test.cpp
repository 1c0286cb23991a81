// JSON numbers in whole units, exact whatever their length.

#include "messages/reading/number.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

using rounded = std::optional<rounded_number>;

TEST(JsonNumber, IsRoundedDown) {
  const std::vector<std::pair<std::string, rounded>> table{
    {"0", {{0, true}}},
    {"-0", {{0, true}}},
    {"0.000", {{0, true}}},
    {"7", {{7, true}}},
    {"7.0", {{7, true}}},
    {"7.9", {{7, false}}},
    {"-7.1", {{-8, false}}},
    {"-0.5", {{-1, false}}},
    {"0.5", {{0, false}}},
    {"1e3", {{1000, true}}},
    {"1E+3", {{1000, true}}},
    {"1500e-2", {{15, true}}},
    {"1550e-2", {{15, false}}},
    {"0.0001e4", {{1, true}}},
    {"0e99999999999999999999", {{0, true}}},
    {"1e-99999999999999999999", {{0, false}}},
    {"9223372036854775807", {{INT64_MAX, true}}},
    {"9223372036854775807.9", {{INT64_MAX, false}}},
    {"-9223372036854775808", {{INT64_MIN, true}}},
    {"-9223372036854775808.1", std::nullopt},
    {"9223372036854775808", std::nullopt},
    {"1e19", std::nullopt},
    {"1e99999999999999999999", std::nullopt},
    {"0." + std::string(1000, '0') + "1e1001", {{1, true}}},
    {"1" + std::string(1000, '0') + "e-1000", {{1, true}}},
  };
  for (const auto& [number, value] : table)
    EXPECT_EQ(rounded_down(number), value) << number;
}

TEST(JsonNumber, DigitsAlone) {
  for (const auto* number : {"0", "10", "18446744073709551616"})
    EXPECT_TRUE(is_digits(number)) << number;
  for (const auto* number : {"-1", "1.0", "1e3"})
    EXPECT_FALSE(is_digits(number)) << number;
}

} // namespace
} // namespace fairlead::test
