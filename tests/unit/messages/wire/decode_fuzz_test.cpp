// Goal: no bytes make the decoder throw, hang or disagree with the library on
// what is JSON (but for numbers too large for a double, which are JSON, and
// zero bytes, which are not; json_reader.hpp). Method: RapidCheck draws bytes
// that know no JSON, bytes that nearly are JSON, and good events with some
// bytes changed; then the extremes that no draw finds.

#include "messages/json/tree.hpp"
#include "messages/utf8.hpp"
#include "messages/wire/decode.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using reason = dead_letter_reason;

/// Texts that one case draws.
constexpr int draws = 30;

const std::vector<std::string> seeds{
  R"({"specversion":"1.0","id":"e","source":"/s","type":"lead.received",)"
  R"("data":{"lead_id":"l","contact":{"name":"Kim \u00e9\ud83d\ude00",)"
  R"("phone":"+1 512","forget":["a@b",7]},"tags":["a","b"],"price":-12,)"
  R"("zip":2903,"lead_type":["buyer","seller"],"opt_in":true}})",
  R"({"specversion":"1.0","id":"e","source":"/s","type":"transfer.requested",)"
  R"("partitionkey":"acme","data":{"call_id":"c","lead_id":"l",)"
  R"("context":{"a":[1.5e-3,[null,{}],"x"]},"ring_timeout_s":30,)"
  R"("fallback_numbers":["1",{"endpoint":"x","lines":2,"schedule":)"
  R"({"weekly":[{"from":"08:00","to":"09:00"}]}}]}})",
  R"({"specversion":"1.0","id":"e","source":"/s","type":"team.configured",)"
  R"("data":{"team_id":"acme","account_owner":"o","holidays":)"
  R"(["2026-12-25"],"never_match":["*@x","a@b","+15125550100"],)"
  R"("transfer":{"fallback_numbers":[{"phone":"+15125550100"}]},)"
  R"("pools":[{"id":"p",)"
  R"("members":[{"agent_id":"a","weight":2}]}],"routing_rules":[{"id":"r",)"
  R"("when":{"tags":["x"],"min_price":1},"active":{"days":["mon"],)"
  R"("from":"08:00","to":"20:00"},"assign":{"pool":"p"}}],)"
  R"("outcomes":{"x":[{"do":"notify","to":["owner"]}]}}})",
  R"({"specversion":"1.0","id":"e","source":"/s","type":"agent.configured",)"
  R"("data":{"agent_id":"a","daily_cap":null,"endpoint":"x","absences":)"
  R"([{"from":"2026-08-03","to":"2026-08-14"}],"schedule":{"weekly":)"
  R"([{"from":"09:00","to":"18:00"}],"overrides":[{"date":"2026-12-25",)"
  R"("closed":true}]}}})"};

/// Tokens and pieces of them: what a parser trips over.
const std::vector<std::string> tokens{"{",
                                      "}",
                                      "[",
                                      "]",
                                      ":",
                                      ",",
                                      "\"",
                                      "\\",
                                      "true",
                                      "false",
                                      "null",
                                      "0",
                                      "-",
                                      "1",
                                      ".5",
                                      "e9",
                                      "1e999",
                                      "-0",
                                      " ",
                                      "\n",
                                      "\"a\"",
                                      "\"\\u0000\"",
                                      "\\u",
                                      "\"\\ud800\"",
                                      "\xff",
                                      "\xc3",
                                      "\xc3\xa9",
                                      "\xed\xa0\x80",
                                      "\xef\xbb\xbf",
                                      "\xef",
                                      "\x01",
                                      "//",
                                      "/*",
                                      "18446744073709551616",
                                      "\"specversion\":\"1.0\"",
                                      "\"data\"",
                                      "nul",
                                      std::string(1, '\0')};

raw_record record_of(std::string value, bool keyed = true) {
  raw_record r;
  if (keyed)
    r.key = "acme";
  r.value = std::move(value);
  return r;
}

