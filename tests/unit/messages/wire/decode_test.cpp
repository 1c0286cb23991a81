// R46, R47 and the contract's envelope: which record is which event, and what
// makes one a dead letter.

#include "messages/reading/note.hpp"
#include "messages/text/base64.hpp"
#include "messages/text/traceparent.hpp"
#include "messages/wire/decode.hpp"
#include "messages/wire/lenient_reader.hpp"

#include <gmock/gmock.h>

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

std::string warnings_of(const reading_notes& notes) {
  std::string all;
  for (const auto& n : notes)
    all += warning_of(n) + " ";
  return all;
}

/// What a lead's event says, and all that is to be said of it.
lead_received lead_of(const std::string& more) {
  return body_of<lead_received>(
    event_of("lead.received", R"({"lead_id":"l",)" + more + "}"));
}

transfer_requested transfer_of(const std::string& more) {
  return body_of<transfer_requested>(event_of(
    "transfer.requested", R"({"call_id":"c","lead_id":"l",)" + more + "}"));
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
    R"("price":450000,"timeframe":"soon","language":"es-MX",)"
    R"("assigned_agent":"ana","opt_in":true,"quiet":true,)"
    R"("unheard_of":[1]}})");
  auto e = read(r);
  EXPECT_EQ(e.team, "acme");
  EXPECT_EQ(e.id, "web-7f3a");
  EXPECT_EQ(e.source, "/forms/acme");
  EXPECT_EQ(e.traceparent, "");
  auto lead = body_of<lead_received>(r);
  EXPECT_EQ(lead.lead_id, "l-1001");
  EXPECT_EQ(lead.contact, (contact{.name = "Kim Roe",
                                   .phone = typed_text{"+1 512 555 0100"},
                                   .email = {},
                                   .forget = {},
                                   .notes = {}}));
  EXPECT_EQ(lead.details,
            (lead_details{.source = "zillow",
                          .lead_type = "buyer",
                          .tags = std::vector<std::string>{"vip", "x"},
                          .city = "Austin",
                          .zip = "78701",
                          .state = "TX",
                          .price = 450000,
                          .timeframe = "soon",
                          .language = "es-MX"}));
  EXPECT_EQ(lead.assigned_agent, "ana");
  EXPECT_TRUE(lead.opt_in);
  EXPECT_TRUE(lead.quiet);
  EXPECT_TRUE(lead.notes.empty());
}

TEST(Decode, ReadsATransfer) {
  auto e = transfer_of(
    R"("pattern":"simultaneous_group",)"
    R"("ring_timeout_s":3.6e3,"fallback_numbers":["512 555 0100","?",)"
    R"({"endpoint":"sip:x","lines":2}],"contact":{"phone":7,"email":"k@x"},)"
    R"("context":{ "a" : [1.0, "\u00e9"] })");
  EXPECT_EQ(e.pattern, ring_pattern::simultaneous_group);
  EXPECT_EQ(e.ring_timeout_s, 3600);
  fallback_entry first, second, third;
  first.phone = "512 555 0100";
  second.phone = "?"; // what it is, the team's region decides
  third.endpoint = "sip:x";
  third.lines = 2;
  EXPECT_EQ(e.fallback_numbers,
            (std::vector<std::optional<fallback_entry>>{first, second, third}));
  EXPECT_EQ(e.contact.email, typed_text{"k@x"});
  EXPECT_EQ(e.contact.phone, (typed_text{"7", true}));
  EXPECT_TRUE(e.notes.empty());
  EXPECT_TRUE(e.contact.notes.empty());
  EXPECT_EQ(e.context, R"({ "a" : [1.0, "\u00e9"] })");
  auto bare = transfer_of(R"("pattern":null,"ring_timeout_s":null,)"
                          R"("fallback_numbers":null,"contact":null,)"
                          R"("context":null)");
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
  EXPECT_TRUE(lead.notes.empty());
}

TEST(Decode, TheLastOfTwoEqualMembersCounts) {
  EXPECT_EQ(body_of<lead_closed>(
              event_of("lead.closed", R"({"lead_id":[],"lead_id":"l"})"))
              .lead_id,
            "l");
  EXPECT_TRUE(
    is_dead(event_of("lead.closed", R"({"lead_id":"l","lead_id":[]})"),
            reason::wrong_type, {"/data/lead_id"}));
}

