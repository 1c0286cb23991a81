// R46, R47 and the contract's envelope: which record is which event, and what
// makes one a dead letter.

#include "messages/wire/decode.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using reason = dead_letter_reason;

raw_record record_of(std::string value) {
  raw_record r;
  r.key = "acme";
  r.value = std::move(value);
  return r;
}

std::string event_text(const std::string& type, const std::string& data) {
  return R"({"specversion":"1.0","id":"e-1","source":"/s","type":")" + type
         + R"(","data":)" + data + "}";
}

raw_record event_of(const std::string& type, const std::string& data) {
  return record_of(event_text(type, data));
}

input_event read(const raw_record& r) {
  auto got = json_decoder().decode(r);
  if (const auto* bad = std::get_if<dead_letter>(&got)) {
    ADD_FAILURE() << to_string(bad->reason) << ": " << sentence(bad->faults);
    return {};
  }
  return std::get<input_event>(std::move(got));
}

template <class T>
T body_of(const raw_record& r) {
  auto e = read(r);
  if (auto* b = std::get_if<T>(&e.body))
    return std::move(*b);
  ADD_FAILURE() << "is " << type_of(e.body);
  return {};
}

/// `reason: message`, or the type of the event.
std::string verdict(const raw_record& r) {
  auto got = json_decoder().decode(r);
  if (const auto* bad = std::get_if<dead_letter>(&got))
    return std::string{to_string(bad->reason)} + ": " + sentence(bad->faults);
  return std::string{type_of(std::get<input_event>(got).body)};
}

testing::AssertionResult is_dead(const raw_record& r, reason why,
                                 const std::vector<std::string>& named = {}) {
  auto got = json_decoder().decode(r);
  const auto* bad = std::get_if<dead_letter>(&got);
  if (bad == nullptr)
    return testing::AssertionFailure() << "was read";
  if (bad->reason != why)
    return testing::AssertionFailure()
           << to_string(bad->reason) << ": " << sentence(bad->faults);
  for (const auto& n : named)
    if (sentence(bad->faults).find(n) == std::string::npos)
      return testing::AssertionFailure()
             << '"' << sentence(bad->faults) << "\" does not name " << n;
  return testing::AssertionSuccess();
}

std::string ignored_of(const ignored_fields& pointers) {
  std::string all;
  for (const auto& p : pointers)
    all += p + " ";
  return all;
}

// -- every type ---------------------------------------------------------------

TEST(Decode, ReadsEveryTypeOfTheContract) {
  const std::vector<std::pair<std::string, std::string>> events{
    {"team.configured", R"({"team_id":"acme","account_owner":"o"})"},
    {"agent.configured", R"({"agent_id":"a"})"},
    {"agent.availability_changed",
     R"({"agent_id":"a","accepting_leads":false})"},
    {"agent.removed", R"({"agent_id":"a","reassign":true})"},
    {"lead.received", R"({"lead_id":"l"})"},
    {"lead.assignment_requested", R"({"lead_id":"l"})"},
    {"lead.closed", R"({"lead_id":"l"})"},
    {"outreach.requested",
     R"({"lead_id":"l","outreach_id":"o","channel":"sms"})"},
    {"task.completed", R"({"lead_id":"l","task_id":"t"})"},
    {"transfer.requested", R"({"call_id":"c","lead_id":"l"})"},
    {"ring.answered", R"({"call_id":"c","leg_id":"g"})"},
    {"ring.accepted", R"({"call_id":"c","leg_id":"g"})"},
    {"ring.declined", R"({"call_id":"c","leg_id":"g"})"},
    {"ring.busy", R"({"call_id":"c","leg_id":"g"})"},
    {"ring.failed", R"({"call_id":"c","leg_id":"g"})"},
    {"ring.machine", R"({"call_id":"c","leg_id":"g"})"},
    {"ring.no_answer", R"({"call_id":"c","leg_id":"g"})"},
    {"call.bridge_failed", R"({"call_id":"c","leg_id":"g"})"},
    {"caller.hung_up", R"({"call_id":"c"})"},
    {"call.ended", R"({"call_id":"c"})"},
    {"call.outcome", R"({"call_id":"c","lead_id":"l","outcome":"opt_out"})"},
  };
  for (const auto& [type, data] : events) {
    EXPECT_EQ(verdict(event_of(type, data)), type);
    // Each of them needs an id: without any field it is incomplete.
    EXPECT_TRUE(
      is_dead(event_of(type, "{}"), reason::missing_field, {"/data/"}))
      << type;
  }
}

