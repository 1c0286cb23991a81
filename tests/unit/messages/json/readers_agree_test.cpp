// Two readers, one answer: what the quick reader takes is what nlohmann_json
// makes of it, and whatever it does not take is decided by that. Method: texts
// of events, cut, doubled and changed byte by byte from a seed; the tree is
// built up to a document again and compared with the library's.

#include "messages/json/quick_reader.hpp"
#include "messages/json/tree.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {
namespace {

using nlohmann::json;

const std::vector<std::string> texts{
  R"({"specversion":"1.0","id":"x","source":"/bench","type":"lead.received",)"
  R"("data":{"lead_id":"l-1","contact":{"name":"Kim \"K\" Roé 😀","phone":)"
  R"("+1 512 555 0100","email":null},"tags":["hot","web",""],"price":500000,)"
  R"("opt_in":true,"x":[-1,0.5,1e3,{"a":[]},{}]}})",
  R"( [ 1 , -0 , 0.0 , 9223372036854775807 , 9223372036854775808 , -1E-3 ] )",
  R"({"a":"\u0041\ud83d\ude00\n\\\/\b\f\r\t","a":"twice","":{"":""}})",
  R"([[[[[[[[[[{"deep":[[[["x"]]]]}]]]]]]]]]])",
  "[true,false,null,\"\x7f\xc3\xa9\xe2\x82\xac\",{\"k\\\"ey\":[]}]",
  R"({"n":18446744073709551615,"m":-9223372036854775808,"o":1.5e300})",
};

/// What may turn one thing into another.
const std::vector<std::string> pieces{
  "{",        "}",           "[",      "]",     ",",
  ":",        "\"",          "\\",     "-",     "+",
  ".",        "0",           "1",      "9",     "e",
  "E",        " ",           "\n",     "\t",    "\x01",
  "\x1f",     "\xff",        "\x80",   "\xc3",  "\xed\xa0\x80",
  "\xf4\x90", "u",           "\\u",    "\\ud8", "null",
  "true",     "fals",        "\"a\":", "[],",   "{}",
  "/",        "//",          "'",      "NaN",   "1e400",
  "123456",   "\xef\xbb\xbf"};

std::string changed(std::string text, std::mt19937& random) {
  auto below = [&random](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  for (auto n = below(3); n > 0 && !text.empty(); --n) {
    auto at = below(text.size() + 1);
    switch (below(5)) {
      case 0:
        text.erase(at, 1 + below(4));
        break;
      case 1:
        text.insert(at, pieces[below(pieces.size())]);
        break;
      case 2:
        text.resize(at);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(12)));
        break;
      default:
        if (at < text.size())
          text[at] = static_cast<char>(below(256));
    }
  }
  return text;
}

json document_of(const json_tree& tree, const json_node& n) {
  switch (n.is) {
    case json_node::kind::null:
      return nullptr;
    case json_node::kind::boolean:
      return n.truth;
    case json_node::kind::integer:
      return n.whole;
    case json_node::kind::number:
      return json::parse(n.raw);
    case json_node::kind::text:
      return n.text;
    case json_node::kind::array: {
      auto a = json::array();
      for (const auto* x = tree.first(n); x != nullptr; x = tree.next(*x))
        a.push_back(document_of(tree, *x));
      return a;
    }
    case json_node::kind::object: {
      auto o = json::object();
      for (const auto* x = tree.first(n); x != nullptr; x = tree.next(*x))
        o[x->key] = document_of(tree, *x);
      return o;
    }
  }
  return {};
}

/// Each value says where it stands.
void expect_places(const json_tree& tree, const json_node& n,
                   std::string_view text) {
  ASSERT_GE(n.raw.data(), text.data());
  ASSERT_LE(n.raw.data() + n.raw.size(), text.data() + text.size());
  ASSERT_EQ(json::parse(n.raw), document_of(tree, n)) << n.raw;
  constexpr std::string_view white = " \t\r\n";
  ASSERT_TRUE(white.find(n.raw.front()) == std::string_view::npos
              && white.find(n.raw.back()) == std::string_view::npos)
    << n.raw;
  for (const auto* x = tree.first(n); x != nullptr; x = tree.next(*x))
    expect_places(tree, *x, n.raw);
}

TEST(JsonReaders, AgreeOnWhatIsJsonAndWhatItSays) {
  std::mt19937 random{11};
  std::size_t good = 0, quick = 0;
  constexpr std::size_t rounds = 60'000;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto text = changed(texts[i % texts.size()], random);
    // The library takes the one for the end, and passes over the other.
    if (text.find('\0') != std::string::npos
        || text.starts_with("\xef\xbb\xbf"))
      continue;
    std::optional<json> expected;
    try {
      expected = json::parse(text);
    } catch (const json::parse_error&) {
    } catch (const json::out_of_range&) {
      continue; // 1e400: a number to us
    }
    auto tree = json_tree::parse(text);
    ASSERT_EQ(tree.has_value(), expected.has_value()) << text;
    std::vector<json_node> nodes;
    quick += read_quickly(text, nodes) ? 1 : 0;
    if (!tree)
      continue;
    ++good;
    ASSERT_EQ(document_of(*tree, tree->root()), *expected) << text;
    expect_places(*tree, tree->root(), text);
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << text;
  }
  // Both kinds occur, and the quick one is what nearly all are read by.
  EXPECT_GT(good, rounds / 5);
  EXPECT_LT(good, rounds * 4 / 5);
  EXPECT_GT(quick, good * 9 / 10);
}

TEST(JsonReaders, TheQuickOneLeavesTheUnusualToTheOther) {
  std::vector<json_node> nodes;
  std::string deep = std::string(40, '[') + std::string(40, ']');
  for (std::string_view text : {"1", "\"x\"", " true ", "[1e400]", "[1,]", "",
                                "[18446744073709551616]", "{\"a\":1}x"})
    EXPECT_FALSE(read_quickly(text, nodes)) << text;
  EXPECT_FALSE(read_quickly(deep, nodes));
  EXPECT_TRUE(json_tree::parse(deep).has_value());
}

} // namespace
} // namespace fairlead::test
