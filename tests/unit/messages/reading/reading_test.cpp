// R53: what people type, and what it is read as.

#include "messages/reading/email.hpp"
#include "messages/reading/folding.hpp"
#include "messages/reading/lead_type.hpp"
#include "messages/reading/placeholder.hpp"
#include "messages/reading/places.hpp"
#include "messages/reading/price.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

using texts = std::vector<std::pair<std::string, std::string>>;

TEST(Folding, R53TextsAreComparedWithoutCaseAccentsAndExtraBlanks) {
  const texts table{
    {"Zillow", "zillow"},
    {"  Zillow \t Flex\n", "zillow flex"},
    {"CAÑON CITY", "canon city"},
    {"Cañon City", "canon city"}, // n and U+0303
    {"Straße", "strasse"},        // full case folding
    {"ΣΊΣΥΦΟΣ", "σισυφοσ"},       // final sigma folds, too
    {"ﬁrst", "first"},            // a ligature (NFKD)
    {"Ⅻ", "xii"},
    {"a\u00a0b\u3000c", "a b c"},           // blanks that are not ASCII
    {"\u200bzil\u00adlow\ufeff", "zillow"}, // Cf
    {"a\u2028b", "a b"},
    {"", ""},
    {" \u00a0 ", ""},
    {"İstanbul", "istanbul"},
    {"ё", "е"},
  };
  for (const auto& [typed, read] : table)
    EXPECT_EQ(folded(typed), read) << typed;
}

TEST(Folding, R53FoldingTwiceChangesNothing) {
  for (const std::string text : {"CAÑON  CITY", "Straße", "ﬁ", "Ⅻ", "ΣΊΣ"})
    EXPECT_EQ(folded(folded(text)), folded(text)) << text;
}

TEST(Email, R53IsFoundInWhatPeoplePaste) {
  struct row {
    std::string typed;
    std::optional<email_reading> read;
  };
  const std::vector<row> table{
    {"ida@mail.example", {{"ida@mail.example", true}}},
    {"  Ida@Mail.Example ", {{"ida@mail.example", true}}},
    {"i\u200bda@mail.example", {{"ida@mail.example", true}}},
    {"ÉVA@mail.example", {{"éva@mail.example", true}}},
    {"İda@mail.example", {{"i\u0307da@mail.example", true}}},
    {".,Ida@mail.example;", {{"ida@mail.example", false}}},
    {", mailto: ida@mail.example", {{"ida@mail.example", false}}},
    {"Ida Low <ida@mail.example>", {{"ida@mail.example", false}}},
    {"\"Low, Ida\" <ida@mail.example>", {{"ida@mail.example", false}}},
    {"mailto:ida@mail.example", {{"ida@mail.example", false}}},
    {"<MAILTO:ida@mail.example>", {{"ida@mail.example", false}}},
    {"ida@mail.example, other@mail.example", {{"ida@mail.example", false}}},
    {"ida@mail.example;other@mail.example", {{"ida@mail.example", false}}},
    {"ida@mail.example.", {{"ida@mail.example", false}}},
    {"n/a", std::nullopt},
    {"none", std::nullopt},
    {"@mail.example", std::nullopt},
    {"ida@", std::nullopt},
    {"ida@@mail.example", std::nullopt},
    {"ida low@mail.example", std::nullopt},
    {"", std::nullopt},
  };
  for (const auto& r : table)
    EXPECT_EQ(read_email(r.typed), r.read) << r.typed;
}