TEST(Decode, ReadsTheLeadOfTheContract) {
  auto r = record_of(
    R"({"specversion":"1.0","id":"web-7f3a","source":"/forms/acme",)"
    R"("type":"lead.received","subject":"l-1001","time":"2026-03-02T15:00:00Z",)"
    R"("partitionkey":"acme","datacontenttype":"application/json",)"
    R"("data":{"lead_id":"l-1001","contact":{"name":"Kim Roe",)"
    R"("phone":"+1 512 555 0100"},"source":"zillow","lead_type":"buyer",)"
    R"("tags":["vip","x"],"city":"Austin","zip":"78701","state":"TX",)"
    R"("price":450000,"timeframe":"soon","assigned_agent":"ana",)"
    R"("opt_in":true,"unheard_of":[1]}})");
  auto e = read(r);
  EXPECT_EQ(e.team, "acme");
  EXPECT_EQ(e.id, "web-7f3a");
  EXPECT_EQ(e.source, "/forms/acme");
  EXPECT_EQ(e.traceparent, "");
  auto lead = body_of<lead_received>(r);
  EXPECT_EQ(lead.lead_id, "l-1001");
  EXPECT_EQ(
    lead.contact,
    (contact{.name = "Kim Roe", .phone = "+1 512 555 0100", .email = {}}));
  EXPECT_EQ(lead.details,
            (lead_details{.source = "zillow",
                          .lead_type = "buyer",
                          .tags = std::vector<std::string>{"vip", "x"},
                          .city = "Austin",
                          .zip = "78701",
                          .state = "TX",
                          .price = 450000,
                          .timeframe = "soon"}));
  EXPECT_EQ(lead.assigned_agent, "ana");
  EXPECT_TRUE(lead.opt_in);
  EXPECT_TRUE(lead.ignored.empty());
}

TEST(Decode, ReadsATransfer) {
  auto e = body_of<transfer_requested>(event_of(
    "transfer.requested",
    R"({"call_id":"c","lead_id":"l","pattern":"simultaneous_group",)"
    R"("ring_timeout_s":86400,"fallback_numbers":["512 555 0100","?"],)"
    R"("contact":{"phone":7,"email":"k@x"},"context":{ "a" : [1.0, "\u00e9"] }})"));
  EXPECT_EQ(e.pattern, ring_pattern::simultaneous_group);
  EXPECT_EQ(e.ring_timeout_s, 86400);
  EXPECT_EQ(e.fallback_numbers,
            (std::vector<std::string>{"512 555 0100", "?"}));
  EXPECT_EQ(e.contact.email, "k@x");
  EXPECT_FALSE(e.contact.phone);
  EXPECT_EQ(ignored_of(e.ignored), "/contact/phone ");
  EXPECT_EQ(e.context, R"({ "a" : [1.0, "\u00e9"] })");
  auto bare = body_of<transfer_requested>(event_of(
    "transfer.requested", R"({"call_id":"c","lead_id":"l","pattern":null,)"
                          R"("ring_timeout_s":null,"fallback_numbers":null,)"
                          R"("contact":null,"context":null})"));
  EXPECT_FALSE(bare.pattern || bare.ring_timeout_s || bare.fallback_numbers
               || bare.context);
}

TEST(Decode, HandsPayloadsThroughAsTheyCame) {
  for (std::string raw : {"1", "-0", "1.0", "1e3", "1E+2", "1e999", "-1.5E+400",
                          "[1e400,[1e400]]", "\"1e400 \\\" 1e400\"",
                          "123456789012345678901234567890", "true",
                          "\"a\\u0041 \\\"\"", "[]", "[ 1 , 2 ]", "{}",
                          "{ \"a\":{\"b\":[[]]} , \"a\":2}", "{\"n\":-1.5e-7}"})
    for (std::string after : {"", " ", "\n\t"})
      for (std::string rest : {"", R"(,"z":[1,{"y":2}])"}) {
        auto e = body_of<outreach_requested>(event_of(
          "outreach.requested",
          R"({"lead_id":"l","outreach_id":"o","channel":"sms","payload": )"
            + raw + after + rest + "}"));
        EXPECT_EQ(e.payload, raw);
      }
}

