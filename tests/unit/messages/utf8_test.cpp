// The contract's ids, and the UTF-8 below them (RFC 3629).

#include "messages/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fairlead::test {
namespace {

TEST(Ids, HaveOneTo128CodePointsAndNoControls) {
  std::string e128, clef128;
  for (int i = 0; i < 128; ++i) {
    e128 += "\xc3\xa9";
    clef128 += "\xf0\x9d\x84\x9e";
  }
  for (const auto& good :
       {std::string{"a"}, std::string{" "}, std::string(128, 'x'), e128,
        clef128, std::string{"\xc2\xa0"}, std::string{"\xef\xbf\xbf"},
        std::string{"\xed\x9f\xbf"}, std::string{"\xf4\x8f\xbf\xbf"}})
    EXPECT_TRUE(is_id(good)) << good;
  for (const auto& bad :
       {std::string{}, std::string(129, 'x'), e128 + "x", clef128 + "x",
        std::string{"\0", 1}, std::string{"a\tb"}, std::string{"\x7f"},
        std::string{"\xc2\x80"}, std::string{"\xc2\x9f"}, std::string{"\xff"},
        std::string{"\xc0\x80"}, std::string{"\xe0\x9f\xbf"},
        std::string{"\xed\xa0\x80"}, std::string{"\xf0\x8f\xbf\xbf"},
        std::string{"\xf4\x90\x80\x80"}, std::string{"\xc3"},
        std::string{"\xe2\x82"}, std::string{"\x80"}})
    EXPECT_FALSE(is_id(bad)) << bad;
}

} // namespace
} // namespace fairlead::test
