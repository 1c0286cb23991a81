#include "messages/text/visible.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

TEST(Visible, WhatIsForPeopleStays) {
  for (const auto* text : {"", "Kim Roé", "日本 😀", "a\\u{1b}", "tab-less  x"})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, WhatSteersATerminalIsSeen) {
  EXPECT_EQ(visible("Kim\x1b]0;pwned\x07\x1b[31mRED\nforged"),
            "Kim\\u{1b}]0;pwned\\u{7}\\u{1b}[31mRED\\u{a}forged");
  EXPECT_EQ(visible("\x7f"), "\\u{7f}");
  EXPECT_EQ(visible("a\tb\rc"), "a\\u{9}b\\u{d}c");
  EXPECT_EQ(visible("\xc2\x9b"
                    "31m"),
            "\\u{9b}31m"); // CSI in one character
  EXPECT_EQ(visible("\xe2\x80\xae"
                    "abc"),
            "\\u{202e}abc");
  EXPECT_EQ(visible("\xe2\x81\xa6\xe2\x80\xa8"), "\\u{2066}\\u{2028}");
  EXPECT_EQ(visible("\xef\xbb\xbf"), "\\u{feff}");
  EXPECT_EQ(visible(std::string_view{"\0", 1}), "\\u{0}");
}

TEST(Visible, BytesThatAreNoTextAreSeen) {
  EXPECT_EQ(visible("a\xff\xc3"), "a\\x{ff}\\x{c3}");
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\x{ed}\\x{a0}\\x{80}");
}

TEST(Visible, TwiceIsOnce) {
  auto once = visible("\x1b\xff\n");
  EXPECT_EQ(visible(once), once);
}

} // namespace
} // namespace fairlead