TEST(Decode, ReadsUntilWithAnyOffset) {
  auto e = body_of<call_outcome>(
    event_of("call.outcome", R"({"call_id":"c","lead_id":"l","outcome":"x",)"
                             R"("until":"1970-01-01T02:00:00.5+01:00"})"));
  EXPECT_EQ(e.until, at_ms(3'600'500));
}

TEST(Decode, WholeNumbersMayHaveAPointOrAnExponent) {
  auto epoch = [](const std::string& number) {
    return verdict(
      event_of("lead.assignment_requested",
               R"({"lead_id":"l","if_owner_epoch":)" + number + "}"));
  };
  for (const auto* good : {"0", "3", "3.0", "3e0", "0.3E1", "30e-1", "-0.0"})
    EXPECT_EQ(epoch(good), "lead.assignment_requested") << good;
  for (const auto* bad : {"3.5", "\"3\"", "1e-1", "1e19", "1e400", "true"})
    EXPECT_EQ(epoch(bad), "wrong_type: /data/if_owner_epoch must be an integer")
      << bad;
}

TEST(Decode, ReadsWhoIsAwayOrBusy) {
  auto e = body_of<agent_availability_changed>(event_of(
    "agent.availability_changed", R"({"agent_id":"a","busy":true,)"
                                  R"("away_until":"1970-01-01T00:00:01Z"})"));
  EXPECT_EQ(e.busy, true);
  EXPECT_EQ(e.away_until, at_ms(1000));
  EXPECT_FALSE(e.available_for_calls || e.accepting_leads);
}

// -- what people type (R53) ---------------------------------------------------

TEST(R53Ids, ANumberIsItsDigitsAndBlanksDoNotCount) {
  const std::vector<std::pair<std::string, std::string>> table{
    {"1001", "1001"},
    {"0", "0"},
    {"18446744073709551616", "18446744073709551616"},
    {R"(" 1001\n")", "1001"},
    {R"("\u00a0a b\u3000")", "a b"},
  };
  for (const auto& [written, id] : table) {
    EXPECT_EQ(body_of<lead_closed>(
                event_of("lead.closed", R"({"lead_id":)" + written + "}"))
                .lead_id,
              id);
    EXPECT_EQ(lead_of(R"("assigned_agent":)" + written).assigned_agent, id);
  }
  for (const auto* bad : {"-1", "1.0", "1e3", "10.5", "true", "[]"})
    EXPECT_TRUE(is_dead(
      event_of("lead.closed", R"({"lead_id":)" + std::string{bad} + "}"),
      reason::wrong_type, {"/data/lead_id"}))
      << bad;
  EXPECT_TRUE(is_dead(event_of("lead.closed", R"({"lead_id":"  "})"),
                      reason::invalid_value, {"/data/lead_id"}));
}

TEST(R53Ids, TheRecordKeyIsNotTrimmed) {
  auto r = event_of("lead.closed", R"({"lead_id":"l"})");
  r.key = " acme ";
  EXPECT_EQ(read(r).team, " acme ");
}

TEST(R53Lead, EmptyTextsAreAbsent) {
  auto lead = lead_of(
    R"("source":" ","lead_type":"","tags":[""," "],"city":"\u2003",)"
    R"("zip":"","state":"","price":" ","timeframe":"","language":"",)"
    R"("assigned_agent":"","opt_in":"","quiet":" ",)"
    R"("contact":{"name":" ","first_name":"","phone":"","email":" "})");
  EXPECT_EQ(lead.details, lead_details{});
  EXPECT_EQ(lead.contact, contact{});
  EXPECT_TRUE(lead.notes.empty()) << warnings_of(lead.notes);
  EXPECT_EQ(lead_of(R"("contact":"")").contact, contact{});
}

