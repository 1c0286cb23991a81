// R22, R23, R25, R51: what is dialled, and which numbers are taken.

#include "tests/unit/core/ring/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* sip = R"("phone":null,"endpoint":"sip:ana@acme")";
constexpr const char* bens = R"("phone":"+15125550102")";

// -- R22: endpoints and extensions --------------------------------------------

TEST(R22Number, AnEndpointIsRungWhereThereIsNoPhone) {
  calls o;
  o.agent("ana", sip);
  EXPECT_THAT(dialled_in(o.transfer()), ElementsAre("sip:ana@acme"));
  EXPECT_EQ(o.ring("answered", "ana").all<transfer_connected>().at(0).number,
            (dialled{.phone = {}, .endpoint = "sip:ana@acme"}));
}

TEST(R22Number, APhoneGoesBeforeIt) {
  calls o;
  o.agent("ana", R"("endpoint":"sip:ana@acme")");
  EXPECT_THAT(dialled_in(o.transfer()), ElementsAre("+15125550101"));
}

TEST(R22Number, AnExtensionBelongsToIt) {
  calls o;
  o.agent("ben", R"("phone":"+1 512 555 0177 ext. 2")");
  o.agent("cat", R"("phone":"+1 512 555 0177 ext. 3")");
  o.transfer();
  EXPECT_THAT(dialled_in(o.ring("busy", "ana")),
              ElementsAre("+15125550177;ext=2", "+15125550177;ext=3"));
}

TEST(R22Number, WhoHasNoneIsNotRung) {
  calls o;
  o.agent("ana", R"("phone":null)");
  EXPECT_THAT(weighed(o.transfer()), ElementsAre("ana no_phone"));
}

TEST(R22Number, LegsNamePeople) {
  calls o;
  o.agent("ana", R"("name":"Ana Diaz")");
  o.lead("l", R"("contact":{"name":"Kim Roe","phone":"512-555-0170"})");
  auto r = rung(o.transfer());
  EXPECT_EQ(r.legs.at(0).name, "Ana Diaz");
  EXPECT_EQ(r.lead_name, "Kim Roe");
  EXPECT_EQ(r.lead_phone, "+15125550170");
  EXPECT_EQ(o.ring("answered", "ana").all<transfer_connected>().at(0).name,
            "Ana Diaz");
}

// -- R23: the caller's own numbers --------------------------------------------

TEST(R23Caller, TheLeadsNumbersCountAsRung) {
  calls o;
  o.lead("l", R"("contact":{"phone":"+15125550101"})"); // Ana's
  o.lead("l", R"("contact":{"phone":"+15125550190"})");
  auto r = o.transfer("c", two_numbers);
  EXPECT_THAT(weighed(r), ElementsAre("ana already_rung"));
  EXPECT_THAT(o.course(r),
              ElementsAre("ring group: ben cat", "ring fallback: +15125550191",
                          "missed: declined"));
}

TEST(R23Caller, AsTheLeadIsWhenTheAttemptStarts) {
  calls o;
  o.transfer("c", two_numbers);
  o.lead("l", R"("contact":{"phone":"+15125550102"})"); // Ben's
  EXPECT_THAT(told(o.ring("busy", "ana")), ElementsAre("ring group: cat"));
}

// -- R51: one phone, one call -------------------------------------------------

TEST(R51OnePhone, InOneAttemptOneLegTheFirstInOrder) {
  calls o;
  o.agent("cat", bens);
  o.transfer();
  auto r = o.ring("busy", "ana");
  EXPECT_THAT(told(r), ElementsAre("ring group: ben"));
  EXPECT_THAT(weighed(r),
              ElementsAre("ana already_rung", "ben", "cat phone_busy"));
}

/// Ana and Ben share a phone, and Ben's leads are called, too.
struct R51Shared : testing::Test {
  R51Shared() {
    o.agent("ana", bens);
    o.lead("m", R"("assigned_agent":"ben")");
  }
  std::vector<std::string> bens_turn(const char* call) {
    return weighed(o.transfer(call, R"("lead_id":"m","fallback_numbers":[],)"
                                    R"("pattern":"assigned_agent")"));
  }
  calls o{R"("calls":{"wrap_up_s":30})"};
};