TEST(Decode, OptionalNullIsAbsent) {
  auto e = body_of<call_outcome>(event_of(
    "call.outcome",
    R"({"call_id":"c","lead_id":"l","outcome":"x","until":null,"note":7})"));
  EXPECT_FALSE(e.until);
  auto lead = body_of<lead_received>(
    event_of("lead.received",
             R"({"lead_id":"l","contact":null,"price":null,"tags":null})"));
  EXPECT_EQ(lead.details, lead_details{});
  EXPECT_TRUE(lead.ignored.empty());
}

TEST(Decode, TheLastOfTwoEqualMembersCounts) {
  EXPECT_EQ(body_of<lead_closed>(
              event_of("lead.closed", R"({"lead_id":7,"lead_id":"l"})"))
              .lead_id,
            "l");
  EXPECT_TRUE(is_dead(event_of("lead.closed", R"({"lead_id":"l","lead_id":7})"),
                      reason::wrong_type, {"/data/lead_id"}));
}

TEST(Decode, ReadsUntilWithAnyOffset) {
  auto e = body_of<call_outcome>(
    event_of("call.outcome", R"({"call_id":"c","lead_id":"l","outcome":"x",)"
                             R"("until":"1970-01-01T02:00:00.5+01:00"})"));
  EXPECT_EQ(e.until, at_ms(3'600'500));
}

// -- the lenient fields (R46) -------------------------------------------------

TEST(R46Lenient, NoFieldOfALeadButItsIdMakesADeadLetter) {
  auto lead = body_of<lead_received>(event_of(
    "lead.received",
    R"({"opt_in":"yes","assigned_agent":"","timeframe":1,"price":1.0,)"
    R"("state":[],"zip":78701,"city":{},"tags":["a",1],"lead_type":false,)"
    R"("source":0,"contact":{"email":1,"phone":2,"name":3},"lead_id":"l"})"));
  EXPECT_EQ(ignored_of(lead.ignored),
            "/contact/name /contact/phone /contact/email /source /lead_type "
            "/tags /city /zip /state /price /timeframe /assigned_agent "
            "/opt_in ");
  EXPECT_EQ(lead.contact, contact{});
  EXPECT_EQ(lead.details, lead_details{});
  EXPECT_FALSE(lead.assigned_agent);
  EXPECT_FALSE(lead.opt_in);
}

TEST(R46Lenient, AContactThatIsNoObjectIsNamedOnce) {
  auto lead = body_of<lead_received>(
    event_of("lead.received", R"({"lead_id":"l","contact":"Kim"})"));
  EXPECT_EQ(ignored_of(lead.ignored), "/contact ");
}