TEST(R53Lead, NamesAreTrimmedAndJoined) {
  const std::vector<std::pair<std::string, std::optional<std::string>>> table{
    {R"("name":" Kim Roe ")", "Kim Roe"},
    {R"("first_name":"Kim","last_name":" Roe")", "Kim Roe"},
    {R"("first_name":"Kim")", "Kim"},
    {R"("last_name":"Roe","first_name":"")", "Roe"},
    {R"("name":"Kim","last_name":"Roe")", "Kim"},
    {R"("name":"","last_name":"Roe")", "Roe"},
    {R"("name":7,"last_name":"Roe")", "Roe"},
    {R"("email":"x@y")", std::nullopt},
  };
  for (const auto& [members, name] : table)
    EXPECT_EQ(lead_of(R"("contact":{)" + members + "}").contact.name, name)
      << members;
}

struct typed_field {
  std::string written;
  std::optional<std::string> read;
  std::string warnings;
};

TEST(R53Lead, PricesAsPeopleWriteThem) {
  const std::vector<typed_field> table{
    {"450000", "450000", ""},
    {"-12", "-12", ""},
    {"9223372036854775807", "9223372036854775807", ""},
    {"2500000.0", "2500000", "read:/price "},
    {"1e3", "1000", "read:/price "},
    {"2500000.9", "2500000", "read:/price "},
    {R"("450000")", "450000", "read:/price "},
    {R"("$2.5M")", "2500000", "read:/price "},
    {R"("450k")", "450000", "read:/price "},
    {R"("negotiable")", std::nullopt, "ignored:/price "},
    {R"("2.5 mio")", std::nullopt, "ignored:/price "},
    {"9223372036854775808", std::nullopt, "ignored:/price "},
    {"1e400", std::nullopt, "ignored:/price "},
    {"true", std::nullopt, "ignored:/price "},
    {"[1]", std::nullopt, "ignored:/price "},
  };
  for (const auto& [written, price, warnings] : table) {
    auto lead = lead_of(R"("price":)" + written);
    auto read = lead.details.price
                  ? std::optional{std::to_string(*lead.details.price)}
                  : std::nullopt;
    EXPECT_EQ(read, price) << written;
    EXPECT_EQ(warnings_of(lead.notes), warnings) << written;
  }
}

TEST(R53Lead, TypesAndZips) {
  const std::vector<typed_field> types{
    {R"("buyer")", "buyer", ""},
    {R"("Buyers")", "buyer", "read:/lead_type "},
    {R"(["buyer","seller"])", "both", "read:/lead_type "},
    {R"(["Buyer","buyers",""])", "buyer", "read:/lead_type "},
    {R"(["buyer/seller"])", "both", "read:/lead_type "},
    {R"(["buyer","renter"])", std::nullopt, "ignored:/lead_type "},
    {R"(["buyer",7])", std::nullopt, "ignored:/lead_type "},
    {"[]", std::nullopt, "ignored:/lead_type "},
    {"7", std::nullopt, "ignored:/lead_type "},
  };
  for (const auto& [written, type, warnings] : types) {
    auto lead = lead_of(R"("lead_type":)" + written);
    EXPECT_EQ(lead.details.lead_type, type) << written;
    EXPECT_EQ(warnings_of(lead.notes), warnings) << written;
  }
  const std::vector<typed_field> zips{
    {R"("02903")", "02903", ""},
    {R"("2903")", "2903", ""}, // filled up where it is compared
    {"2903", "2903", "read:/zip "},
    {"2903.5", std::nullopt, "ignored:/zip "},
    {"-1", std::nullopt, "ignored:/zip "},
    {"{}", std::nullopt, "ignored:/zip "},
  };
  for (const auto& [written, zip, warnings] : zips) {
    auto lead = lead_of(R"("zip":)" + written);
    EXPECT_EQ(lead.details.zip, zip) << written;
    EXPECT_EQ(warnings_of(lead.notes), warnings) << written;
  }
}

TEST(R53Lead, Tags) {
  using list = std::vector<std::string>;
  struct row {
    std::string written;
    std::optional<list> tags;
    std::string warnings;
  };
  const std::vector<row> table{
    {R"(["a"," b "])", list{"a", " b "}, ""},
    {"[]", list{}, ""},
    {R"(["a","",null,5,{"b":1}])", list{"a"},
     "ignored:/tags/2 ignored:/tags/3 ignored:/tags/4 "},
    {"[5,null]", std::nullopt, "ignored:/tags "},
    {R"("vip, hot;  new|")", list{"vip", "hot", "new"}, "read:/tags "},
    {R"(" , ;")", std::nullopt, "ignored:/tags "},
    {"7", std::nullopt, "ignored:/tags "},
  };
  for (const auto& [written, tags, warnings] : table) {
    auto lead = lead_of(R"("tags":)" + written);
    EXPECT_EQ(lead.details.tags, tags) << written;
    EXPECT_EQ(warnings_of(lead.notes), warnings) << written;
  }
}

