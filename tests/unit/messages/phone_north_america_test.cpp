// Goal: the fast path, which looks at the first of ten digits only, gives the
// library's answer to every area code and exchange. Method: all of them; then
// seeded texts one sign away from the forms that it takes.

#include "messages/phone.hpp"

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace fairlead::test {
namespace {

std::optional<std::string> library(const std::string& text,
                                   const std::string& region) {
  using i18n::phonenumbers::PhoneNumberUtil;
  const auto& util = *PhoneNumberUtil::GetInstance();
  i18n::phonenumbers::PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
    return std::nullopt;
  if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
    return std::nullopt;
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return number.extension().empty() ? e164
                                    : e164 + ";ext=" + number.extension();
}

TEST(NorthAmericanPhone, EveryAreaCodeAndExchangeIsAsTheLibrarySays) {
  for (int i = 0; i < 1'000; ++i) {
    auto three = std::to_string(1'000 + i).substr(1);
    for (const auto& digits : {three + "5550100", "512" + three + "0100"})
      for (const char* region : {"US", "CA"}) {
        ASSERT_EQ(read_phone(digits, region), library(digits, region))
          << digits;
        auto plus = "+1" + digits;
        ASSERT_EQ(read_phone(plus, region), library(plus, region)) << plus;
      }
  }
}

class near_misses {
public:
  explicit near_misses(unsigned seed) : random_{seed} {}

  std::string text() {
    static constexpr const char* starts[]
      = {"", "", "+1", "1", "+", "+1 ", "011"};
    std::string s = starts[below(7)];
    auto n = below(4) == 0 ? 7 + below(6) : 10;
    for (std::size_t i = 0; i < n; ++i)
      s += static_cast<char>('0' + below(10));
    if (below(6) == 0) {
      static constexpr std::string_view odd = " -().*#x/A+;,";
      s[below(s.size())] = odd[below(odd.size())];
    }
    return s;
  }
  // The islands of the same country code have rules of their own.
  std::string region() {
    static constexpr const char* regions[]
      = {"US", "CA", "US", "CA", "JM", "BS", "DE", "GB", "MX", ""};
    return regions[below(10)];
  }

private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_);
  }
  std::mt19937 random_;
};

TEST(NorthAmericanPhone, TextsNearTheFastPathAreAsTheLibrarySays) {
  near_misses next{11};
  int read = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto text = next.text();
    auto region = next.region();
    auto expected = library(text, region);
    read += expected.has_value();
    ASSERT_EQ(read_phone(text, region), expected) << text << " in " << region;
  }
  // Enough of both kinds, or the comparison would say little.
  EXPECT_GT(read, 2'500);
  EXPECT_LT(read, 7'500);
}

} // namespace
} // namespace fairlead::test
