// R7, R22, R50 and R51: who can get a lead, who is away, who may be rung, and
// which reason is said when several apply (R19).

#include "actors/core/owner/eligibility.hpp"
#include "tests/unit/core/office.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The office opens on a Monday.
constexpr const char* tuesdays
  = R"("schedule":{"weekly":[{"days":["tue"],"from":"00:00","to":"00:00"}]})";
constexpr const char* mondays
  = R"("schedule":{"weekly":[{"days":["mon"],"from":"00:00","to":"00:00"}]})";

std::string both(std::string_view a, std::string_view b) {
  return std::string{a} + "," + std::string{b};
}

// -- who can get a lead -------------------------------------------------------

struct owner_case {
  const char* name;
  std::string ana; /// fields of her document
  const char* none;
  const char* on_schedule;
  const char* available;
};

void PrintTo(const owner_case& c, std::ostream* os) {
  *os << c.ana;
}

/// The word of an exclusion; empty: none.
std::string word(std::optional<exclusion> e) {
  return e ? std::string{to_string(*e)} : "";
}

struct R7Owner : testing::TestWithParam<owner_case> {};

TEST_P(R7Owner, IsExcludedFor) {
  office o;
  o.agent("eva", GetParam().ana);
  auto excluded = [&o](assign_requires r) {
    return word(owner_exclusion(o.team(), "eva", r, o.now));
  };
  EXPECT_EQ(excluded(assign_requires::none), GetParam().none);
  EXPECT_EQ(excluded(assign_requires::schedule), GetParam().on_schedule);
  EXPECT_EQ(excluded(assign_requires::available), GetParam().available);
}

constexpr const char* inactive = R"("active":false)";
constexpr const char* paused = R"("accepting_leads":false)";
constexpr const char* no_turns = R"("daily_cap":0)";
constexpr const char* unavailable = R"("available_for_calls":false)";
constexpr const char* absent
  = R"("absences":[{"from":"2026-03-02","to":"2026-03-02"}])";

INSTANTIATE_TEST_SUITE_P(
  Table, R7Owner,
  testing::ValuesIn(std::vector<owner_case>{
    {"Nothing", "", "", "", ""},
    {"BeingInactive", inactive, "inactive", "inactive", "inactive"},
    {"BeingPaused", paused, "paused", "paused", "paused"},
    {"ACapOfZero", no_turns, "capped", "capped", "capped"},
    {"ACapNotReached", R"("daily_cap":1)", "", "", ""},
    {"NoCap", R"("daily_cap":null)", "", "", ""},
    {"BeingOffDuty", tuesdays, "", "off_schedule", "off_schedule"},
    {"NothingOnDuty", mondays, "", "", ""},
    {"TheCallToggle", unavailable, "", "", "unavailable"},
    {"NoPhoneIsNoReason", R"("phone":null)", "", "", ""},
    {"BeingAbsent", absent, "absent", "absent", "absent"},
    {"InactiveBeforeAbsent", both(inactive, absent), "inactive", "inactive",
     "inactive"},
    {"AbsentBeforePaused", both(absent, paused), "absent", "absent", "absent"},
    {"PausedBeforeCapped", both(paused, no_turns), "paused", "paused",
     "paused"},
    {"CappedBeforeOffSchedule", both(no_turns, tuesdays), "capped", "capped",
     "capped"},
    {"OffScheduleBeforeUnavailable", both(tuesdays, unavailable), "",
     "off_schedule", "off_schedule"},
  }),
  by_name{});

TEST(R7Owner, WhoIsNotConfiguredIsUnknown) {
  office o;
  EXPECT_EQ(
    word(owner_exclusion(o.team(), "eva", assign_requires::none, o.now)),
    "unknown");
}

TEST(R7Owner, WhoWasRemovedIsInactive) {
  office o;
  o.remove("ana");
  EXPECT_EQ(
    word(owner_exclusion(o.team(), "ana", assign_requires::none, o.now)),
    "inactive");
}