TEST(R53Lead, ANoteSaysWhatStoodThere) {
  EXPECT_EQ(
    lead_of(R"("price":"2.5 mio")").notes,
    (reading_notes{{reading_note::what::ignored, "/price", "2.5 mio"}}));
  auto long_text = lead_of(R"("price":")" + std::string(1000, 'x') + '"');
  EXPECT_EQ(long_text.notes.at(0).text, std::string(59, 'x') + "…");
  EXPECT_EQ(lead_of(R"("city":{"a": 1})").notes.at(0).text, R"({"a": 1})");
}

TEST(R53Contact, PhonesAndEmailsStayAsTheyCame) {
  auto c = lead_of(R"("contact":{"phone":5125550100,"email":" K@X ",)"
                   R"("forget":["a@b",5125550101,""," ",null,[],true]})")
             .contact;
  EXPECT_EQ(c.phone, (typed_text{"5125550100", true}));
  EXPECT_EQ(c.email, typed_text{" K@X "});
  EXPECT_EQ(c.forget,
            (std::vector<std::optional<typed_text>>{
              typed_text{"a@b"}, typed_text{"5125550101", true}, typed_text{""},
              typed_text{""}, std::nullopt, std::nullopt, std::nullopt}));
}

TEST(R53Contact, WhatIsForgottenAtOnceHasABound) {
  std::string many = R"("a@b")";
  for (std::size_t i = 0; i < 2 * forget_max; ++i)
    many += R"(,"a@b")";
  auto forget
    = lead_of(R"("contact":{"forget":[)" + many + "]}").contact.forget;
  ASSERT_EQ(forget.size(), forget_max + 1);
  EXPECT_TRUE(forget[forget_max - 1]);
  EXPECT_FALSE(forget[forget_max]); // named
}

// -- nothing optional loses a lead, a caller or an opt-out (R46) --------------

TEST(R46Lenient, NoFieldOfALeadButItsIdMakesADeadLetter) {
  auto lead = lead_of(
    R"("quiet":1,"opt_in":"yes","assigned_agent":"a\nb","language":[],)"
    R"("timeframe":1,"price":{},"state":[],"zip":true,"city":{},"tags":0,)"
    R"("lead_type":false,"source":0,"contact":{"forget":"x","email":1.5,)"
    R"("phone":-2,"last_name":4,"first_name":4,"name":3})");
  EXPECT_EQ(warnings_of(lead.contact.notes),
            "ignored:/contact/name ignored:/contact/first_name "
            "ignored:/contact/last_name ignored:/contact/phone "
            "ignored:/contact/email ignored:/contact/forget ");
  EXPECT_EQ(warnings_of(lead.notes),
            "ignored:/source ignored:/lead_type ignored:/tags ignored:/city "
            "ignored:/zip ignored:/state ignored:/price ignored:/timeframe "
            "ignored:/language ignored:/assigned_agent ignored:/opt_in "
            "ignored:/quiet ");
  lead.contact.notes.clear();
  EXPECT_EQ(lead.contact, contact{});
  EXPECT_EQ(lead.details, lead_details{});
  EXPECT_FALSE(lead.assigned_agent);
  EXPECT_FALSE(lead.opt_in || lead.quiet);
}

TEST(R46Lenient, AContactThatIsNoObjectIsNamedOnce) {
  EXPECT_EQ(warnings_of(lead_of(R"("contact":"Kim")").contact.notes),
            "ignored:/contact ");
  EXPECT_EQ(warnings_of(transfer_of(R"("contact":[])").contact.notes),
            "ignored:/contact ");
}

TEST(R46Lenient, BadElementsAreNamedUpToABound) {
  std::string many = R"("a")";
  for (std::size_t i = 0; i < 2 * named_elements_max; ++i)
    many += ",1";
  auto lead = lead_of(R"("tags":[)" + many + "]");
  EXPECT_EQ(lead.details.tags, std::vector<std::string>{"a"});
  EXPECT_EQ(lead.notes.size(), named_elements_max);
}