TEST(Price, R53IsReadAsPeopleWriteIt) {
  const std::vector<std::pair<std::string, std::optional<std::int64_t>>> table{
    {"450000", 450'000},
    {"2,500,000", 2'500'000},
    {"2.500.000", 2'500'000},
    {"2'500'000", 2'500'000},
    {"2 500 000", 2'500'000},
    {"$2.5M", 2'500'000},
    {"$ 2.5 m", 2'500'000},
    {"450k", 450'000},
    {"450K", 450'000},
    {"450.000", 450'000},
    {"450.00", 450},
    {"450,5", 450},
    {"1,5m", 1'500'000},
    {"$1.125M", 1'125'000},
    {"1.1255k", 1'125}, // cut after multiplying
    {"EUR 300.000,50", 300'000},
    {"300000USD", 300'000},
    {"300KUSD", std::nullopt}, // a code stands alone
    {"USD 300,000 - 400,000", 300'000},
    {"300-400k", 300'000},
    {"300k – 1m", 300'000},
    {"300k to 400k", 300'000},
    {"300 TO 400k", 300'000},
    {"0", 0},
    {"9223372036854775807", INT64_MAX},
    {"9223372036854775808", std::nullopt},
    {"2.5 mio", std::nullopt},
    {"negotiable", std::nullopt},
    {"-300", std::nullopt},
    {"300-", std::nullopt},
    {"usd 300", std::nullopt}, // codes are in capitals
    {"1.5.5", std::nullopt},
    {"450.", std::nullopt}, // a mark with nothing behind it
    {".5m", std::nullopt},
    {"1.5,000", std::nullopt},
    {"3'00", std::nullopt},
    {"", std::nullopt},
  };
  for (const auto& [typed, read] : table)
    EXPECT_EQ(read_price(typed), read) << typed;
}

TEST(Price, R53ANumberIsRoundedDown) {
  const std::vector<std::pair<std::string, std::optional<std::int64_t>>> table{
    {"2500000.0", 2'500'000},
    {"2500000.99", 2'500'000},
    {"2.5e6", 2'500'000},
    {"25E-1", 2},
    {"0.9", 0},
    {"-0.5", -1},
    {"-3", -3},
    {"0e99999999999", 0},
    {"1e400", std::nullopt},
    {"1e19", std::nullopt},
    {"1e-400", 0},
    {"9223372036854775807.5", INT64_MAX},
  };
  for (const auto& [number, read] : table)
    EXPECT_EQ(price_of_number(number), read) << number;
}

TEST(LeadType, R53BuyerWithSellerIsBoth) {
  const std::vector<std::pair<std::string, lead_type_reading>> table{
    {"buyer", {"buyer", true}},
    {"Buyer", {"Buyer", true}},
    {"Buyers", {"buyer", false}},
    {"sellers", {"seller", false}},
    {"buyer/seller", {"both", false}},
    {"Seller & Buyer", {"both", false}},
    {"buyers and sellers", {"both", false}},
    {"buyer, seller", {"both", false}},
    {"both", {"both", true}},
    {"investor", {"investor", true}},
    {"buyer and investor", {"buyer and investor", true}},
    {"land", {"land", true}},
  };
  for (const auto& [typed, read] : table)
    EXPECT_EQ(read_lead_type(typed), read) << typed;
  using list = std::vector<std::string>;
  EXPECT_EQ(read_lead_type(list{"Buyers"}), "buyer");
  EXPECT_EQ(read_lead_type(list{"Seller", "buyer"}), "both");
  EXPECT_EQ(read_lead_type(list{"buyer", "investor"}), std::nullopt);
  EXPECT_EQ(read_lead_type(list{}), std::nullopt);
  EXPECT_EQ(read_lead_type(list{"", " "}), std::nullopt);
  EXPECT_EQ(read_lead_type(list{"buyer", "Buyers", " "}), "buyer");
  EXPECT_EQ(read_lead_type(list{"buyer / seller"}), "both");
}

TEST(Places, R53ZipsAreCompared) {
  const std::vector<std::pair<std::string, std::string>> table{
    {"78701", "78701"},     {"2134", "02134"},
    {"501", "00501"},       {"78701-1234", "78701"},
    {"787011234", "78701"}, {" 78 701 ", "78701"},
    {"12", "12"},           {"SW1A 1AA", "sw1a1aa"},
  };
  for (const auto& [typed, read] : table)
    EXPECT_EQ(zip_for_comparison(typed, "US"), read) << typed;
  EXPECT_EQ(zip_for_comparison("2134", "AU"), "2134");
}

TEST(Places, R53StatesAreCompared) {
  const std::vector<std::pair<std::string, std::string>> table{
    {"TX", "tx"},       {"Texas", "tx"},        {"US-TX", "tx"},
    {"T.X.", "tx"},     {"new  york", "ny"},    {"Puerto Rico", "pr"},
    {"D.C.", "dc"},     {"Bavaria", "bavaria"}, {"Z.Z.", "z.z."},
    {"us-zz", "us-zz"},
  };
  for (const auto& [typed, read] : table)
    EXPECT_EQ(state_for_comparison(typed, "US"), read) << typed;
  EXPECT_EQ(state_for_comparison("Texas", "DE"), "texas");
}

TEST(Placeholder, R53NumbersThatBelongToNobody) {
  for (const auto* number :
       {"+10000000000", "+15555555555", "+11234567890", "+19876543210",
        "+12345678901", "+10125550100", "+15120550100", "+15121550100"})
    EXPECT_TRUE(is_placeholder(number)) << number;
  for (const auto* number :
       {"+15125550100", "+442071838750", "+12125550100", "+1512555010"})
    EXPECT_FALSE(is_placeholder(number)) << number;
}

} // namespace
} // namespace fairlead::test
