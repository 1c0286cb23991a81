// Phones in E.164. Method: the shortcuts (quick way, cache, limit of length)
// must give what libphonenumber gives; RapidCheck draws texts near them.

#include "messages/phone.hpp"

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::test {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using result = std::optional<std::string>;

/// The contract's words, without any shortcut.
result by_the_library(const std::string& text, const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
    return std::nullopt;
  if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
    return std::nullopt;
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return number.extension().empty() ? e164
                                    : e164 + ";ext=" + number.extension();
}

TEST(Phone, ReadsWhatPeopleWrite) {
  EXPECT_EQ(read_phone("+1 512 555 0100", "US"), "+15125550100");
  EXPECT_EQ(read_phone("(512) 555-0100", "US"), "+15125550100");
  EXPECT_EQ(read_phone("5125550100", "US"), "+15125550100");
  EXPECT_EQ(read_phone("1-512-555-0100", "US"), "+15125550100");
  EXPECT_EQ(read_phone("512-555-0100 ext. 7", "US"), "+15125550100;ext=7");
  EXPECT_EQ(read_phone("030 123456", "DE"), "+4930123456");
  EXPECT_EQ(read_phone("+49 30 123456", "US"), "+4930123456");
}

TEST(Phone, RefusesWhatIsNoPossibleNumber) {
  for (auto text : {"", " ", "x", "call me", "555-0100", "+1", "+1512555010",
                    "+151255501000", "+", "12", "+999123456789"})
    EXPECT_EQ(read_phone(text, "US"), std::nullopt) << text;
}

TEST(Phone, TheRegionDecidesAndIsNotForgottenByTheCache) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(read_phone("020 7946 0958", "GB"), "+442079460958");
    EXPECT_EQ(read_phone("5125550100", "US"), "+15125550100");
    EXPECT_EQ(read_phone("5125550100", "IN"),
              by_the_library("5125550100", "IN"));
    EXPECT_EQ(read_phone("020 7946 0958", "US"),
              by_the_library("020 7946 0958", "US"));
  }
}

TEST(Phone, AHostileTextTakesNoTime) {
  auto begin = std::chrono::steady_clock::now();
  for (std::string text :
       {std::string(200'000, '1'), std::string(200'000, ' ') + "+15125550100",
        "+1" + std::string(200'000, '5'), std::string(200'000, '(')})
    EXPECT_EQ(read_phone(text, "US"), std::nullopt);
  // Not a measurement: the library alone takes minutes for the first.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{1});
}

rc::Gen<std::string> region() {
  return rc::gen::element<std::string>("US", "CA", "GB", "DE", "BR", "IN");
}

/// `+1` and about ten digits: the quick way and its neighbours.
RC_GTEST_PROP(Phone, TheQuickWayGivesWhatTheLibraryGives, ()) {
  auto n = *rc::gen::weightedElement<std::size_t>(
    {{8, 10}, {1, 9}, {1, 11}, {1, 7}});
  auto digits = *rc::gen::container<std::string>(
    n, rc::gen::inRange('0', static_cast<char>('9' + 1)));
  auto text = "+1" + digits;
  auto r = *region();
  RC_ASSERT(read_phone(text, r) == by_the_library(text, r));
}

RC_GTEST_PROP(Phone, AnyTextGivesWhatTheLibraryGives, ()) {
  auto text = *rc::gen::container<std::string>(rc::gen::oneOf(
    rc::gen::inRange('0', static_cast<char>('9' + 1)),
    rc::gen::elementOf(std::string{"0123456789+-() .x/;~*#tel"})));
  auto r = *region();
  auto expected = by_the_library(text, r);
  RC_ASSERT(read_phone(text, r) == expected);
  RC_ASSERT(read_phone(text, r) == expected); // from the cache
}

TEST(Phone, ManyThreadsGetTheSameAnswers) {
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i)
    texts.push_back("(512) 555-0" + std::to_string(100 + i));
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    for (auto& w : wrong)
      threads.emplace_back([&texts, &w] {
        for (const auto& t : texts)
          w += read_phone(t, "US") != "+15125550" + t.substr(11) ? 1 : 0;
      });
  }
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Phone, KnowsTheRegions) {
  for (auto known : {"US", "GB", "DE"})
    EXPECT_TRUE(is_region(known)) << known;
  for (auto unknown : {"", "us", "USA", "ZZ", "001", "United States"})
    EXPECT_FALSE(is_region(unknown)) << unknown;
}

} // namespace
} // namespace fairlead::test