TEST(R46Lenient, NoFieldOfATransferButItsIdsMakesADeadLetter) {
  auto e
    = transfer_of(R"("fallback_numbers":7,"ring_timeout_s":0,"pattern":"all",)"
                  R"("context":5)");
  EXPECT_EQ(warnings_of(e.notes), "ignored:/pattern ignored:/ring_timeout_s "
                                  "ignored:/fallback_numbers ");
  EXPECT_FALSE(e.pattern || e.ring_timeout_s || e.fallback_numbers);
  EXPECT_EQ(e.context, "5");
  for (const auto* bad : {"3601", "35.5", "\"35\"", "-1", "1e400"})
    EXPECT_EQ(
      warnings_of(transfer_of(R"("ring_timeout_s":)" + std::string{bad}).notes),
      "ignored:/ring_timeout_s ")
      << bad;
}

TEST(R46Lenient, AFallbackEntryWithAFaultKeepsItsPlace) {
  auto e = transfer_of(
    R"("fallback_numbers":[5,null,"",{},{"phone":"1","endpoint":"x"},)"
    R"({"endpoint":""},{"endpoint":"x","lines":0},)"
    R"({"endpoint":"x","time_zone":"Mars"},)"
    R"({"endpoint":"x","schedule":{"weekly":[{"days":["x"]}]}},)"
    // It is no document: names that nobody knows are nothing.
    R"({"endpoint":"ok","line":1,"schedule":{"weakly":[]}}])");
  ASSERT_TRUE(e.fallback_numbers);
  ASSERT_EQ(e.fallback_numbers->size(), 10U);
  for (std::size_t i = 0; i < 9; ++i)
    EXPECT_FALSE((*e.fallback_numbers)[i]) << i;
  EXPECT_EQ((*e.fallback_numbers)[9]->endpoint, "ok");
  EXPECT_EQ((*e.fallback_numbers)[9]->hours, schedule{});
}

TEST(R46Lenient, NoSlipBesideItLosesAnOutcome) {
  for (const auto* until :
       {"7", "\"soon\"", "\"2026-02-30T00:00:00Z\"", "{}"}) {
    auto e = body_of<call_outcome>(
      event_of("call.outcome", R"({"call_id":"c","lead_id":"l",)"
                               R"("outcome":"opt_out","until":)"
                                 + std::string{until} + "}"));
    EXPECT_EQ(e.outcome, outcome::opt_out);
    EXPECT_FALSE(e.until) << until;
  }
}

TEST(R38Tags, AreReadFolded) {
  for (const auto* written : {"not_interested", "Not Interested",
                              " NOT-interested ", "not  interested"})
    EXPECT_EQ(body_of<call_outcome>(
                event_of("call.outcome", R"({"call_id":"c","lead_id":"l",)"
                                         R"("outcome":")"
                                           + std::string{written} + "\"}"))
                .outcome,
              outcome::not_interested)
      << written;
}

// The quick reader leaves what is deep to the other one.
TEST(Decode, BothReadersOfJsonSayTheSame) {
  std::string deep = std::string(40, '[') + std::string(40, ']');
  for (const std::string data :
       {R"({"lead_id":1001,"price":2500000.0,"zip":2903,"tags":"a,b",)"
        R"("contact":{"phone":5125550142,"forget":[5125550143,"x"]}})",
        R"({"lead_id":18446744073709551616,"price":"450k","zip":"","tags":)"
        R"(["a",1.5],"contact":{"name":"\u00e9","email":[ 1 , 2 ]}})",
        R"({"lead_id":-0,"price":1e999})"}) {
    auto quick = event_text("lead.received", data);
    auto slow = quick;
    slow.insert(1, R"("deep":)" + deep + ",");
    auto one = json_decoder().decode(record_of(quick));
    auto other = json_decoder().decode(record_of(slow));
    ASSERT_EQ(one.index(), other.index()) << data;
    if (one.index() == 1) {
      EXPECT_EQ(std::get<1>(one).faults, std::get<1>(other).faults);
      continue;
    }
    auto& x = std::get<lead_received>(std::get<0>(one).body);
    auto& y = std::get<lead_received>(std::get<0>(other).body);
    EXPECT_EQ(x.lead_id, y.lead_id);
    EXPECT_EQ(x.contact, y.contact);
    EXPECT_EQ(x.details, y.details);
    EXPECT_EQ(x.notes, y.notes);
  }
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
     R"("data":{"lead_id":true}})",
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
     R"({"lead_id":7.5})",
     reason::wrong_type,
     {"/data/lead_id"}},
    {"lead.received",
     R"({"lead_id":""})",
     reason::invalid_value,
     {"/data/lead_id"}},
    {"lead.received",
     R"({"lead_id":"a\u0085b"})",
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
    {"agent.availability_changed",
     R"({"agent_id":"a","busy":"yes","away_until":7})",
     reason::wrong_type,
     {"/data/busy", "/data/away_until"}},
    {"agent.availability_changed",
     R"({"agent_id":"a","away_until":"tomorrow"})",
     reason::invalid_value,
     {"/data/away_until"}},
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
     R"({"call_id":"c","lead_id":"l","outcome":" \u200b"})",
     reason::invalid_value,
     {"/data/outcome"}},
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

