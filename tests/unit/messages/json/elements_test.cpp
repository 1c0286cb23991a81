// An array is cut as the library would read it. Method: short texts drawn from
// a seed out of the characters that matter; whether they are an array, and of
// how many elements, is what nlohmann_json says of the whole text.

#include "messages/json/elements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

namespace fairlead::test {
namespace {

using testing::ElementsAre;

TEST(JsonElements, AreCutByteForByte) {
  EXPECT_THAT(
    *json::array_elements(" [ {\"a\" : [1, 2]} ,\n\"],\\\"\" , 1.0 ]\n"),
    ElementsAre("{\"a\" : [1, 2]}", "\"],\\\"\"", "1.0"));
  EXPECT_THAT(*json::array_elements("[ ]"), ElementsAre());
  for (const auto* text : {"", "[", "{}", "[1]]", "[1,]", "[,1]", "[[1]"})
    EXPECT_EQ(json::array_elements(text), std::nullopt) << text;
}

TEST(JsonElements, ATextIsAnArrayIfAllItsElementsAreJson) {
  constexpr std::string_view letters = "[]{},:\"\\ 1a\n-";
  std::mt19937 dice{1};
  auto one_of = [&dice](std::size_t n) { return dice() % n; };
  int arrays = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    if (one_of(3) > 0)
      text += '[';
    for (auto n = one_of(10); n > 0; --n)
      text += letters[one_of(letters.size())];
    if (one_of(3) > 0)
      text += ']';
    auto cut = json::array_elements(text);
    bool good = cut && std::all_of(cut->begin(), cut->end(), [](auto e) {
                  return nlohmann::json::accept(e);
                });
    auto whole = nlohmann::json::parse(text, nullptr, false);
    ASSERT_EQ(good, whole.is_array()) << text;
    if (!good)
      continue;
    ASSERT_EQ(cut->size(), whole.size()) << text;
    ++arrays;
  }
  EXPECT_GT(arrays, 1000);
}

} // namespace
} // namespace fairlead::test