TEST_F(R51Shared, ReservedWhileALegToItRings) {
  o.transfer("c", owner_only);
  EXPECT_THAT(bens_turn("c2"), ElementsAre("ben phone_busy"));
  o.ring("declined", "ana");
  EXPECT_THAT(bens_turn("c3"), ElementsAre("ben"));
}

TEST_F(R51Shared, TheWinnersUntilTheWrapUpIsOver) {
  o.transfer("c", owner_only);
  o.ring("answered", "ana");
  EXPECT_THAT(bens_turn("c2"), ElementsAre("ben phone_busy"));
  o.on_call("call.ended");
  EXPECT_THAT(bens_turn("c3"), ElementsAre("ben phone_busy"));
  o.now += seconds{30};
  EXPECT_THAT(bens_turn("c4"), ElementsAre("ben"));
}

TEST_F(R51Shared, TheNumberThatWasRungNotTheOneOfToday) {
  o.transfer("c", owner_only);
  o.agent("ana", R"("phone":"+15125550101")");
  EXPECT_THAT(bens_turn("c2"), ElementsAre("ben phone_busy"));
}

TEST_F(R51Shared, AnEndpointToo) {
  o.agent("ana", R"("phone":null,"endpoint":"sip:desk")");
  o.agent("ben", R"("phone":null,"endpoint":"sip:desk")");
  o.transfer("c", owner_only);
  EXPECT_THAT(bens_turn("c2"), ElementsAre("ben phone_busy"));
}

TEST_F(R51Shared, ByAFallbackNumberThatIsNobodysYet) {
  o.agent("ana", R"("phone":"+15125550101")");
  o.toggle("ana", off);
  o.transfer("c", R"("pattern":"assigned_agent",)"
                  R"("fallback_numbers":["+15125550190"])");
  o.agent("ben", R"("phone":"+15125550190")");
  EXPECT_THAT(bens_turn("c2"), ElementsAre("ben phone_busy"));
}

// -- R25, R51: fallback entries -----------------------------------------------

std::string fallbacks(std::string_view entries) {
  return R"("pattern":"assigned_agent","fallback_numbers":[)"
         + std::string{entries} + "]";
}

/// Nobody but fallback entries is left to ring.
struct fallback_calls : calls {
  explicit fallback_calls(std::string_view more = "") : calls{more} {
    toggle("ana", off);
  }
};

TEST(R25Fallback, AnEndpointIsRung) {
  fallback_calls o;
  auto r = o.transfer("c", fallbacks(R"({"endpoint":"sip:desk"})"));
  EXPECT_THAT(dialled_in(r), ElementsAre("sip:desk"));
  EXPECT_EQ(told(o.ring("answered", "sip:desk")).front(),
            "connected fallback: sip:desk");
}

TEST(R25Fallback, WithHoursOfItsOwn) {
  // 15:00 UTC is 10:00 in New York and 15:00 in London.
  fallback_calls o{R"("time_zone":"America/New_York")"};
  constexpr const char* until_noon
    = R"("schedule":{"weekly":[{"from":"08:00","to":"12:00"}]})";
  auto entry = [&](const char* phone, const char* zone) {
    return R"({"phone":")" + std::string{phone} + "\"," + until_noon + zone
           + "}";
  };
  auto r
    = o.transfer("c", fallbacks(entry(first, R"(,"time_zone":"Europe/London")")
                                + "," + entry(second, "")));
  EXPECT_THAT(o.course(r),
              ElementsAre("ring fallback: +15125550191", "missed: declined"));
}

TEST(R25Fallback, HolidaysCountForItsHours) {
  fallback_calls o{R"("holidays":["2026-03-02"])"};
  auto r = o.transfer(
    "c", fallbacks(R"({"phone":"+15125550190","schedule":{"weekly":[)"
                   R"({"days":["mon"],"from":"08:00","to":"22:00"}]}})"));
  EXPECT_EQ(told(r).front(), "missed: no_target");
}

TEST(R25Fallback, OfTwoEntriesWithOneNumberTheFirstCounts) {
  fallback_calls o;
  auto r = o.transfer(
    "c", fallbacks(R"({"phone":"+15125550190","schedule":{"weekly":[)"
                   R"({"from":"08:00","to":"09:00"}]}},"+15125550190")"));
  EXPECT_EQ(told(r).front(), "missed: no_target");
}