TEST(R7Owner, TheCapCountsTurnsOverAllPoolsOnTheAgentsDate) {
  office o{R"("pools":[{"id":"p","members":[{"agent_id":"ana"}]},)"
           R"({"id":"q","members":[{"agent_id":"ana"}]}],)"
           R"("routing_rules":[)"
           R"({"id":"z","when":{"sources":["z"]},"assign":{"pool":"q"}},)"
           R"({"id":"r","assign":{"pool":"p"}}])"};
  o.agent("ana", R"("daily_cap":2,"time_zone":"America/Chicago")");
  auto excluded = [&o] {
    return word(owner_exclusion(o.team(), "ana", assign_requires::none, o.now));
  };
  o.lead("l");
  EXPECT_EQ(excluded(), "");
  o.lead("m", R"("source":"z")");
  EXPECT_EQ(excluded(), "capped");
  // 09:00 in Chicago: its day ends 15 hours later, not with that of UTC.
  o.now += hours{15} - milliseconds{1};
  EXPECT_EQ(excluded(), "capped");
  o.now += milliseconds{1};
  EXPECT_EQ(excluded(), "");
}

TEST(R7Owner, OnlyTurnsCountTowardsTheCap) {
  office o;
  o.agent("ana", R"("daily_cap":1)");
  o.lead("l", R"("assigned_agent":"ana")");
  o.lead("m", R"("assigned_agent":"ana")");
  EXPECT_EQ(o.owner("m"), "ana");
  EXPECT_EQ(
    word(owner_exclusion(o.team(), "ana", assign_requires::none, o.now)), "");
}

/// A zone that is set right gives nobody the same date twice.
TEST(R7Owner, TheDayOfTheCapOnlyMovesForward) {
  office o;
  auto excluded = [&o] {
    return word(owner_exclusion(o.team(), "ana", assign_requires::none, o.now));
  };
  o.agent("ben", paused);
  o.agent("ana", R"("daily_cap":1,"time_zone":"Pacific/Kiritimati")");
  o.lead("l"); // on the 3rd there
  EXPECT_EQ(excluded(), "capped");
  o.agent("ana", R"("daily_cap":1,"time_zone":"America/Chicago")");
  EXPECT_EQ(excluded(), "capped"); // it is the 2nd
  o.now += hours{24};
  EXPECT_EQ(excluded(), "capped"); // and now the 3rd once more
  o.now += hours{24};
  EXPECT_EQ(excluded(), "");
  o.lead("m");
  EXPECT_EQ(excluded(), "capped");
}

// -- who is away (R50) --------------------------------------------------------

struct absence_case {
  const char* name;
  std::string eva; /// fields of her document
  const char* away_until;
  bool absent;
};

void PrintTo(const absence_case& c, std::ostream* os) {
  *os << c.name;
}

struct R50Absent : testing::TestWithParam<absence_case> {};

/// It is Monday 2026-03-02, 15:00 UTC: in Kiritimati already Tuesday.
TEST_P(R50Absent, IsWhoIsNotThere) {
  office o;
  o.agent("eva", GetParam().eva);
  if (*GetParam().away_until != '\0')
    o.toggle("eva",
             R"("away_until":")" + std::string{GetParam().away_until} + "\"");
  EXPECT_EQ(is_absent(o.team(), *o.team().agent("eva"), o.now),
            GetParam().absent);
}

constexpr const char* kiritimati = R"("time_zone":"Pacific/Kiritimati")";
constexpr const char* closed
  = R"("schedule":{"weekly":[],"overrides":[{"date":"2026-03-02",)"
    R"("closed":true}]})";

