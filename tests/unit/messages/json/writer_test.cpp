// What is appended is JSON, and says what went in. Method: RapidCheck draws
// texts and numbers; nlohmann_json reads them back.

#include "messages/json/writer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

std::string utf8(char32_t c) {
  auto byte = [](char32_t x) { return static_cast<char>(x); };
  if (c < 0x80)
    return {byte(c)};
  if (c < 0x800)
    return {byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f))};
  if (c < 0x10000)
    return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)),
            byte(0x80 | (c & 0x3f))};
  return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)),
          byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
}

/// Any code points but surrogates; every other one below 0x80.
rc::Gen<std::string> any_text() {
  auto point = rc::gen::oneOf(
    rc::gen::inRange<std::uint32_t>(0, 0x80),
    rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0x80, 0xd800),
                   rc::gen::inRange<std::uint32_t>(0xe000, 0x110000)));
  return rc::gen::map(rc::gen::container<std::vector<std::uint32_t>>(point),
                      [](const std::vector<std::uint32_t>& points) {
                        std::string text;
                        for (auto p : points)
                          text += utf8(static_cast<char32_t>(p));
                        return text;
                      });
}

std::string written(std::string_view s) {
  growing_text out{1}; // so that it has to grow
  json::append_string(out, s);
  return out.take();
}

RC_GTEST_PROP(JsonWriter, TextsComeBackAsTheyWere, ()) {
  auto text = *any_text();
  RC_ASSERT(nlohmann::json::parse(written(text)).get<std::string>() == text);
}

RC_GTEST_PROP(JsonWriter, IntegersComeBackAsTheyWere, (std::int64_t n)) {
  growing_text out{1};
  json::append_integer(out, n);
  RC_ASSERT(nlohmann::json::parse(out.view()).get<std::int64_t>() == n);
}

TEST(JsonWriter, EscapesWhatMustBeEscapedAndNoMore) {
  EXPECT_EQ(written(""), R"("")");
  EXPECT_EQ(written(R"(a"b\c/d)"), R"("a\"b\\c/d")");
  EXPECT_EQ(written("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(written(std::string_view{"\0\x01\x1f\x7f", 4}),
            "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(written("é😀"), "\"é😀\"");
}

TEST(JsonWriter, AnyTextIsReadBackByAParser) {
  std::mt19937 random{5};
  auto below = [&random](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  const std::vector<std::string> pieces{"é", "😀", "\"", "\\", "/", "u0041"};
  for (int i = 0; i < 2'000; ++i) {
    std::string text;
    for (auto n = below(12); n > 0; --n)
      text += below(2) == 0 ? std::string(1, static_cast<char>(below(128)))
                            : pieces[below(pieces.size())];
    auto out = written(text);
    ASSERT_EQ(nlohmann::json::parse(out).get<std::string>(), text) << out;
  }
}

// Any byte beside any other, at any place of a word of eight.
TEST(JsonWriter, EveryCharacterIsSeenWhereverItStands) {
  for (int c = 0; c < 0x80; ++c)
    for (char other : {' ', '!', '#', '[', ']', 'z', '\x7f'})
      for (std::size_t size = 1; size < 19; ++size)
        for (std::size_t at = 0; at < size; ++at) {
          std::string text(size, other);
          text[at] = static_cast<char>(c);
          auto out = written(text);
          bool special = c < 0x20 || c == '"' || c == '\\';
          ASSERT_EQ(out.size() > size + 2, special) << c << " in " << text;
          if (special)
            ASSERT_EQ(nlohmann::json::parse(out).get<std::string>(), text);
          else
            ASSERT_EQ(out, '"' + text + '"');
        }
}

TEST(JsonWriter, WritesEveryInteger) {
  growing_text out{1};
  json::append_integer(out, 0);
  out.put(' ');
  json::append_integer(out, std::numeric_limits<std::int64_t>::min());
  out.put(' ');
  json::append_integer(out, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(out.view(), "0 -9223372036854775808 9223372036854775807");
}

TEST(JsonWriter, ObjectsKeepTheOrderOfTheCalls) {
  // Named, because gcc 12 with sanitizers warns of temporaries without a value.
  const std::optional<std::string> no_text;
  const std::optional<std::string> a_text{"x"};
  const std::optional<std::int64_t> no_number;
  growing_text out{1};
  {
    json::object o{out};
    o.text("z", "1\"");
    o.integer("i", -2);
    o.boolean("b", true);
    o.null("n");
    o.raw("r", "[1, 2]");
    o.text("absent", no_text);
    o.integer("absent", no_number);
    o.raw("absent", no_text);
    o.text("there", a_text);
    o.text_or_null("null", no_text);
    json::object inner{o.member("o")};
  }
  EXPECT_EQ(out.take(), R"({"z":"1\"","i":-2,"b":true,"n":null,"r":[1, 2],)"
                        R"("there":"x","null":null,"o":{}})");
}

} // namespace
} // namespace fairlead::test