/// Whether the library takes the bytes for JSON. Nothing: it stopped at a
/// number that no double holds.
std::optional<bool> library_accepts(const std::string& bytes) {
  if (bytes.find('\0') != std::string::npos
      || bytes.starts_with("\xef\xbb\xbf"))
    return false;
  if (nlohmann::json::accept(bytes))
    return true;
  try {
    return !nlohmann::json::parse(bytes).is_discarded();
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  } catch (const nlohmann::json::parse_error&) {
  }
  return false;
}

/// What must hold of any bytes.
void check(const std::string& bytes) {
  auto got = json_decoder().decode(record_of(bytes));
  auto again = json_decoder().decode(record_of(bytes));
  RC_ASSERT(got.index() == again.index());
  bool is_json = json_tree::parse(bytes).has_value();
  if (auto library = library_accepts(bytes))
    RC_ASSERT(is_json == *library);
  if (const auto* bad = std::get_if<dead_letter>(&got)) {
    RC_ASSERT((bad->reason == reason::malformed_json) == !is_json);
    RC_ASSERT(!bad->faults.empty());
  } else {
    RC_ASSERT(is_json);
  }
  // A record without a key is looked into twice (R47), the same way.
  auto keyless = record_of(bytes, false);
  auto team = team_of(keyless);
  auto read = json_decoder().decode(keyless);
  if (const auto* e = std::get_if<input_event>(&read))
    RC_ASSERT(team == e->team);
}

RC_GTEST_PROP(DecodeFuzz, AnyBytes, (const std::string& bytes)) {
  check(bytes);
}

RC_GTEST_PROP(DecodeFuzz, BytesThatAreNearlyJson, ()) {
  for (int n = 0; n < draws; ++n) {
    std::string text;
    for (const auto& t : *rc::gen::container<std::vector<std::string>>(
           rc::gen::elementOf(tokens)))
      text += t;
    check(text);
  }
}

/// One of the seeds with a few bytes changed.
std::string mutant() {
  auto text = *rc::gen::elementOf(seeds);
  auto changes = *rc::gen::inRange(1, 5);
  for (int i = 0; i < changes && !text.empty(); ++i) {
    auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        text[at] = *rc::gen::arbitrary<char>();
        break;
      case 1:
        text.erase(at, *rc::gen::inRange<std::size_t>(1, 12));
        break;
      case 2:
        text.insert(at, *rc::gen::elementOf(tokens));
        break;
      default: // a piece of it once more
        auto from = *rc::gen::inRange<std::size_t>(0, text.size());
        text.insert(at, text.substr(from, 20));
    }
  }
  return text;
}

RC_GTEST_PROP(DecodeFuzz, GoodEventsWithBytesChanged, ()) {
  for (int n = 0; n < draws; ++n)
    check(mutant());
}

RC_GTEST_PROP(DecodeFuzz, AnyBytesInHeaders,
              (const std::string& id, const std::string& source,
               const std::string& trace, const std::string& key)) {
  auto r = record_of(R"({"lead_id":"l"})");
  r.key = key;
  r.headers = {{"ce_specversion", "1.0"},
               {"ce_type", "lead.closed"},
               {"ce_id", id},
               {"ce_source", source},
               {"traceparent", trace}};
  auto got = json_decoder().decode(r);
  if (const auto* e = std::get_if<input_event>(&got)) {
    RC_ASSERT(is_id(e->id) && is_id(e->team));
    // They go out as JSON: the library must be able to write them.
    auto text = nlohmann::json{e->id, e->source, e->traceparent}.dump();
    RC_ASSERT(!text.empty());
  }
}