INSTANTIATE_TEST_SUITE_P(
  Table, R50Absent,
  testing::ValuesIn(std::vector<absence_case>{
    {"NobodyByDefault", "", "", false},
    {"OnTheOnlyDate", absent, "", true},
    {"OnTheFirstDate",
     R"("absences":[{"from":"2026-03-02","to":"2026-03-09"}])", "", true},
    {"OnTheLastDate", R"("absences":[{"from":"2026-02-02","to":"2026-03-02"}])",
     "", true},
    {"NotTheDayBefore",
     R"("absences":[{"from":"2026-03-03","to":"2026-03-09"}])", "", false},
    {"NotTheDayAfter",
     R"("absences":[{"from":"2026-02-02","to":"2026-03-01"}])", "", false},
    {"InAnyOfSeveral",
     R"("absences":[{"from":"2026-01-01","to":"2026-01-01"},)"
     R"({"from":"2026-03-01","to":"2026-03-02"}])",
     "", true},
    {"OnTheAgentsDate", both(absent, kiritimati), "", false},
    {"OnADateThatAnOverrideCloses", closed, "", true},
    {"NotWhereAnotherOverrideAddsAWindow",
     R"("schedule":{"weekly":[],"overrides":[{"date":"2026-03-02",)"
     R"("closed":true},{"date":"2026-03-02","from":"20:00","to":"21:00"}]})",
     "", false},
    {"NotOnADateWithoutWindows", tuesdays, "", false},
    {"UntilAMomentToCome", "", "2026-03-02T15:00:00.001Z", true},
    {"NotAtThatMoment", "", "2026-03-02T15:00:00Z", false},
  }),
  by_name{});

TEST(R50Absent, OneThatIsNotAfterNowEndsIt) {
  office o;
  o.toggle("ana", R"("away_until":"2026-03-05T00:00:00Z")");
  o.agent("ana"); // a document leaves it
  EXPECT_TRUE(is_absent(o.team(), *o.team().agent("ana"), o.now));
  o.toggle("ana", R"("away_until":"2026-03-01T00:00:00Z")");
  EXPECT_FALSE(is_absent(o.team(), *o.team().agent("ana"), o.now));
}

TEST(R50Absent, SetAsideItKeepsNobodyFromALead) {
  office o;
  o.agent("eva", absent);
  EXPECT_EQ(word(owner_exclusion(o.team(), "eva", assign_requires::none, o.now,
                                 absence_rule::set_aside)),
            "");
  o.agent("eva", both(absent, no_turns));
  EXPECT_EQ(word(owner_exclusion(o.team(), "eva", assign_requires::none, o.now,
                                 absence_rule::set_aside)),
            "capped");
}

struct named_case {
  const char* name;
  std::string eva;
  bool takes;
};

void PrintTo(const named_case& c, std::ostream* os) {
  *os << c.name;
}

struct R7Named : testing::TestWithParam<named_case> {};

TEST_P(R7Named, TakesLeads) {
  office o;
  o.agent("eva", GetParam().eva);
  EXPECT_EQ(takes_named(o.team(), "eva", o.now), GetParam().takes);
  EXPECT_FALSE(takes_named(o.team(), "nobody", o.now));
}

INSTANTIATE_TEST_SUITE_P(Table, R7Named,
                         testing::ValuesIn(std::vector<named_case>{
                           {"AsARule", "", true},
                           {"NotInactive", inactive, false},
                           {"NotPaused", paused, false},
                           {"NotAbsent", absent, false},
                           {"Capped", no_turns, true},
                           {"OffDuty", tuesdays, true}}),
                         by_name{});

// -- who may be rung ----------------------------------------------------------

std::string ring_word(office& o, const char* id) {
  return word(
    ring_exclusion(o.team(), id, taken_numbers{o.team(), o.now}, o.now));
}

struct ring_case {
  const char* name;
  std::string ana;
  const char* excluded;
};

void PrintTo(const ring_case& c, std::ostream* os) {
  *os << c.ana;
}

struct R22Ring : testing::TestWithParam<ring_case> {};

TEST_P(R22Ring, IsExcludedFor) {
  office o;
  o.agent("eva", GetParam().ana);
  EXPECT_EQ(ring_word(o, "eva"), GetParam().excluded);
}

constexpr const char* no_phone = R"("phone":null)";

INSTANTIATE_TEST_SUITE_P(
  Table, R22Ring,
  testing::ValuesIn(std::vector<ring_case>{
    {"Nothing", "", ""},
    {"BeingInactive", inactive, "inactive"},
    {"BeingOffDuty", tuesdays, "off_schedule"},
    {"NothingOnDuty", mondays, ""},
    {"TheCallToggle", unavailable, "unavailable"},
    {"NoPhone", no_phone, "no_phone"},
    {"AnEndpointIsRungToo", both(no_phone, R"("endpoint":"sip:eva@acme")"), ""},
    {"BeingAbsent", absent, "absent"},
    {"BeingAwayOnAClosedDate", closed, "absent"},
    {"InactiveBeforeAbsent", both(inactive, absent), "inactive"},
    {"AbsentBeforeOffSchedule", both(absent, tuesdays), "absent"},
    {"PausedIsNoReason", paused, ""},
    {"CappedIsNoReason", no_turns, ""},
    {"InactiveBeforeOffSchedule", both(inactive, tuesdays), "inactive"},
    {"OffScheduleBeforeUnavailable", both(tuesdays, unavailable),
     "off_schedule"},
    {"UnavailableBeforeNoPhone", both(unavailable, no_phone), "unavailable"},
  }),
  by_name{});

