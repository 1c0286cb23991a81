// What the flat tree knows of a JSON text: values, members, the text they came
// from; and where it is of another opinion than the library.

#include "messages/json/tree.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using kind = json_node::kind;

json_tree tree_of(const std::string& text) {
  auto tree = json_tree::parse(text);
  if (!tree)
    throw std::runtime_error{"not JSON: " + text};
  return *tree;
}

TEST(JsonReader, KnowsEachKindOfValue) {
  std::string text = R"({"n":null,"t":true,"f":false,"i":-7,"d":1.0,)"
                     R"("s":"a\u00e9\n","a":[1,[],{}],"o":{"k":"v"}})";
  auto tree = tree_of(text);
  auto of = [&](const char* key) { return *tree.find(tree.root(), key); };
  EXPECT_EQ(tree.root().is, kind::object);
  EXPECT_EQ(of("n").is, kind::null);
  EXPECT_TRUE(of("t").truth);
  EXPECT_FALSE(of("f").truth);
  EXPECT_EQ(of("i").whole, -7);
  EXPECT_EQ(of("d").is, kind::number);
  EXPECT_EQ(of("s").text, "a\xc3\xa9\n");
  EXPECT_EQ(of("a").is, kind::array);
  EXPECT_EQ(tree.find(of("o"), "k")->text, "v");
  EXPECT_EQ(tree.find(tree.root(), "x"), nullptr);
  EXPECT_EQ(tree.find(of("a"), "k"), nullptr);
  std::vector<kind> inside;
  auto a = of("a");
  for (const auto* n = tree.first(a); n != nullptr; n = tree.next(*n))
    inside.push_back(n->is);
  EXPECT_EQ(inside, (std::vector{kind::integer, kind::array, kind::object}));
}

TEST(JsonReader, KnowsTheTextOfEachValue) {
  for (std::string raw :
       {"null", "true", "-0", "12", "1.50", "1E+2", "\"\"", "\"a\\\"}],\"",
        "[]", "[ ]", "{ }", "[1 , 2]", "{\"a\" : [1,{\"b\":2} ] }", "1e400",
        "-1e9999", "123456789012345678901234567890"}) {
    for (std::string space : {"", " ", "\n\t\r "}) {
      auto text = "{" + space + "\"x\"" + space + ":" + space + raw + space
                  + "," + space + "\"y\":[" + space + raw + space + "]}";
      auto tree = tree_of(text);
      EXPECT_EQ(tree.find(tree.root(), "x")->raw, raw) << text;
      const auto* y = tree.find(tree.root(), "y");
      EXPECT_EQ(tree.first(*y)->raw, raw) << text;
      EXPECT_EQ(y->raw, "[" + space + raw + space + "]") << text;
    }
    EXPECT_EQ(tree_of(" " + raw + " ").root().raw, raw);
  }
}

TEST(JsonReader, IntegersAreThoseOf64Bits) {
  auto n = [](const std::string& text) { return tree_of(text).root(); };
  EXPECT_EQ(n("9223372036854775807").whole, INT64_MAX);
  EXPECT_EQ(n("-9223372036854775808").whole, INT64_MIN);
  EXPECT_EQ(n("-0").is, kind::integer);
  for (auto text : {"9223372036854775808", "-9223372036854775809",
                    "18446744073709551616", "1.0", "1e3", "1E400", "-1e400"})
    EXPECT_EQ(n(text).is, kind::number) << text;
}

TEST(JsonReader, NumbersTooLargeForADoubleAreNumbers) {
  EXPECT_FALSE(nlohmann::json::accept("1e400"));
  std::string nines(400, '9');
  auto text = R"({"a":1e400,"b":"1e400 \" 1e400","c":[-2.5E+999,)" + nines
              + R"(],"d":7})";
  auto tree = tree_of(text);
  auto of = [&](const char* key) { return *tree.find(tree.root(), key); };
  EXPECT_EQ(of("a").is, kind::number);
  EXPECT_EQ(of("a").raw, "1e400");
  EXPECT_EQ(of("b").text, "1e400 \" 1e400");
  EXPECT_EQ(of("c").raw, "[-2.5E+999," + nines + "]");
  EXPECT_EQ(of("d").whole, 7);
}

TEST(JsonReader, WhatStandsBesideALargeNumberMustBeJsonToo) {
  for (std::string bad :
       {"1e400e", "[1e400", "[1e400,]", "[1e400 1]", "[01e400,1e400]",
        "[1e400,1e]", "[1e400,1.e5]", "[1e400,+1e5]", "[1e400,1e5-2]",
        "[1e400,nul1e5]", "[1e400,\"]", "{\"a\":1e400,1e5:2}", "-1e400-"})
    EXPECT_FALSE(json_tree::parse(bad)) << bad;
}

TEST(JsonReader, ManyLargeNumbersTakeNoLongTime) {
  std::string text = "[1e400";
  while (text.size() < 250'000)
    text += ",1e400";
  text += "]";
  auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(json_tree::parse(text));
  // Not a measurement: a pass for each of 40 000 numbers takes far longer.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{3});
}

TEST(JsonReader, AByteOfZeroIsNotTheEnd) {
  std::string good = "{\"a\":1}";
  std::string zero(1, '\0');
  EXPECT_TRUE(json_tree::parse(good));
  EXPECT_FALSE(json_tree::parse(good + zero));
  EXPECT_FALSE(json_tree::parse(good + zero + "more"));
  EXPECT_FALSE(json_tree::parse(zero + good));
  EXPECT_FALSE(json_tree::parse("\"" + zero + "\""));
}

} // namespace
} // namespace fairlead::test
