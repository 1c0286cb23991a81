#include "connectors/http/gzip.hpp"

#include <gtest/gtest.h>

namespace fairlead::http {
namespace {

TEST(HttpGzip, WhatWasPackedIsUnpacked) {
  for (const auto& text :
       {std::string{}, std::string{"a"}, std::string(100'000, 'x') + "end"}) {
    auto back = gunzip(gzip(text), 100'003);
    ASSERT_TRUE(back.bytes);
    EXPECT_EQ(*back.bytes, text);
  }
}

TEST(HttpGzip, ABombIsLeftAtTheBound) {
  auto bomb = gzip(std::string(50'000'000, '0'));
  EXPECT_LT(bomb.size(), 1'000'000U);
  auto back = gunzip(bomb, 1024 * 1024);
  EXPECT_FALSE(back.bytes);
  EXPECT_TRUE(back.too_large);
}

TEST(HttpGzip, HalfOfItAndNonsenseAreRefused) {
  auto packed = gzip("some text");
  for (const auto& bad : {std::string{}, std::string{"nonsense"},
                          packed.substr(0, packed.size() - 1), packed + "x"}) {
    auto back = gunzip(bad, 1'000);
    EXPECT_FALSE(back.bytes);
    EXPECT_FALSE(back.too_large);
  }
}

} // namespace
} // namespace fairlead::http