/// Ana owns the lead `l` and is called for it.
struct R22Busy : testing::Test {
  R22Busy() {
    o.configure(std::string{one_pool} + R"(,"calls":{"wrap_up_s":30})");
    o.lead("l", R"("assigned_agent":"ana")");
    o.transfer();
  }
  std::string excluded() { return ring_word(o, "ana"); }
  office o;
};

TEST_F(R22Busy, ReservedWhileALegRings) {
  EXPECT_EQ(excluded(), "reserved");
  o.ring("declined", "ana");
  EXPECT_EQ(excluded(), "");
}

TEST_F(R22Busy, OnCallFromTheWinToTheEnd) {
  o.ring("answered", "ana");
  EXPECT_EQ(excluded(), "on_call");
}

TEST_F(R22Busy, WrapUpIsHalfOpen) {
  o.ring("answered", "ana");
  o.on_call("call.ended");
  EXPECT_EQ(excluded(), "wrap_up");
  o.now += seconds{30} - milliseconds{1};
  EXPECT_EQ(excluded(), "wrap_up");
  o.now += milliseconds{1}; // ringable from that instant on (R34)
  EXPECT_EQ(excluded(), "");
}

TEST_F(R22Busy, WhatTheDocumentSaysComesBeforeWhatTheyDo) {
  EXPECT_EQ(excluded(), "reserved");
  o.ring("answered", "ana");
  o.agent("ana", no_phone);
  EXPECT_EQ(excluded(), "no_phone");
  o.toggle("ana", unavailable);
  EXPECT_EQ(excluded(), "unavailable");
}

TEST(R22Ring, WhoIsNotConfiguredIsUnknown) {
  office o;
  EXPECT_EQ(ring_word(o, "eva"), "unknown");
}

TEST(R22Ring, WhoWasRemovedIsInactive) {
  office o;
  o.remove("ana");
  EXPECT_EQ(ring_word(o, "ana"), "inactive");
}

TEST(R22Ring, WhoIsBusyByTheirOwnWordIsOnACall) {
  office o;
  o.toggle("ana", R"("busy":true)");
  EXPECT_EQ(ring_word(o, "ana"), "on_call");
  o.toggle("ana", R"("busy":false)");
  EXPECT_EQ(ring_word(o, "ana"), "");
  o.configure(std::string{one_pool} + R"(,"calls":{"max_call_s":60})");
  o.toggle("ana", R"("busy":true)");
  o.now += seconds{60} - milliseconds{1};
  EXPECT_EQ(ring_word(o, "ana"), "on_call");
  o.now += milliseconds{1};
  EXPECT_EQ(ring_word(o, "ana"), "");
}

// -- numbers that are taken (R51) ---------------------------------------------

/// Eva's number while Ana's is rung, talks and wraps up.
struct sharing_case {
  const char* name;
  const char* ana;
  const char* eva;
  bool shared;
};

void PrintTo(const sharing_case& c, std::ostream* os) {
  *os << c.name;
}

struct R51Number : testing::TestWithParam<sharing_case> {};

TEST_P(R51Number, IsTakenUntilTheCallIsOver) {
  office o;
  o.configure(std::string{one_pool} + R"(,"calls":{"wrap_up_s":30})");
  o.agent("ana", GetParam().ana);
  o.agent("eva", GetParam().eva);
  o.lead("l", R"("assigned_agent":"ana")");
  const auto* busy = GetParam().shared ? "phone_busy" : "";
  EXPECT_EQ(ring_word(o, "eva"), "");
  o.transfer();
  EXPECT_EQ(ring_word(o, "eva"), busy);
  o.ring("answered", "ana");
  EXPECT_EQ(ring_word(o, "eva"), busy);
  o.on_call("call.ended");
  EXPECT_EQ(ring_word(o, "eva"), busy);
  o.now += seconds{30};
  EXPECT_EQ(ring_word(o, "eva"), "");
}

