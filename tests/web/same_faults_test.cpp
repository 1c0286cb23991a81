// R46: a document's fault is the same wherever it is told: in the answer to an
// HTTP request, by `fairlead check`, and in the dead letter. Method: outcomes
// whose names hold what separates faults, steps of a pointer, or texts.

#include "actors/partition/partition.hpp"
#include "commands/check.hpp"
#include "connectors/http/ingress.hpp"
#include "connectors/http/problem.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using nlohmann::json;

/// An event with one fault, `what`, at `pointer`.
struct faulty {
  std::string outcome; /// the outcome's name
  std::string pointer = "/data/outcomes";
  std::string what = "is not an action";
};

const std::vector<faulty> table{
  {"hot", "/data/outcomes/hot/0/do"},
  {"hot; very", "/data/outcomes/hot; very/0/do"},
  {"hot; /data/region is odd",
   "/data/outcomes/hot; ~1data~1region is odd/0/do"},
  {"a/b", "/data/outcomes/a~1b/0/do"},
  {"a~b", "/data/outcomes/a~0b/0/do"},
  {"~1", "/data/outcomes/~01/0/do"},
  {R"(say "hi")", R"(/data/outcomes/say "hi"/0/do)"},
  {"it's `so` (really),", "/data/outcomes/it's `so` (really),/0/do"},
  {R"(back\slash)", R"(/data/outcomes/back\slash/0/do)"},
  {" ", "/data/outcomes/ ", "reads as nothing"},
  {"größer", "/data/outcomes/größer/0/do"},
  {"two\nlines", "/data/outcomes",
   "has a name that must have 1 to 128 characters, none of them a control "
   "character"},
  {"", "/data/outcomes",
   "has a name that must have 1 to 128 characters, none of them a control "
   "character"},
};

json document_with(const std::string& outcome) {
  return {{"team_id", "acme"},
          {"account_owner", "olivia"},
          {"outcomes", {{outcome, {{{"do", "nothing"}}}}}}};
}

json event_with(const json& document) {
  return {{"specversion", "1.0"},   {"id", "e-1"},
          {"source", "/s"},         {"type", "team.configured"},
          {"partitionkey", "acme"}, {"data", document}};
}

TEST(SameFaults, R46OverHttp) {
  for (const auto& row : table) {
    auto got
      = http::ingest({.content_type = "application/cloudevents+json",
                      .attributes = {},
                      .traceparent = {},
                      .body = event_with(document_with(row.outcome)).dump()},
                     json_decoder());
    ASSERT_EQ(got.status, 400) << row.outcome;
    auto problem
      = json::parse(http::problem_text(got.status, got.detail, got.errors));
    EXPECT_EQ(problem["detail"], row.pointer + " " + row.what);
    EXPECT_EQ(problem["errors"],
              json::array({{{"reason", "invalid_document"},
                            {"pointer", row.pointer},
                            {"detail", row.pointer + " " + row.what}}}))
      << row.outcome;
  }
}

TEST(SameFaults, R46ByCheck) {
  for (const auto& row : table) {
    auto event = event_with(document_with(row.outcome)).dump();
    auto found = faults_of(event, "US");
    ASSERT_EQ(found.size(), 1U) << row.outcome;
    EXPECT_EQ(found[0].is, (fault{row.pointer, row.what}));
    EXPECT_FALSE(found[0].warning);
  }
}

TEST(SameFaults, R46ByCheckInABareDocumentOnItsLine) {
  for (const auto& row : table) {
    auto file = testing::TempDir() + "same_faults.json";
    auto text = document_with(row.outcome).dump(1);
    std::ofstream{file} << text;
    std::ostringstream out, err;
    EXPECT_EQ(check({{file}}, out, err), 1);
    // The innermost value that the pointer names and the document has.
    std::string told = "\"outcomes\"";
    if (row.what == "is not an action")
      told = "\"do\"";
    else if (row.what == "reads as nothing")
      told = "\" \"";
    auto line = 1
                + std::count(text.begin(),
                             text.begin()
                               + static_cast<std::ptrdiff_t>(text.find(told)),
                             '\n');
    EXPECT_EQ(err.str(), file + ":" + std::to_string(line) + ": "
                           + row.pointer.substr(std::string{"/data"}.size())
                           + " " + row.what + "\n");
    EXPECT_EQ(out.str(),
              "1 events and documents checked, 1 faults, 0 warnings\n");
  }
}

TEST(SameFaults, R46InADeadLetter) {
  for (const auto& row : table) {
    partition p{{}, json_decoder()};
    (void)p.restored();
    raw_record r;
    r.on = topic::roster;
    r.key = "acme";
    r.value = event_with(document_with(row.outcome)).dump();
    batch b;
    b.records.push_back(&r);
    p.begin(std::move(b));
    EXPECT_EQ(p.next_step(), nullptr);
    std::vector<std::string> told;
    for (const auto& w : p.result(no_positions).records)
      if (w.on == topic::dead_letters)
        for (const auto& [name, value] : w.headers)
          if (name == "kafka_dlt-exception-message")
            told.push_back(*value);
    EXPECT_EQ(told, std::vector{row.pointer + " " + row.what});
  }
}

} // namespace
} // namespace fairlead::test