TEST(Team, TheKeyCountsAndAnotherPartitionkeyIsTold) {
  auto with = [](const std::string& partitionkey) {
    return record_of(R"({"specversion":"1.0","id":"e","source":"s",)"
                     R"("type":"lead.closed","data":{"lead_id":"l"},)"
                     R"("partitionkey":)"
                     + partitionkey + "}");
  };
  auto other = with(R"("bolt")");
  EXPECT_EQ(read(other).team, "acme");
  EXPECT_TRUE(read(other).key_differs);
  EXPECT_FALSE(read(with(R"("acme")")).key_differs);
  EXPECT_FALSE(read(with("null")).key_differs);
  EXPECT_FALSE(read(event_of("lead.closed", R"({"lead_id":"l"})")).key_differs);
  other.key = R"("bolt")"; // as a serializer for JSON writes it
  EXPECT_TRUE(read(other).key_differs);
  other.key.reset();
  EXPECT_FALSE(read(other).key_differs);
  auto binary = binary_of(R"({"lead_id":"l"})");
  EXPECT_FALSE(read(binary).key_differs);
  binary.headers.emplace_back("ce_partitionkey", "bolt");
  EXPECT_TRUE(read(binary).key_differs);
}

TEST(ContentMode, AStructuredContentTypeBeatsTheHeaders) {
  auto r = event_of("lead.closed", R"({"lead_id":"l"})");
  r.headers = {{"Content-Type", "Application/CloudEvents+JSON; charset=utf-8"},
               {"ce_specversion", "1.0"},
               {"ce_id", "other"}};
  EXPECT_EQ(read(r).id, "e-1");
}

