// R7 and R22: who can get a lead, who may be rung, and which reason is said
// when several apply (R19).

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
    {"InactiveBeforePaused", both(inactive, paused), "inactive", "inactive",
     "inactive"},
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

// -- who may be rung ----------------------------------------------------------

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
  EXPECT_EQ(word(ring_exclusion(o.team(), "eva", o.now)), GetParam().excluded);
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
  std::string excluded() {
    return word(ring_exclusion(o.team(), "ana", o.now));
  }
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
  EXPECT_EQ(word(ring_exclusion(o.team(), "eva", o.now)), "unknown");
}

TEST(R22Ring, WhoWasRemovedIsInactive) {
  office o;
  o.remove("ana");
  EXPECT_EQ(word(ring_exclusion(o.team(), "ana", o.now)), "inactive");
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
