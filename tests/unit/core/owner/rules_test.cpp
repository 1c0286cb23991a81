// R4, R53: which rules hold for a lead, in which order, and why others don't.

#include "actors/core/owner/rules.hpp"
#include "tests/unit/core/nothing_stored.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

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
rule_conditions in_zips(std::vector<std::string> zips) {
  rule_conditions w;
  w.zips = std::move(zips);
  return w;
}
rule_conditions in_states(std::vector<std::string> states) {
  rule_conditions w;
  w.states = std::move(states);
  return w;
}
rule_conditions who_speak(std::vector<std::string> languages) {
  rule_conditions w;
  w.languages = std::move(languages);
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
lead_details zip(const char* z) {
  lead_details d;
  d.zip = z;
  return d;
}
lead_details state(const char* s) {
  lead_details d;
  d.state = s;
  return d;
}
lead_details language(const char* l) {
  lead_details d;
  d.language = l;
  return d;
}
lead_details price(std::int64_t p) {
  lead_details d;
  d.price = p;
  return d;
}

team_document document_of(std::vector<routing_rule> rules,
                          const char* region = "US") {
  team_document d;
  d.team_id = "acme";
  d.region = region;
  d.rules = std::move(rules);
  return d;
}

routing_rule rule(std::string id, rule_conditions when) {
  return {.id = std::move(id),
          .when = std::move(when),
          .active = {},
          .assign = agent_ref{"ana"}};
}

/// What keeps the lead from a rule with these conditions: `source`, or `source
/// missing` if the lead lacks it; empty: nothing does.
std::string obstacle_to(const rule_conditions& when, const lead_details& lead,
                        const char* region = "US") {
  nothing_stored stored;
  team_state team{"acme", stored};
  team.configure(document_of({rule("r", when)}, region), instant{});
  auto o = rule_matcher{team, lead, instant{}}.obstacle(0);
  if (!o)
    return "";
  return std::string{to_string(o->because)} + (o->missing ? " missing" : "");
}

struct condition_case {
  const char* name;
  rule_conditions when;
  lead_details lead;
  const char* obstacle;
};

void PrintTo(const condition_case& c, std::ostream* os) {
  *os << c.name;
}

using conditions = std::vector<condition_case>;

struct R4Condition : testing::TestWithParam<condition_case> {};

TEST_P(R4Condition, Holds) {
  EXPECT_EQ(obstacle_to(GetParam().when, GetParam().lead), GetParam().obstacle);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R4Condition,
  testing::ValuesIn(conditions{
    {"NoConditionMatchesEverything", {}, {}, ""},
    {"AnyValueOfAConditionMayMatch", from({"web", "zillow"}), source("zillow"),
     ""},
    {"NoValueMatches", from({"web", "zillow"}), source("redfin"), "source"},
    {"AFieldThatTheLeadLacks", from({"zillow"}), type("buyer"),
     "source missing"},
    {"APartOfAValueIsNotTheValue", from({"zillow"}), source("zillow.com"),
     "source"},
    {"ATypeIsMet", of_type({"buyer"}), type("Buyer"), ""},
    {"ATypeIsNotTheOther", of_type({"buyer"}), type("seller"), "lead_type"},
    {"BothMeetsBuyer", of_type({"buyer"}), type("both"), ""},
    {"BothMeetsSeller", of_type({"seller"}), type(" BOTH "), ""},
    {"BothMeetsBoth", of_type({"both"}), type("both"), ""},
    {"BothMeetsNoOtherType", of_type({"renter"}), type("both"), "lead_type"},
    {"ABuyerIsNotBoth", of_type({"both"}), type("buyer"), "lead_type"},
    {"ALeadWithoutType", of_type({"buyer"}), {}, "lead_type missing"},
    {"AListedTypeIsReadAsALeads", of_type({"Buyers"}), type("buyer"), ""},
    {"ATypeOfTheTeamsOwn", of_type({"Renter"}), type("renter"), ""},
    {"OneTagInCommon", tagged({"hot", "vip"}), tags({"cold", "VIP "}), ""},
    {"NoTagInCommon", tagged({"hot"}), tags({"cold", "web"}), "tags"},
    {"TagsThatAreEmpty", tagged({"hot"}), tags({}), "tags missing"},
    {"TagsThatAreAbsent", tagged({"hot"}), {}, "tags missing"},
    {"ThePriceIsTheLowEnd", priced(100, 200), price(100), ""},
    {"ThePriceIsTheHighEnd", priced(100, 200), price(200), ""},
    {"ThePriceIsBelow", priced(100, 200), price(99), "price"},
    {"ThePriceIsAbove", priced(100, 200), price(201), "price"},
    {"NoHighEnd", priced(100, {}), price(1'000'000'000), ""},
    {"NoHighEndAndBelow", priced(100, {}), price(99), "price"},
    {"NoLowEnd", priced({}, 200), price(0), ""},
    {"NoLowEndAndAbove", priced({}, 200), price(201), "price"},
    {"ALeadWithoutPrice", priced({}, 200), {}, "price missing"},
    {"ALeadWithoutPriceFromZero", priced(0, {}), {}, "price missing"},
  }),
  by_name{});

// R53's folding: what people, portals and documents write is compared as a
// person would.
INSTANTIATE_TEST_SUITE_P(
  Folded, R4Condition,
  testing::ValuesIn(conditions{
    {"TextIsTrimmedOnBothSides", from({" zillow\t"}), source("\n zillow "), ""},
    {"BlanksInsideCount", from({"big house"}), source("bighouse"), "source"},
    {"RunsOfBlanksAreOne", from({"big house"}), source("big \xc2\xa0 house"),
     ""},
    {"CaseDoesNotMatter", from({"ZilloW"}), source("zILLOw"), ""},
    {"NorThatOfLettersBeyondAscii", from({"\xc3\x84rger"}),
     source("\xc3\xa4RGER"), ""},
    {"AccentsDoNotMatter", from({"Ca\xc3\xb1on City"}), source("canon city"),
     ""},
    {"LigaturesDoNotMatter", from({"Traffic"}),
     source("tra\xef\xac\x83"
            "c"),
     ""},
    {"SharpSIsTwo", from({"STRASSE"}),
     source("stra\xc3\x9f"
            "e"),
     ""},
    {"InvisibleCharactersDoNotMatter", from({"zillow"}),
     source("zil\xe2\x80\x8blow"), ""},
  }),
  by_name{});

INSTANTIATE_TEST_SUITE_P(
  Beginning, R4Condition,
  testing::ValuesIn(conditions{
    {"IsMet", from({"zillow*"}), source("Zillow Flex"), ""},
    {"IsMetByItself", from({"zillow*"}), source("ZILLOW"), ""},
    {"IsNotMetInTheMiddle", from({"flex*"}), source("Zillow Flex"), "source"},
    {"WithABlankWantsTheBlank", from({"zillow *"}), source("zillowflex"),
     "source"},
    {"OfNothingIsMetByEveryText", from({"*"}), source("whatever"), ""},
    {"OfNothingIsNotMetByNothing", from({"*"}), {}, "source missing"},
    {"AStarInFrontIsAStar", from({"*flex"}), source("Zillow Flex"), "source"},
    {"OfATag", tagged({"vip*"}), tags({"cold", "VIP gold"}), ""},
    {"OfATypeIsMetByBoth", of_type({"buy*"}), type("both"), ""},
    {"OfAZip", in_zips({"021*"}), zip("02134-1000"), ""},
    {"OfAZipIsNotFilledUp", in_zips({"213*"}), zip("2134"), "zip"},
    {"OfAZipLosesItsBlanks", in_zips({"SW1A 1*"}), zip("sw1a1aa"), ""},
    {"OfAStateAsTyped", in_states({"new*"}), state("New York"), ""},
    {"OfAStateAsRead", in_states({"n*"}), state("New York"), ""},
    {"OfAStateNeitherTypedNorRead", in_states({"york*"}), state("New York"),
     "state"},
    {"OfALanguage", who_speak({"span*"}), language("Spanish first"), ""},
  }),
  by_name{});

INSTANTIATE_TEST_SUITE_P(
  Places, R4Condition,
  testing::ValuesIn(conditions{
    {"AZipThatLostItsZeros", in_zips({"02134"}), zip("2134"), ""},
    {"AZipOfNineDigits", in_zips({"78701"}), zip("78701-1234"), ""},
    {"ARulesOwnZipIsReadTheSameWay", in_zips({"2134", "78701 1234"}),
     zip("78701"), ""},
    {"AnotherZip", in_zips({"78701"}), zip("78702"), "zip"},
    {"AStateByItsName", in_states({"TX"}), state("Texas"), ""},
    {"ARulesOwnStateByItsName", in_states({"new  york"}), state("ny"), ""},
    {"AStateWithItsCountry", in_states({"TX"}), state("US-TX"), ""},
    {"AStateWithPoints", in_states({"D.C."}), state("District of Columbia"),
     ""},
    {"AnotherState", in_states({"TX"}), state("Arkansas"), "state"},
  }),
  by_name{});

INSTANTIATE_TEST_SUITE_P(
  Languages, R4Condition,
  testing::ValuesIn(conditions{
    {"ByItself", who_speak({"es"}), language("ES"), ""},
    {"ByAVariant", who_speak({"es"}), language("es-MX"), ""},
    {"ByAVariantWithALine", who_speak({"es"}), language("es_MX"), ""},
    {"ByAVariantOfAVariant", who_speak({"zh-Hant"}), language("zh-hant-TW"),
     ""},
    {"ALineAndADashAreTheSame", who_speak({"pt_BR"}), language("pt-br"), ""},
    {"AVariantIsNotMetByItsLanguage", who_speak({"es-MX"}), language("es"),
     "language"},
    {"NorByAnother", who_speak({"es"}), language("est"), "language"},
    {"ALeadWithoutOne", who_speak({"es"}), {}, "language missing"},
  }),
  by_name{});

/// Elsewhere a zip has other digits and a state other letters.
TEST(R4Condition, ZipsAndStatesAreReadInTheTeamsRegion) {
  EXPECT_EQ(obstacle_to(in_zips({"02134"}), zip("2134"), "DE"), "zip");
  EXPECT_EQ(obstacle_to(in_states({"TX"}), state("Texas"), "CA"), "state");
  EXPECT_EQ(obstacle_to(in_states({"texas"}), state("TEXAS"), "CA"), "");
}

/// The conditions that are one list against one field.
TEST(R4Condition, EachListLooksAtItsOwnField) {
  using list = std::vector<std::string> rule_conditions::*;
  using field = std::optional<std::string> lead_details::*;
  const std::vector<std::pair<list, field>> pairs{
    {&rule_conditions::sources, &lead_details::source},
    {&rule_conditions::lead_types, &lead_details::lead_type},
    {&rule_conditions::cities, &lead_details::city},
    {&rule_conditions::zips, &lead_details::zip},
    {&rule_conditions::states, &lead_details::state},
    {&rule_conditions::timeframes, &lead_details::timeframe},
    {&rule_conditions::languages, &lead_details::language}};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    for (std::size_t j = 0; j < pairs.size(); ++j) {
      rule_conditions when;
      when.*pairs[i].first = {"x"};
      lead_details lead;
      lead.*pairs[j].second = "X";
      EXPECT_EQ(obstacle_to(when, lead).empty(), i == j) << i << " and " << j;
    }
}

/// R19: the first that applies, in the order of the contract.
TEST(R4Condition, OfSeveralObstaclesTheFirstIsSaid) {
  rule_conditions when;
  when.sources = when.lead_types = when.tags = when.cities = when.zips
    = when.states = when.timeframes = when.languages = {"x"};
  when.min_price = 100;
  lead_details lead;
  std::vector<std::string> said;
  auto look = [&] { said.push_back(obstacle_to(when, lead)); };
  look();
  lead.source = "x";
  look();
  lead.lead_type = "x";
  look();
  lead.tags = {"x"};
  look();
  lead.city = "x";
  look();
  lead.zip = "x";
  look();
  lead.state = "x";
  look();
  lead.price = 100;
  look();
  lead.timeframe = "x";
  look();
  lead.language = "x";
  look();
  EXPECT_THAT(said, ElementsAre("source missing", "lead_type missing",
                                "tags missing", "city missing", "zip missing",
                                "state missing", "price missing",
                                "timeframe missing", "language missing", ""));
}

// -- the list of rules --------------------------------------------------------

std::vector<std::string> rules_for(office& o, const lead_details& d) {
  std::vector<std::string> ids;
  rule_matcher matcher{o.team(), d, o.now};
  for (std::size_t i = 0; i < matcher.rules().size(); ++i)
    if (!matcher.obstacle(i))
      ids.push_back(matcher.rules()[i].id);
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

/// R19: that it is not its time is said before all else.
TEST(R4Rules, ThatAreNotActiveSayNoMore) {
  office o{R"("routing_rules":[{"id":"n","active":{"days":["sun"],)"
           R"("from":"00:00","to":"00:00"},"when":{"sources":["z"]},)"
           R"("assign":{"agent":"ana"}}])"};
  lead_details lead;
  rule_matcher matcher{o.team(), lead, o.now};
  EXPECT_EQ(matcher.obstacle(0),
            (rule_obstacle{passed_over_because::not_active, false}));
}

TEST(R49Rules, ThatAreActiveOnWeekdaysAreNotOnAHoliday) {
  office o{R"("holidays":["2026-03-02"],"routing_rules":[)"
           R"({"id":"days","active":{"days":["mon","tue","wed","thu","fri"],)"
           R"("from":"00:00","to":"00:00"},"assign":{"agent":"ana"}},)"
           R"({"id":"feasts","active":{"days":["holiday"],)"
           R"("from":"00:00","to":"00:00"},"assign":{"agent":"ana"}},)"
           R"({"id":"all","active":{"from":"00:00","to":"00:00"},)"
           R"("assign":{"agent":"ana"}}])"};
  EXPECT_THAT(rules_for(o, {}), ElementsAre("feasts", "all"));
  o.now += hours{24};
  EXPECT_THAT(rules_for(o, {}), ElementsAre("days", "all"));
}

TEST(R4Rules, ATeamWithoutDocumentHasNone) {
  nothing_stored stored;
  team_state team{"nobody", stored};
  lead_details lead;
  EXPECT_THAT((rule_matcher{team, lead, instant{}}.rules()), IsEmpty());
}

} // namespace
} // namespace fairlead::test