TEST(Traceparent, ComesFromAHeaderOrTheExtension) {
  auto trace = [](char c) {
    return "00-" + std::string(32, c) + "-b7ad6b7169203331-01";
  };
  auto with = [](const std::string& extension) {
    return record_of(R"({"specversion":"1.0","id":"e","source":"s",)"
                     R"("type":"lead.closed","data":{"lead_id":"l"},)"
                     R"("traceparent":)"
                     + extension + "}");
  };
  auto r = with('"' + trace('1') + '"');
  EXPECT_EQ(read(r).traceparent, trace('1'));
  r.headers = {{"ce_traceparent", trace('2')}};
  EXPECT_EQ(read(r).traceparent, trace('2'));
  r.headers.insert(r.headers.begin(), {"traceparent", trace('3')});
  EXPECT_EQ(read(r).traceparent, trace('3'));
  // What is none is left behind: it would go out with every output.
  r.headers = {{"traceparent", "\xff\xfe"}};
  EXPECT_EQ(read(r).traceparent, trace('1'));
  r.headers = {{"traceparent", trace('a') + std::string(8'000, 'a')}};
  EXPECT_EQ(read(r).traceparent, trace('1'));
  EXPECT_EQ(read(with("7")).traceparent, "");
  EXPECT_EQ(read(with("\"00-x\"")).traceparent, "");
}

TEST(Traceparent, IsWhatW3CAllows) {
  const std::string good
    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_TRUE(is_traceparent(good));
  EXPECT_TRUE(is_traceparent("cc" + good.substr(2) + "-what.comes:later"));
  for (const auto& bad :
       {std::string{}, good + "-", good + "-x", "ff" + good.substr(2),
        "0A" + good.substr(2), good.substr(1), "00_" + good.substr(3),
        "00-" + std::string(32, '0') + good.substr(35),
        good.substr(0, 36) + std::string(16, '0') + "-01",
        "01" + good.substr(2) + "x", "01" + good.substr(2) + "-\n",
        "01" + good.substr(2) + "-" + std::string(80, 'a')})
    EXPECT_FALSE(is_traceparent(bad)) << bad;
}

TEST(ContentMode, SomeWriteADashIntoTheHeadersOfKafka) {
  auto r = binary_of(R"({"lead_id":"l"})");
  r.headers = {{"ce-specversion", "1.0"},
               {"ce-id", "e-3"},
               {"ce_source", "/crm"},
               {"ce-type", "lead.closed"}};
  EXPECT_EQ(read(r).id, "e-3");
  r.key.reset();
  r.headers.emplace_back("ce-partitionkey", "bolt");
  EXPECT_EQ(read(r).team, "bolt");
  EXPECT_EQ(team_of(r), "bolt");
}

TEST(ContentMode, JsonMayComeAsBytes) {
  auto with = [](const std::string& data) {
    return record_of(R"({"specversion":"1.0","id":"e","source":"s",)"
                     R"("type":"lead.closed",)"
                     + data + "}");
  };
  auto packed = to_base64(R"({"lead_id":"l-1","reason":"sold"})");
  EXPECT_EQ(
    body_of<lead_closed>(with("\"data_base64\":\"" + packed + '"')).lead_id,
    "l-1");
  EXPECT_EQ(body_of<lead_closed>(
              with("\"data\":null,\"data_base64\":\"" + packed + '"'))
              .lead_id,
            "l-1");
  // Both: not allowed, and `data` is what all readers know.
  EXPECT_EQ(
    body_of<lead_closed>(
      with(R"("data":{"lead_id":"l-2"},"data_base64":")" + packed + '"'))
      .lead_id,
    "l-2");
  EXPECT_TRUE(is_dead(with(R"("data_base64":"e30=")"), reason::missing_field,
                      {"/data/lead_id"}));
  EXPECT_TRUE(is_dead(with(R"("data_base64":"AAAA")"), reason::invalid_value,
                      {"/data_base64"}));
  EXPECT_TRUE(
    is_dead(with(R"("data_base64":"???")"), reason::missing_field, {"/data"}));
}

TEST(ContentMode, WhatReadersOfOursCouldNotReadIsRefused) {
  auto deep = [](std::size_t n) {
    return event_of("lead.closed", R"({"lead_id":"l","x":)"
                                     + std::string(n, '[') + std::string(n, ']')
                                     + "}");
  };
  // The event and `data` are two levels.
  EXPECT_EQ(body_of<lead_closed>(deep(62)).lead_id, "l");
  EXPECT_TRUE(is_dead(deep(63), reason::invalid_value, {""}));
  EXPECT_TRUE(is_dead(deep(100'000), reason::invalid_value, {""}));
  auto marked = deep(1);
  marked.value = "\xef\xbb\xbf" + *marked.value;
  EXPECT_TRUE(is_dead(marked, reason::malformed_json));
}

TEST(ContentMode, AValueThatIsNotJsonIsToldWhatItIs) {
  auto what = [](std::string value) {
    auto got = json_decoder().decode(record_of(std::move(value)));
    return std::get<dead_letter>(got).faults.at(0).what;
  };
  using testing::HasSubstr;
  EXPECT_THAT(what(std::string{"\0\0\0\0\1{}", 7}), HasSubstr("schema"));
  EXPECT_THAT(what("\xef\xbb\xbf{}"), HasSubstr("byte order mark"));
  EXPECT_THAT(what("{\"a\":\"\xe4\"}"), HasSubstr("UTF-8"));
  EXPECT_THAT(what("{}"), HasSubstr("ce_specversion"));
  EXPECT_EQ(what(R"({"specversion":"0.3"})"), "is not \"1.0\"");
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