TEST(R25Fallback, WhatDoesNotParseIsNamed) {
  fallback_calls o;
  auto r = o.transfer("c", fallbacks(R"("nonsense","+15125550190")"));
  EXPECT_THAT(rung(r).warnings, ElementsAre("ignored:/fallback_numbers/0"));
}

TEST(R25Fallback, NothingLeftTheTeamsCount) {
  fallback_calls o{R"("transfer":{"fallback_numbers":["+15125550191"]})"};
  auto r = o.transfer("c", fallbacks(R"("nonsense")"));
  EXPECT_THAT(told(r), ElementsAre("ring fallback: +15125550191"));
  EXPECT_THAT(rung(r).warnings, ElementsAre("ignored:/fallback_numbers"));
}

TEST(R46Transfer, WarningsOfOneThatRingsNobodyAreOnItsMiss) {
  fallback_calls o;
  auto r = o.transfer("c", R"("ring_timeout_s":"20","fallback_numbers":[],)"
                           R"("pattern":"assigned_agent","contact":"Kim")");
  EXPECT_THAT(r.all<transfer_missed>().at(0).warnings,
              ElementsAre("ignored:/ring_timeout_s", "ignored:/contact"));
}

TEST(R46Transfer, WarningsAreOnTheFirstRingOnly) {
  calls o;
  EXPECT_THAT(rung(o.transfer("c", R"("ring_timeout_s":"20")")).warnings,
              ElementsAre("ignored:/ring_timeout_s"));
  EXPECT_THAT(rung(o.ring("busy", "ana")).warnings, IsEmpty());
}

struct lines_case {
  const char* name;
  const char* entry;
  std::size_t at_once; /// that ring, of three calls
};

void PrintTo(const lines_case& c, std::ostream* os) {
  *os << c.name;
}

struct R51Lines : testing::TestWithParam<lines_case> {};

TEST_P(R51Lines, HoldSoManyLegsAndCalls) {
  fallback_calls o;
  std::size_t n = 0;
  for (const auto* call : {"c1", "c2", "c3"})
    n += o.transfer(call, fallbacks(GetParam().entry)).count<ring_requested>();
  EXPECT_EQ(n, GetParam().at_once);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R51Lines,
  testing::ValuesIn(std::vector<lines_case>{
    {"OneLine", R"({"phone":"+15125550190","lines":1})", 1},
    {"TwoLines", R"({"phone":"+15125550190","lines":2})", 2},
    {"AnyNumber", R"({"phone":"+15125550190"})", 3},
    {"Written", R"("+15125550190")", 3},
    {"AnEndpoint", R"({"endpoint":"sip:desk","lines":2})", 2},
  }),
  by_name{});

TEST(R51Lines, AreFreeWhenTheLegOrTheCallIsOver) {
  fallback_calls o;
  auto rings = [&o, n = 0]() mutable {
    auto call = "c" + std::to_string(++n);
    auto r
      = o.transfer(call, fallbacks(R"({"phone":"+15125550190","lines":1})"));
    return r.count<ring_requested>() == 1;
  };
  EXPECT_TRUE(rings());
  EXPECT_FALSE(rings());
  o.ring("busy", first, "c1");
  EXPECT_TRUE(rings()); // c3
  o.ring("answered", first, "c3");
  EXPECT_FALSE(rings());
  o.on_call("call.ended", "c3");
  EXPECT_TRUE(rings()); // c5
  o.ring("answered", first, "c5");
  o.bridge_failed(first, "c5");
  EXPECT_TRUE(rings()); // c6
  o.wait(seconds{60});
  EXPECT_TRUE(rings()); // c7
  o.on_call("caller.hung_up", "c7");
  EXPECT_THAT(o.team().counters().lines, IsEmpty());
}

TEST(R51Lines, WhatIsTakenMayBeFreeWhenTheNextOneWouldRing) {
  fallback_calls o;
  o.transfer("c1", fallbacks(R"({"phone":"+15125550190","lines":1})"));
  auto two = fallbacks(R"({"phone":"+15125550190","lines":1},"+15125550191")");
  EXPECT_THAT(told(o.transfer("c2", two)),
              ElementsAre("ring fallback: +15125550191"));
  // It is passed for good.
  o.on_call("caller.hung_up", "c1");
  EXPECT_EQ(told(o.ring("busy", second, "c2")).front(), "missed: busy");
}

