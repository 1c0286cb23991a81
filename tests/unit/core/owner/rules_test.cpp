// R4: which rules hold for a lead, in which order.

#include "actors/core/owner/rules.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

struct condition_case {
  const char* name;
  rule_conditions when;
  lead_details lead;
  bool holds;
};

void PrintTo(const condition_case& c, std::ostream* os) {
  *os << c.name;
}

using conditions = std::vector<condition_case>;

rule_conditions from(std::vector<std::string> sources) {
  rule_conditions w;
  w.sources = std::move(sources);
  return w;
}
rule_conditions of_type(std::vector<std::string> types) {
  rule_conditions w;
  w.lead_types = std::move(types);
  return w;
}
rule_conditions tagged(std::vector<std::string> tags) {
  rule_conditions w;
  w.tags = std::move(tags);
  return w;
}
rule_conditions priced(std::optional<std::int64_t> low,
                       std::optional<std::int64_t> high) {
  rule_conditions w;
  w.min_price = low;
  w.max_price = high;
  return w;
}

lead_details source(const char* s) {
  lead_details d;
  d.source = s;
  return d;
}
lead_details type(const char* s) {
  lead_details d;
  d.lead_type = s;
  return d;
}
lead_details tags(std::vector<std::string> ts) {
  lead_details d;
  d.tags = std::move(ts);
  return d;
}
lead_details price(std::int64_t p) {
  lead_details d;
  d.price = p;
  return d;
}

struct R4Condition : testing::TestWithParam<condition_case> {};