TEST(R46Lenient, PricesAreIntegersOf64Bits) {
  auto price = [](const std::string& text) {
    return body_of<lead_received>(
             event_of("lead.received",
                      R"({"lead_id":"l","price":)" + text + "}"))
      .details.price;
  };
  EXPECT_EQ(price("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(price("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(price("0"), 0);
  for (auto bad : {"9223372036854775808", "-9223372036854775809", "1.0", "1e3",
                   "\"1\"", "18446744073709551616", "1e999", "-1E+400"})
    EXPECT_FALSE(price(bad)) << bad;
}

// -- dead letters, in the contract's order ------------------------------------

TEST(DeadLetter, TooLargeBeforeAnythingElse) {
  std::string fits(record_bytes_max, ' ');
  auto text = event_text("lead.closed", R"({"lead_id":"l"})");
  fits.replace(0, text.size(), text);
  EXPECT_EQ(verdict(record_of(fits)), "lead.closed");
  EXPECT_TRUE(is_dead(record_of(fits + " "), reason::too_large));
  EXPECT_TRUE(is_dead(record_of(std::string(record_bytes_max + 1, '[')),
                      reason::too_large));
}

TEST(DeadLetter, R15KeyAndHeadersCountToo) {
  auto r = record_of(event_text("lead.closed", R"({"lead_id":"l"})"));
  r.headers.emplace_back("x", std::string(record_bytes_max - 1000, 'h'));
  EXPECT_EQ(verdict(r), "lead.closed");
  r.headers.emplace_back("y", std::string(1000, 'h'));
  EXPECT_TRUE(is_dead(r, reason::too_large));
  r.value.reset();
  EXPECT_TRUE(is_dead(r, reason::too_large));
}

TEST(DeadLetter, WhatIsNotJson) {
  for (std::string bad : {"", " ", "{", "nul", "{\"a\":1,}", "[1 2]", "{}{}",
                          "\"\xff\"", "\"\xc3\"", "\"\\ud800\"", "01", "1e",
                          "'a'", "\"\x01\"", "{1:2}", "[]]", "NaN"})
    EXPECT_TRUE(is_dead(record_of(bad), reason::malformed_json)) << bad;
}

TEST(DeadLetter, AByteOfZeroDoesNotEndTheText) {
  auto text = event_text("lead.closed", R"({"lead_id":"l"})");
  EXPECT_TRUE(
    is_dead(record_of(text + std::string(1, '\0')), reason::malformed_json));
  EXPECT_TRUE(is_dead(record_of(text + std::string(1, '\0') + "x"),
                      reason::malformed_json));
}

TEST(DeadLetter, WhatIsNoCloudEvent) {
  raw_record null_value;
  null_value.key = "acme";
  EXPECT_TRUE(is_dead(null_value, reason::not_a_cloud_event));
  for (std::string bad :
       {"1", "[]", "null", "\"specversion\"", "{}", R"({"specversion":1.0})",
        R"({"specversion":"0.3"})", R"({"specversion":null})",
        R"({"id":"e","source":"s","type":"lead.closed","data":{}})"}) {
    auto r = record_of(bad);
    EXPECT_TRUE(is_dead(r, reason::not_a_cloud_event)) << bad;
    r.key.reset();
    EXPECT_TRUE(is_dead(r, reason::not_a_cloud_event)) << bad;
  }
}

TEST(DeadLetter, WithoutATeam) {
  for (std::string value : {R"({"specversion":"1.0"})",
                            R"({"specversion":"1.0","partitionkey":null})"}) {
    auto r = record_of(value);
    r.key.reset();
    EXPECT_TRUE(is_dead(r, reason::missing_team)) << value;
  }
}

TEST(DeadLetter, AKeyOrAPartitionkeyThatIsNoId) {
  auto good = event_of("lead.closed", R"({"lead_id":"l"})");
  for (std::string key :
       {std::string{}, std::string{"a\n"}, std::string{"\xff"},
        std::string(129, 'a'), std::string{"\0", 1}}) {
    auto r = good;
    r.key = key;
    EXPECT_TRUE(is_dead(r, reason::invalid_value)) << key;
  }
  auto keyless = [](const std::string& partitionkey) {
    auto r = record_of(R"({"specversion":"1.0","id":"e","source":"s",)"
                       R"("type":"lead.closed","data":{"lead_id":"l"},)"
                       R"("partitionkey":)"
                       + partitionkey + "}");
    r.key.reset();
    return r;
  };
  EXPECT_EQ(read(keyless(R"("bolt")")).team, "bolt");
  EXPECT_TRUE(
    is_dead(keyless(R"("")"), reason::invalid_value, {"/partitionkey"}));
  EXPECT_TRUE(
    is_dead(keyless(R"("a\u0000")"), reason::invalid_value, {"/partitionkey"}));
  EXPECT_TRUE(is_dead(keyless("7"), reason::wrong_type, {"/partitionkey"}));
}

struct bad_event {
  std::string value;
  reason why;
  std::vector<std::string> named;
};

TEST(DeadLetter, FaultsOfTheEnvelope) {
  const std::vector<bad_event> table{
    {R"({"specversion":"1.0"})",
     reason::missing_field,
     {"/id", "/source", "/type", "/data"}},
    {R"({"specversion":"1.0","id":null,"source":1,"type":"","data":{}})",
     reason::missing_field,
     {"/id"}},
    {R"({"specversion":"1.0","id":1,"source":1,"type":1,"data":1})",
     reason::wrong_type,
     {"/id", "/source", "/type", "/data"}},
    {R"({"specversion":"1.0","id":"","source":"","type":"","data":{}})",
     reason::invalid_value,
     {"/id", "/source", "/type"}},
    {R"({"specversion":"1.0","id":"a\u007f","source":"s","type":"t",)"
     R"("data":{}})",
     reason::invalid_value,
     {"/id"}},
    {R"({"specversion":"1.0","id":"e","source":"s","type":"lead.closed",)"
     R"("data":null})",
     reason::missing_field,
     {"/data"}},
    {R"({"specversion":"1.0","id":"e","source":"s","type":"lead.closed",)"
     R"("data":[]})",
     reason::wrong_type,
     {"/data"}},
    {R"({"specversion":"1.0","id":"e","source":"s","type":"lead.opened",)"
     R"("data":{}})",
     reason::unknown_type,
     {"/type"}},
    {R"({"specversion":"1.0","id":"e","source":"s","type":"lead.opened"})",
     reason::missing_field,
     {"/data"}},
    // The envelope's and the data's faults of one category stand together.
    {R"({"specversion":"1.0","source":"s","type":"lead.closed","data":{}})",
     reason::missing_field,
     {"/id", "/data/lead_id"}},
    {R"({"specversion":"1.0","id":"","source":"s","type":"lead.closed",)"
     R"("data":{"lead_id":7}})",
     reason::wrong_type,
     {"/data/lead_id"}},
  };
  for (const auto& [value, why, named] : table)
    EXPECT_TRUE(is_dead(record_of(value), why, named)) << value;
}

TEST(DeadLetter, AnUnreadableTimeIsNoFault) {
  for (auto time : {"7", "\"yesterday\"", "null", "{}"})
    EXPECT_EQ(
      verdict(record_of(R"({"specversion":"1.0","id":"e","source":"s","time":)"
                        + std::string{time}
                        + R"(,"type":"lead.closed","data":{"lead_id":"l"}})")),
      "lead.closed");
}

struct bad_data {
  std::string type, data;
  reason why;
  std::vector<std::string> named;
};

TEST(DeadLetter, FaultsOfTheData) {
  const std::vector<bad_data> table{
    {"lead.received",
     R"({"lead_id":null,"price":"x"})",
     reason::missing_field,
     {"/data/lead_id"}},
    {"lead.received",
     R"({"lead_id":7})",
     reason::wrong_type,
     {"/data/lead_id"}},
    {"lead.received",
     R"({"lead_id":""})",
     reason::invalid_value,
     {"/data/lead_id"}},
    {"lead.received",
     R"({"lead_id":"a\u0085"})",
     reason::invalid_value,
     {"/data/lead_id"}},
    {"agent.availability_changed",
     R"({"agent_id":"a","reason":"lunch"})",
     reason::missing_field,
     {"/data/"}},
    {"agent.availability_changed",
     R"({"agent_id":"a","available_for_calls":null,"accepting_leads":null})",
     reason::missing_field,
     {"/data/"}},
    {"agent.availability_changed",
     R"({"agent_id":"a","accepting_leads":1})",
     reason::wrong_type,
     {"/data/accepting_leads"}},
    {"agent.removed",
     R"({"agent_id":"a","reassign":"no"})",
     reason::wrong_type,
     {"/data/reassign"}},
    {"lead.assignment_requested",
     R"({"lead_id":"l","agent_id":"a","pool_id":"p"})",
     reason::invalid_value,
     {"/data/pool_id"}},
    {"lead.assignment_requested",
     R"({"lead_id":"l","agent_id":""})",
     reason::invalid_value,
     {"/data/agent_id"}},
    {"lead.assignment_requested",
     R"({"lead_id":"l","pool_id":[]})",
     reason::wrong_type,
     {"/data/pool_id"}},
    {"outreach.requested",
     R"({"lead_id":"l","outreach_id":"o"})",
     reason::missing_field,
     {"/data/channel"}},
    {"outreach.requested",
     R"({"lead_id":"l","outreach_id":"o","channel":1})",
     reason::wrong_type,
     {"/data/channel"}},
    {"task.completed",
     "{}",
     reason::missing_field,
     {"/data/lead_id", "/data/task_id"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","pattern":1})",
     reason::wrong_type,
     {"/data/pattern"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","pattern":"all"})",
     reason::invalid_value,
     {"/data/pattern"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","ring_timeout_s":0})",
     reason::invalid_value,
     {"/data/ring_timeout_s"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","ring_timeout_s":-1})",
     reason::invalid_value,
     {"/data/ring_timeout_s"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","ring_timeout_s":35.0})",
     reason::wrong_type,
     {"/data/ring_timeout_s"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","fallback_numbers":"+15125550100"})",
     reason::wrong_type,
     {"/data/fallback_numbers"}},
    {"transfer.requested",
     R"({"call_id":"c","lead_id":"l","fallback_numbers":["+15125550100",5]})",
     reason::wrong_type,
     {"/data/fallback_numbers/1"}},
    {"transfer.requested",
     R"({"call_id":"","lead_id":""})",
     reason::invalid_value,
     {"/data/call_id", "/data/lead_id"}},
    {"ring.busy",
     R"({"call_id":"c"})",
     reason::missing_field,
     {"/data/leg_id"}},
    {"call.bridge_failed",
     R"({"leg_id":"g"})",
     reason::missing_field,
     {"/data/call_id"}},
    {"call.outcome",
     R"({"call_id":"c","lead_id":"l"})",
     reason::missing_field,
     {"/data/outcome"}},
    {"call.outcome",
     R"({"call_id":"c","lead_id":"l","outcome":[]})",
     reason::wrong_type,
     {"/data/outcome"}},
    {"call.outcome",
     R"({"call_id":"c","lead_id":"l","outcome":""})",
     reason::invalid_value,
     {"/data/outcome"}},
    {"call.outcome",
     R"({"call_id":"c","lead_id":"l","outcome":"x","until":7})",
     reason::wrong_type,
     {"/data/until"}},
    {"call.outcome",
     R"({"call_id":"c","lead_id":"l","outcome":"x","until":"soon"})",
     reason::invalid_value,
     {"/data/until"}},
    {"call.outcome",
     R"({"call_id":"c","lead_id":"l","outcome":"x",)"
     R"("until":"2026-02-30T00:00:00Z"})",
     reason::invalid_value,
     {"/data/until"}},
  };
  for (const auto& [type, data, why, named] : table)
    EXPECT_TRUE(is_dead(event_of(type, data), why, named)) << type << data;
}

TEST(DeadLetter, FreeTextIsNotChecked) {
  EXPECT_EQ(verdict(event_of("lead.closed", R"({"lead_id":"l","reason":[1]})")),
            "lead.closed");
  EXPECT_EQ(verdict(event_of("lead.assignment_requested",
                             R"({"lead_id":"l","by":{}})")),
            "lead.assignment_requested");
  EXPECT_EQ(verdict(event_of("ring.failed",
                             R"({"call_id":"c","leg_id":"g","detail":4})")),
            "ring.failed");
  EXPECT_EQ(body_of<transfer_requested>(
              event_of("transfer.requested",
                       R"({"call_id":"c","lead_id":"l","context":"x"})"))
              .context,
            "\"x\"");
}

TEST(DeadLetter, AMessageFitsIntoARecordHoweverManyFaultsThereAre) {
  std::string list = "[1";
  while (list.size() < record_bytes_max - 500)
    list += ",1";
  auto got = json_decoder().decode(
    event_of("transfer.requested", R"({"call_id":"c","lead_id":"l",)"
                                   R"("fallback_numbers":)"
                                     + list + "]}"));
  const auto& bad = std::get<dead_letter>(got);
  auto told = sentence(bad.faults);
  EXPECT_EQ(bad.reason, reason::wrong_type);
  EXPECT_NE(told.find("/data/fallback_numbers/500 "), std::string::npos);
  EXPECT_NE(told.find("more"), std::string::npos);
  EXPECT_LT(told.size(), 128 * 1024U);
}

// -- structured, binary, traceparent ------------------------------------------

raw_record binary_of(std::string data) {
  auto r = record_of(std::move(data));
  r.headers = {{"ce_specversion", "1.0"},
               {"CE_ID", "e-2"},
               {"ce_source", "/crm"},
               {"ce_type", "lead.closed"},
               {"content-type", "application/json"}};
  return r;
}

TEST(ContentMode, BinaryHasItsAttributesInHeaders) {
  auto e = read(binary_of(R"({"lead_id":"l"})"));
  EXPECT_EQ(e.id, "e-2");
  EXPECT_EQ(e.source, "/crm");
  EXPECT_EQ(e.team, "acme");
  EXPECT_EQ(std::get<lead_closed>(e.body).lead_id, "l");
}

TEST(ContentMode, BinaryDataMayLookLikeAnEvent) {
  EXPECT_EQ(
    body_of<lead_closed>(binary_of(R"({"specversion":"1.0","lead_id":"l"})"))
      .lead_id,
    "l");
}

TEST(ContentMode, BinaryFaults) {
  EXPECT_TRUE(is_dead(binary_of("[]"), reason::wrong_type, {"/data"}));
  EXPECT_TRUE(is_dead(binary_of("null"), reason::missing_field, {"/data"}));
  EXPECT_TRUE(is_dead(binary_of("{"), reason::malformed_json));
  EXPECT_TRUE(
    is_dead(binary_of("{}"), reason::missing_field, {"/data/lead_id"}));
  auto r = binary_of(R"({"lead_id":"l"})");
  r.headers[1].second.reset();
  EXPECT_TRUE(is_dead(r, reason::missing_field, {"/id"}));
  r.headers[1].second = "\xc0\x80";
  EXPECT_TRUE(is_dead(r, reason::invalid_value, {"/id"}));
  r.headers[1].second = "e";
  r.headers[2].second = "\xff";
  EXPECT_TRUE(is_dead(r, reason::invalid_value, {"/source"}));
  r.headers[0].second = "0.3";
  EXPECT_TRUE(is_dead(r, reason::not_a_cloud_event));
  auto keyless = binary_of(R"({"lead_id":"l","partitionkey":"no"})");
  keyless.key.reset();
  EXPECT_TRUE(is_dead(keyless, reason::missing_team));
  keyless.headers.emplace_back("ce_partitionkey", "bolt");
  EXPECT_EQ(read(keyless).team, "bolt");
  EXPECT_EQ(team_of(keyless), "bolt");
}

TEST(ContentMode, AStructuredContentTypeBeatsTheHeaders) {
  auto r = event_of("lead.closed", R"({"lead_id":"l"})");
  r.headers = {{"Content-Type", "Application/CloudEvents+JSON; charset=utf-8"},
               {"ce_specversion", "1.0"},
               {"ce_id", "other"}};
  EXPECT_EQ(read(r).id, "e-1");
}

TEST(Traceparent, ComesFromAHeaderOrTheExtension) {
  auto r = record_of(R"({"specversion":"1.0","id":"e","source":"s",)"
                     R"("type":"lead.closed","data":{"lead_id":"l"},)"
                     R"("traceparent":"00-x"})");
  EXPECT_EQ(read(r).traceparent, "00-x");
  r.headers = {{"ce_traceparent", "00-ce"}};
  EXPECT_EQ(read(r).traceparent, "00-ce");
  r.headers.insert(r.headers.begin(), {"traceparent", "00-h"});
  EXPECT_EQ(read(r).traceparent, "00-h");
  // It goes out as JSON: bytes that are no text are left behind.
  r.headers = {{"traceparent", "\xff\xfe"}};
  EXPECT_EQ(read(r).traceparent, "00-x");
  auto odd = record_of(R"({"specversion":"1.0","id":"e","source":"s",)"
                       R"("type":"lead.closed","data":{"lead_id":"l"},)"
                       R"("traceparent":7})");
  EXPECT_EQ(read(odd).traceparent, "");
}

// -- teams and ids ------------------------------------------------------------

TEST(R47Team, TheKeyBeatsThePartitionkey) {
  auto r = record_of(R"({"specversion":"1.0","partitionkey":"bolt"})");
  EXPECT_EQ(team_of(r), "acme");
  r.key.reset();
  EXPECT_EQ(team_of(r), "bolt");
  r.value = R"({"partitionkey":7})";
  EXPECT_FALSE(team_of(r));
  r.value = "{\"partitionkey\":\"bolt\"";
  EXPECT_FALSE(team_of(r));
  r.value.reset();
  EXPECT_FALSE(team_of(r));
  r.key = "acme";
  EXPECT_EQ(team_of(r), "acme");
}

} // namespace
} // namespace fairlead::test