INSTANTIATE_TEST_SUITE_P(
  Table, R51Number,
  testing::ValuesIn(std::vector<sharing_case>{
    {"ThatIsTheSame", R"("phone":"512 555 0150")", R"("phone":"+15125550150")",
     true},
    {"ThatIsAnother", R"("phone":"+15125550150")", R"("phone":"+15125550151")",
     false},
    {"WithAnotherExtension", R"("phone":"+15125550150 ext 1")",
     R"("phone":"+15125550150 ext 2")", false},
    {"WithTheSameExtension", R"("phone":"+15125550150 ext 1")",
     R"("phone":"+1 512 555 0150 x1")", true},
    {"OfTheSameDesk", R"("phone":null,"endpoint":"sip:desk@acme")",
     R"("phone":null,"endpoint":"sip:desk@acme")", true},
    {"BesideAnEndpointThatIsNotRung",
     R"("phone":"+15125550150","endpoint":"sip:desk@acme")",
     R"("phone":null,"endpoint":"sip:desk@acme")", false},
  }),
  by_name{});

/// A new number does not free the one that rings.
TEST(R51Numbers, StayTakenWhenTheAgentsDocumentChanges) {
  office o;
  o.agent("eva", R"("phone":"+15125550101")"); // Ana's
  o.lead("l", R"("assigned_agent":"ana")");
  o.transfer();
  o.agent("ana", R"("phone":"+15125550160")");
  EXPECT_EQ(ring_word(o, "eva"), "phone_busy");
}

TEST(R51Numbers, OfFallbackLegsAreCountedByLegsAndCalls) {
  office o{std::string{one_pool}
           + R"(,"transfer":{"fallback_numbers":["+15125550199"],)"
             R"("pattern":"assigned_agent"})"};
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, unavailable);
  o.agent("eva", R"("phone":"+15125550199","active":false)");
  auto on = [&o] { return taken_numbers{o.team(), o.now}.on("+15125550199"); };
  EXPECT_EQ(on(), 0U);
  o.lead("l");
  o.lead("m");
  o.transfer("c");
  EXPECT_EQ(on(), 1U);
  o.transfer("d", R"("lead_id":"m")");
  EXPECT_EQ(on(), 2U);
  o.ring("answered", "+15125550199", "c");
  o.ring("declined", "+15125550199", "d");
  EXPECT_EQ(on(), 1U);
  o.on_call("call.ended", "c");
  EXPECT_EQ(on(), 0U);
}

// -- the schedule -------------------------------------------------------------

TEST(R22Schedule, IsInTheAgentsZoneElseTheTeams) {
  // 15:00 UTC is 09:00 in Chicago and 16:00 in Berlin.
  constexpr const char* nine_to_ten
    = R"("schedule":{"weekly":[{"from":"09:00","to":"10:00"}]})";
  office o{R"("time_zone":"America/Chicago")"};
  o.agent("eva", nine_to_ten);
  o.agent("fay", both(nine_to_ten, R"("time_zone":"Europe/Berlin")"));
  EXPECT_TRUE(on_schedule(o.team(), *o.team().agent("eva"), o.now));
  EXPECT_FALSE(on_schedule(o.team(), *o.team().agent("fay"), o.now));
}

TEST(R22Schedule, AnAgentWithoutOneIsAlwaysInside) {
  office o;
  for (int h = 0; h < 24 * 7; ++h)
    EXPECT_TRUE(on_schedule(o.team(), *o.team().agent("ana"), o.now + hours{h}))
      << h;
}

TEST(R22Schedule, AnEmptyOneIsNever) {
  office o;
  o.agent("ana", R"("schedule":{"weekly":[]})");
  for (int h = 0; h < 24 * 7; ++h)
    EXPECT_FALSE(
      on_schedule(o.team(), *o.team().agent("ana"), o.now + hours{h}))
      << h;
}

} // namespace
} // namespace fairlead::test
