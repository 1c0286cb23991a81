// What strangers write is text on a terminal: it neither steers it nor begins a
// line of its own.

#include "commands/words/tell.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace fairlead {
namespace {

const std::string evil
  = "Kim\x1b]0;pwned\x07\x1b[31mRED\n2026-03-02 forged\xe2\x80\xae";

bool steers(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) {
                       return static_cast<unsigned char>(c) < 0x20
                              || c == '\x7f';
                     })
         || text.find("\xe2\x80\xae") != std::string::npos;
}

TEST(Tell, ADeadLetterIsOneLine) {
  raw_record r;
  r.on = topic::dead_letters;
  r.key = evil;
  r.headers = {{"kafka_dlt-exception-fqcn", evil},
               {"kafka_dlt-exception-message", evil},
               {"kafka_dlt-original-topic", evil}};
  teller words;
  auto told = words.tell(r);
  ASSERT_TRUE(told);
  auto line = line_of(*told, false);
  EXPECT_FALSE(steers(line)) << line;
  EXPECT_NE(line.find("Kim\\u{1b}]0;pwned"), std::string::npos) << line;
}

TEST(Tell, ANameIsText) {
  teller words;
  words.know("acme", "ana", evil);
  EXPECT_FALSE(steers(words.name_of_agent("acme", "ana")));
  EXPECT_FALSE(steers(words.name_of_agent("acme", evil)));
  raw_record r;
  r.on = topic::assignments;
  r.key = "acme";
  r.value
    = R"({"specversion":"1.0","id":"1","source":"/f","type":"lead.assigned\n\u001b[2J",)"
      R"("partitionkey":"acme","subject":"l\u001b[31m","data":{}})";
  auto told = words.tell(r);
  ASSERT_TRUE(told.has_value());
  EXPECT_FALSE(steers(line_of(*told, false)));
}

} // namespace
} // namespace fairlead
