// Goal: what the quick way answers is what libphonenumber answers, for any text
// in any region. Method: texts near those that it takes, drawn from a seed, and
// both are asked. PHONES=n sets how many it must have taken (10 000 000 take
// some ten minutes).

#include "messages/reading/quick_phone.hpp"

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>

namespace fairlead::test {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

std::optional<std::string> by_the_library(const std::string& text,
                                          const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR
      || util.IsPossibleNumberWithReason(number)
           != PhoneNumberUtil::IS_POSSIBLE)
    return std::nullopt;
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return number.extension().empty() ? e164
                                    : e164 + ";ext=" + number.extension();
}

struct country {
  const char* region;
  const char* code;
};

/// Those that have a plan, and some that have none.
constexpr std::array countries{
  country{"US", "1"},   country{"CA", "1"},   country{"GB", "44"},
  country{"IE", "353"}, country{"FR", "33"},  country{"DE", "49"},
  country{"NL", "31"},  country{"CH", "41"},  country{"ES", "34"},
  country{"PT", "351"}, country{"PL", "48"},  country{"DK", "45"},
  country{"NO", "47"},  country{"SE", "46"},  country{"AU", "61"},
  country{"NZ", "64"},  country{"ZA", "27"},  country{"IN", "91"},
  country{"SG", "65"},  country{"AE", "971"}, country{"BR", "55"},
  country{"IT", "39"},  country{"MX", "52"},  country{"JP", "81"},
  country{"BS", "1"},
};

/// Texts as people type phones, some of them wrong.
class typist {
public:
  explicit typist(std::uint64_t seed) : random_{seed} {}

  [[nodiscard]] std::size_t below(std::size_t n) { return random_() % n; }
  [[nodiscard]] bool one_in(std::size_t n) { return below(n) == 0; }
  [[nodiscard]] const country& any_country() {
    return countries.at(below(countries.size()));
  }

  /// A number of the country or, seldom, of another one.
  std::string phone(const country& here) {
    const auto& c = one_in(3) ? any_country() : here;
    bool plus = one_in(2);
    std::string digits;
    if (plus || one_in(8))
      digits = c.code;
    else if (one_in(2))
      digits = one_in(3) ? "1" : "0";
    for (auto n = 6 + below(7); n > 0; --n)
      digits += static_cast<char>('0' + below(10));
    return spaced(digits, plus);
  }

private:
  std::string spaced(const std::string& digits, bool plus) {
    constexpr std::array often{std::size_t{1'000'000}, std::size_t{8},
                               std::size_t{4}, std::size_t{2}};
    auto one_in_so_many = often.at(below(often.size()));
    auto some = [&](std::string& text) {
      for (int n = 0; n < 2 && one_in(one_in_so_many); ++n)
        text += std::string{" -.() "}.at(below(6));
    };
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      some(text);
      if (plus && i == 0) {
        text += '+';
        some(text);
      }
      text += digits[i];
    }
    some(text);
    return text;
  }

  std::mt19937_64 random_;
};

TEST(QuickPhone, AnswersWhatTheLibraryAnswers) {
  const auto* wanted = std::getenv("PHONES");
  auto left = wanted == nullptr ? 30'000 : std::atol(wanted);
  typist t{static_cast<std::uint64_t>(left)};
  std::map<std::string, int> taken;
  while (left > 0) {
    const auto& here = t.any_country();
    auto text = t.phone(here);
    auto quick = quick_phone(text, here.region);
    if (!quick)
      continue;
    ASSERT_EQ(quick, by_the_library(text, here.region))
      << "`" << text << "` in " << here.region;
    ++taken[here.region];
    --left;
  }
  // Every region has texts that need no library, those of other countries.
  EXPECT_EQ(taken.size(), countries.size());
}

TEST(QuickPhone, TakesTheFormsThatPeopleUse) {
  for (auto text :
       {"+1 512 555 0100", "(512) 555-0100", "512-555-0100", "+15125550100",
        "512.555.0100", "1 (512) 555-0100", "5125550100", "+1 (512) 555-0100"})
    EXPECT_EQ(quick_phone(text, "US"), "+15125550100") << text;
  EXPECT_EQ(quick_phone("020 7946 0958", "GB"), "+442079460958");
  EXPECT_EQ(quick_phone("+44 20 7946 0958", "US"), "+442079460958");
  EXPECT_EQ(quick_phone("06 12 34 56 78", "FR"), "+33612345678");
  EXPECT_EQ(quick_phone("0412 345 678", "AU"), "+61412345678");
}

TEST(QuickPhone, LeavesTheRestToTheLibrary) {
  for (auto text :
       {"", "+", "1", "512-555-0100 ext. 7", "512-555-0100 x7", "112-555-0100",
        "tel:5125550100", "512/555-0100", "011 44 20 7946 0958",
        "5125550100;ext=7", "512+5550100", "++15125550100", "555-0100",
        "١٢٣٤٥٦٧٨٩٠", "1234567890123456"})
    EXPECT_EQ(quick_phone(text, "US"), std::nullopt) << text;
}

} // namespace
} // namespace fairlead::test