/// The raw text of every value is that value: parsed by itself it is what
/// stands in its place.
RC_GTEST_PROP(DecodeFuzz, RawTextIsTheValue, ()) {
  auto text = *rc::gen::elementOf(seeds);
  auto blanks = *rc::gen::container<std::string>(
    rc::gen::elementOf(std::string{" \t\r\n"}));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    quoted ^= text[i] == '"'; // no seed has one inside a text
    if (quoted || std::string{",:[{]}"}.find(text[i]) == std::string::npos)
      continue;
    text.insert(i + 1, blanks);
    text.insert(i, blanks);
    i += 2 * blanks.size();
  }
  auto tree = json_tree::parse(text);
  RC_ASSERT(tree.has_value());
  auto whole = nlohmann::json::parse(text);
  std::vector<std::pair<const json_node*, nlohmann::json>> todo{
    {&tree->root(), whole}};
  while (!todo.empty()) {
    auto [n, value] = todo.back();
    todo.pop_back();
    RC_ASSERT(nlohmann::json::parse(n->raw) == value);
    RC_ASSERT(n->raw.find_first_of(" \t\r\n") != 0);
    std::size_t i = 0;
    for (const auto* c = tree->first(*n); c != nullptr; c = tree->next(*c))
      todo.emplace_back(c, value.is_array() ? value[i++] : value[c->key]);
  }
}

std::string verdict(const std::string& bytes) {
  auto got = json_decoder().decode(record_of(bytes));
  const auto* bad = std::get_if<dead_letter>(&got);
  return bad == nullptr ? "read" : std::string{to_string(bad->reason)};
}

TEST(DecodeExtremes, DeepNesting) {
  EXPECT_EQ(verdict(std::string(200'000, '[')), "malformed_json");
  EXPECT_EQ(verdict(std::string(100'000, '[') + std::string(100'000, ']')),
            "not_a_cloud_event");
  std::string objects;
  for (int i = 0; i < 40'000; ++i)
    objects += "{\"\":";
  EXPECT_EQ(verdict(objects), "malformed_json");
  auto with = [](const std::string& payload) {
    return R"({"specversion":"1.0","id":"e","source":"s",)"
           R"("type":"outreach.requested","data":{"lead_id":"l",)"
           R"("outreach_id":"o","channel":"x","payload":)"
           + payload + "}}";
  };
  EXPECT_EQ(
    verdict(with(std::string(100'000, '[') + std::string(100'000, ']'))),
    "invalid_value");
  // What others can read goes through as it came.
  auto deep = std::string(62, '[') + std::string(62, ']');
  auto got = json_decoder().decode(record_of(with(deep)));
  ASSERT_TRUE(std::holds_alternative<input_event>(got));
  EXPECT_EQ(
    std::get<outreach_requested>(std::get<input_event>(got).body).payload,
    deep);
}

TEST(DecodeExtremes, HugeNumbers) {
  auto price = [](const std::string& n) {
    return R"({"specversion":"1.0","id":"e","source":"s",)"
           R"("type":"lead.received","data":{"lead_id":"l","price":)"
           + n + "}}";
  };
  std::string zeros(200'000, '0');
  for (const auto& n :
       {"9" + zeros, "-9" + zeros, "0.1" + zeros, "1e" + zeros, "1e9" + zeros,
        "1e-9" + zeros, std::string{"1e-999999999"}, std::string{"1e400"}})
    EXPECT_EQ(verdict(price(n)), "read") << n.substr(0, 20);
  for (const auto& n : {"0" + zeros, "9" + zeros + ".", "9" + zeros + "e",
                        std::string{"1e400e"}, "1e400-" + zeros, "--9" + zeros})
    EXPECT_EQ(verdict(price(n)), "malformed_json") << n.substr(0, 20);
}

TEST(DecodeExtremes, ManySmallMembersTakeNoLongTime) {
  auto begin = std::chrono::steady_clock::now();
  std::string outcomes;
  for (int i = 0; outcomes.size() < 200'000; ++i)
    outcomes += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":[]";
  EXPECT_EQ(verdict(R"({"specversion":"1.0","id":"e","source":"s",)"
                    R"("type":"team.configured","data":{"team_id":"acme",)"
                    R"("account_owner":"o","outcomes":{)"
                    + outcomes + "}}}"),
            "read");
  // Not a measurement: a search for each of 20 000 members takes far longer.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{3});
}

} // namespace
} // namespace fairlead::test