// -- R51: a fallback number that is an agent's --------------------------------

/// Olivia's number stands at the end of everybody's cascade.
struct R51Agents : testing::Test {
  static constexpr const char* olivias = R"("+15125550115")";
  R51Agents() { o.agent("olivia", R"("name":"Olivia Orr")"); }
  desk_result transfer(const char* call = "c") {
    return o.transfer(call, fallbacks(olivias));
  }
  fallback_calls o{R"("calls":{"wrap_up_s":30,"auto_unavailable_after":1})"};
};

TEST_F(R51Agents, ItsLegAndTheAnswerNameThem) {
  auto r = transfer();
  EXPECT_EQ(rung(r).legs.at(0).agent_id, "olivia");
  EXPECT_EQ(rung(r).legs.at(0).name, "Olivia Orr");
  EXPECT_EQ(rung(r).step, ring_step::fallback);
  EXPECT_EQ(r.all<decision_recorded>().back().chosen,
            (std::vector<std::string>{"olivia"}));
  EXPECT_THAT(r.all<decision_recorded>().back().candidates, IsEmpty());
  auto c = o.ring("answered", "olivia").all<transfer_connected>().at(0);
  EXPECT_EQ(c.kind, answered_as::fallback);
  EXPECT_EQ(c.agent_id, "olivia");
}

TEST_F(R51Agents, OneCallAtATime) {
  transfer("c1");
  EXPECT_EQ(told(transfer("c2")).front(), "missed: no_target");
  o.ring("answered", "olivia", "c1");
  EXPECT_EQ(told(transfer("c3")).front(), "missed: no_target");
  o.on_call("call.ended", "c1");
  EXPECT_EQ(told(transfer("c4")).front(), "missed: no_target"); // wrap-up
  o.now += seconds{30};
  EXPECT_EQ(told(transfer("c5")).front(), "ring fallback: olivia");
}

TEST_F(R51Agents, TheAgentIsReservedForOthers) {
  transfer();
  o.lead("m", R"("assigned_agent":"olivia")");
  EXPECT_THAT(weighed(o.transfer("c2", R"("lead_id":"m")")),
              ElementsAre("olivia reserved"));
}

TEST_F(R51Agents, NeitherTogglesNorScheduleNorAbsenceNorOwnCallsCount) {
  o.agent("olivia", R"("schedule":{"weekly":[{"from":"01:00","to":"02:00"}]})");
  o.toggle("olivia", R"("available_for_calls":false,"busy":true,)"
                     R"("away_until":"2026-03-09T15:00:00Z")");
  EXPECT_THAT(told(transfer()), ElementsAre("ring fallback: olivia"));
}

TEST_F(R51Agents, NothingStopsItsRing) {
  transfer();
  EXPECT_THAT(told(o.toggle("olivia", off)), IsEmpty());
}

TEST_F(R51Agents, WhatTheyMissThereDoesNotCount) {
  transfer();
  o.ring("no_answer", "olivia");
  EXPECT_EQ(o.team().agent("olivia")->misses, 0);
}

TEST_F(R51Agents, OnlyAnActiveAgentIsMeant) {
  o.agent("olivia", R"("active":false)");
  auto r = transfer("c1");
  EXPECT_EQ(rung(r).legs.at(0).agent_id, std::nullopt);
  EXPECT_THAT(told(transfer("c2")), ElementsAre("ring fallback: +15125550115"));
}

TEST_F(R51Agents, OfSeveralTheFirst) {
  o.agent("zoe", R"("phone":"+15125550115")");
  o.agent("bea", R"("phone":"+15125550115","active":false)");
  EXPECT_THAT(told(transfer()), ElementsAre("ring fallback: olivia"));
}

TEST_F(R51Agents, WhoRangAlreadyIsNotRungAgain) {
  o.assign("l", R"("agent_id":"olivia")");
  auto r = transfer();
  EXPECT_THAT(told(r), ElementsAre("ring owner: olivia"));
  EXPECT_EQ(told(o.ring("busy", "olivia")).front(), "missed: busy");
}

} // namespace
} // namespace fairlead::test