TEST_P(R4Condition, Holds) {
  EXPECT_EQ(matches(GetParam().when, GetParam().lead), GetParam().holds);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R4Condition,
  testing::ValuesIn(conditions{
    {"NoConditionMatchesEverything", {}, {}, true},
    {"AnyValueOfAConditionMayMatch", from({"web", "zillow"}), source("zillow"),
     true},
    {"NoValueMatches", from({"web", "zillow"}), source("redfin"), false},
    {"AFieldThatTheLeadLacks", from({"zillow"}), type("buyer"), false},
    {"APartOfAValueIsNotTheValue", from({"zillow"}), source("zillow.com"),
     false},
    {"TextIsTrimmedOnBothSides", from({" zillow\t"}), source("\n zillow "),
     true},
    {"BlanksInsideCount", from({"big house"}), source("bighouse"), false},
    {"CaseDoesNotMatter", from({"ZilloW"}), source("zILLOw"), true},
    {"CaseOfLettersBeyondAsciiDoes", from({"\xc3\x84rger"}),
     source("\xc3\xa4rger"), false},
    {"ATypeIsMet", of_type({"buyer"}), type("Buyer"), true},
    {"ATypeIsNotTheOther", of_type({"buyer"}), type("seller"), false},
    {"BothMeetsBuyer", of_type({"buyer"}), type("both"), true},
    {"BothMeetsSeller", of_type({"seller"}), type(" BOTH "), true},
    {"BothMeetsBoth", of_type({"both"}), type("both"), true},
    {"BothMeetsNoOtherType", of_type({"renter"}), type("both"), false},
    {"ABuyerIsNotBoth", of_type({"both"}), type("buyer"), false},
    {"ALeadWithoutType", of_type({"buyer"}), {}, false},
    {"OneTagInCommon", tagged({"hot", "vip"}), tags({"cold", "VIP "}), true},
    {"NoTagInCommon", tagged({"hot"}), tags({"cold", "web"}), false},
    {"TagsThatAreEmpty", tagged({"hot"}), tags({}), false},
    {"TagsThatAreAbsent", tagged({"hot"}), {}, false},
    {"ThePriceIsTheLowEnd", priced(100, 200), price(100), true},
    {"ThePriceIsTheHighEnd", priced(100, 200), price(200), true},
    {"ThePriceIsBelow", priced(100, 200), price(99), false},
    {"ThePriceIsAbove", priced(100, 200), price(201), false},
    {"NoHighEnd", priced(100, {}), price(1'000'000'000), true},
    {"NoHighEndAndBelow", priced(100, {}), price(99), false},
    {"NoLowEnd", priced({}, 200), price(0), true},
    {"NoLowEndAndAbove", priced({}, 200), price(201), false},
    {"ALeadWithoutPrice", priced({}, 200), {}, false},
    {"ALeadWithoutPriceFromZero", priced(0, {}), {}, false},
  }),
  by_name{});

/// The five conditions that are one list against one field.
TEST(R4Condition, EachListLooksAtItsOwnField) {
  using list = std::vector<std::string> rule_conditions::*;
  using field = std::optional<std::string> lead_details::*;
  const std::vector<std::pair<list, field>> pairs{
    {&rule_conditions::sources, &lead_details::source},
    {&rule_conditions::lead_types, &lead_details::lead_type},
    {&rule_conditions::cities, &lead_details::city},
    {&rule_conditions::zips, &lead_details::zip},
    {&rule_conditions::states, &lead_details::state},
    {&rule_conditions::timeframes, &lead_details::timeframe}};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    for (std::size_t j = 0; j < pairs.size(); ++j) {
      rule_conditions when;
      when.*pairs[i].first = {"x"};
      lead_details lead;
      lead.*pairs[j].second = "X";
      EXPECT_EQ(matches(when, lead), i == j) << i << " and " << j;
    }
}

TEST(R4Condition, AllHoldOrTheRuleDoesNot) {
  auto when = from({"zillow"});
  when.cities = {"Austin"};
  when.min_price = 100;
  auto lead = source("zillow");
  lead.city = "austin";
  lead.price = 100;
  EXPECT_TRUE(matches(when, lead));
  for (int i = 0; i < 3; ++i) {
    auto other = lead;
    if (i == 0)
      other.source = "web";
    else if (i == 1)
      other.city = std::nullopt;
    else
      other.price = 99;
    EXPECT_FALSE(matches(when, other)) << i;
  }
}

// -- the list of rules --------------------------------------------------------

std::vector<std::string> rules_for(office& o, const lead_details& d) {
  std::vector<std::string> ids;
  for (const auto* r : matching_rules(o.team(), d, o.now))
    ids.push_back(r->id);
  return ids;
}

constexpr const char* three_rules
  = R"("time_zone":"America/Chicago",)"
    R"("pools":[{"id":"p","members":[{"agent_id":"ana"},{"agent_id":"ben"}]}],)"
    R"("routing_rules":[)"
    R"({"id":"z","when":{"sources":["zillow"]},"assign":{"agent":"ben"}},)"
    R"({"id":"night","active":{"from":"22:00","to":"06:00"},)"
    R"("assign":{"agent":"olivia"}},)"
    R"({"id":"a","assign":{"pool":"p"}}])";

TEST(R4Rules, StandInTheOrderOfTheDocument) {
  office o{three_rules};
  EXPECT_THAT(rules_for(o, source("zillow")), ElementsAre("z", "a"));
  EXPECT_THAT(rules_for(o, source("web")), ElementsAre("a"));
}

TEST(R4Rules, TheFirstThatMatchesWins) {
  office o{three_rules};
  auto assigned = o.lead("l", R"("source":"zillow")").all<lead_assigned>();
  ASSERT_EQ(assigned.size(), 1U);
  EXPECT_EQ(assigned[0].agent.agent_id, "ben");
  EXPECT_EQ(assigned[0].rule_id, "z");
  EXPECT_EQ(assigned[0].reason, assign_reason::rule_agent);
  EXPECT_EQ(o.lead("m").all<lead_assigned>().at(0).rule_id, "a");
}

TEST(R4Rules, AreActiveInTheTeamsZone) {
  office o{three_rules}; // 15:00 UTC is 09:00 in Chicago
  o.now += hours{13} - milliseconds{1};
  EXPECT_THAT(rules_for(o, {}), ElementsAre("a"));
  o.now += milliseconds{1}; // 22:00
  EXPECT_THAT(rules_for(o, {}), ElementsAre("night", "a"));
  o.now += hours{8} - milliseconds{1};
  EXPECT_THAT(rules_for(o, {}), ElementsAre("night", "a"));
  o.now += milliseconds{1}; // 06:00
  EXPECT_THAT(rules_for(o, {}), ElementsAre("a"));
}

TEST(R4Rules, ATeamWithoutDocumentHasNone) {
  desk d;
  auto& team = d.part().team("nobody");
  EXPECT_THAT(matching_rules(team, {}, instant{}), IsEmpty());
}

} // namespace
} // namespace fairlead::test
