// R38 to R42: what an outcome leads to.

#include "actors/core/outcome/outcomes.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using lines = std::vector<std::string>;

constexpr const char* inactive = R"("active":false)";
constexpr const char* off = R"("available_for_calls":false)";
constexpr const char* owner_only = R"("pattern":"assigned_agent")";

std::string with_outcomes(std::string_view outcomes) {
  return std::string{one_pool} + R"(,"outcomes":{)" + std::string{outcomes}
         + "}";
}

/// Ana owns the lead `l`.
struct anas_lead : office {
  explicit anas_lead(std::string_view team_fields = one_pool)
    : office{team_fields} {
    lead("l", R"("assigned_agent":"ana")");
  }
  /// Rings her alone, and she is busy.
  desk_result miss(std::string_view call = "c") {
    transfer(call, owner_only);
    return ring("busy", "ana", call);
  }
  desk_result win(std::string_view call = "c") {
    transfer(call, owner_only);
    return ring("answered", "ana", call);
  }
};

task_created task_of(const desk_result& r) {
  return r.all<task_created>().at(0);
}

// -- R38: a tag at each state of its call -------------------------------------

const lines nothing;
const lines success{"cadence cancelled: successful_transfer",
                    "tell ana: transfer_answered",
                    "tell olivia: transfer_answered"};
const lines corrected{
  "corrected missed_transfer to successful_transfer",
  "task cancelled: outcome_corrected", "cadence cancelled: successful_transfer",
  "tell ana: transfer_answered", "tell olivia: transfer_answered"};
const lines refused{"cadence cancelled: not_interested"};

void unrouted(anas_lead&) {
}
void ringing(anas_lead& o) {
  o.transfer();
}
void connected(anas_lead& o) {
  o.win();
}
void missed(anas_lead& o) {
  o.miss();
}
void ended(anas_lead& o) {
  o.win();
  o.on_call("call.ended");
}

struct tag_case {
  const char* name;
  void (*state)(anas_lead&);
  const char* tag;
  lines came_of_it;
};

void PrintTo(const tag_case& c, std::ostream* os) {
  *os << c.tag;
}

struct R38Tag : testing::TestWithParam<tag_case> {};

TEST_P(R38Tag, LeadsTo) {
  anas_lead o;
  GetParam().state(o);
  EXPECT_EQ(told(o.tag(GetParam().tag)), GetParam().came_of_it);
}

constexpr const char* won = "successful_transfer";
constexpr const char* lost = "missed_transfer";
constexpr const char* other = "not_interested";

INSTANTIATE_TEST_SUITE_P(Table, R38Tag,
                         testing::ValuesIn(std::vector<tag_case>{
                           {"SuccessUnrouted", unrouted, won, nothing},
                           {"SuccessRinging", ringing, won, nothing},
                           {"SuccessConnected", connected, won, nothing},
                           {"SuccessMissed", missed, won, corrected},
                           {"SuccessEnded", ended, won, nothing},
                           {"MissUnrouted", unrouted, lost, nothing},
                           {"MissRinging", ringing, lost, nothing},
                           {"MissConnected", connected, lost, nothing},
                           {"MissMissed", missed, lost, nothing},
                           {"MissEnded", ended, lost, nothing},
                           {"OtherUnrouted", unrouted, other, refused},
                           {"OtherRinging", ringing, other, refused},
                           {"OtherMissed", missed, other, refused},
                           // The cadence is cancelled once per call (R39).
                           {"OtherConnected", connected, other, nothing},
                           {"OtherEnded", ended, other, nothing},
                         }),
                         by_name{});

TEST(R38Tag, ASuccessAfterAMissCorrectsItOnce) {
  anas_lead o;
  o.miss();
  o.tag(won);
  EXPECT_THAT(told(o.tag(won)), IsEmpty());
  EXPECT_THAT(told(o.tag(lost)), IsEmpty());
}

TEST(R38Tag, ATaskThatIsNotOpenAnyMoreIsNotCancelled) {
  anas_lead o;
  auto r = o.miss();
  std::string task;
  for (const auto& x : r.outputs)
    if (std::holds_alternative<task_created>(x.body))
      task = x.id;
  o.send(topic::leads, "task.completed",
         R"({"lead_id":"l","task_id":")" + task + "\"}");
  EXPECT_EQ(told(o.tag(won)),
            (lines{corrected[0], corrected[2], corrected[3], corrected[4]}));
}

TEST(R38Tag, OfTheOtherTagsTheFirstPerCallCounts) {
  anas_lead o;
  EXPECT_THAT(told(o.tag("needs_follow_up")), Not(IsEmpty()));
  EXPECT_THAT(told(o.tag("not_interested")), IsEmpty());
  EXPECT_THAT(told(o.tag("not_interested", "another")), Not(IsEmpty()));
}

TEST(R38Tag, AnOtherTagNeedsAKnownLead) {
  office o;
  EXPECT_THAT(o.tag(other).dead, ElementsAre("unknown_lead"));
}

TEST(R38Tag, AnUnknownTagIsAFault) {
  anas_lead o;
  EXPECT_THAT(o.tag("hot").dead, ElementsAre("invalid_value"));
}

TEST(R38Tag, OfACallNeverRoutedIsAppliedAMinuteLater) {
  anas_lead o;
  o.tag(won);
  EXPECT_THAT(told(o.wait(seconds{60} - milliseconds{1})), IsEmpty());
  EXPECT_EQ(told(o.wait(milliseconds{1})), success);
}

TEST(R38Tag, OfACallNeverRoutedAndAnUnknownLead) {
  office o;
  o.tag(lost);
  EXPECT_THAT(o.wait(seconds{60}).dead, ElementsAre("unknown_call"));
}

TEST(R38Tag, MeetsTheOwnerOfThatMoment) {
  anas_lead o;
  o.miss();
  o.assign("l", R"("agent_id":"ben")");
  EXPECT_THAT(told(o.tag(won)), Contains("tell ben: transfer_answered"));
}

TEST(R38Tag, AndTheActionsInForce) {
  anas_lead o;
  o.transfer();
  o.configure(
    with_outcomes(R"("successful_transfer":[{"do":"stage","to":"won"}])"));
  EXPECT_THAT(told(o.ring("answered", "ana")), Contains("stage won"));
}

// -- R39 ----------------------------------------------------------------------

struct default_case {
  const char* tag;
  lines came_of_it;
};

void PrintTo(const default_case& c, std::ostream* os) {
  *os << c.tag;
}

struct R39Default : testing::TestWithParam<default_case> {};

TEST_P(R39Default, Is) {
  anas_lead o;
  EXPECT_EQ(
    told(o.tag(GetParam().tag, "c", R"("until":"2026-03-09T09:00:00Z")")),
    GetParam().came_of_it);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R39Default,
  testing::ValuesIn(std::vector<default_case>{
    {"opt_out", {"cadence cancelled: opt_out"}},
    {"not_interested", {"cadence cancelled: not_interested"}},
    {"bad_number", {"cadence cancelled: bad_number"}},
    {"needs_follow_up",
     {"cadence paused until 2026-03-09T09:00:00Z", "task follow_up for ana",
      "tell ana: outcome"}},
    {"contact_later", {"cadence paused until 2026-03-09T09:00:00Z"}},
    {"unqualified", {}},
  }),
  [](const testing::TestParamInfo<default_case>& row) {
    return std::string{row.param.tag};
  });

TEST(R39Default, OfASuccess) {
  anas_lead o;
  auto r = told(o.win());
  EXPECT_EQ(lines(r.begin() + 1, r.end()), success);
}

TEST(R39Default, OfAMiss) {
  anas_lead o;
  EXPECT_THAT(told(o.miss()),
              ElementsAre("missed: busy", "task call_back for ana",
                          "tell ana: transfer_missed"));
}

TEST(R39Actions, AListReplacesTheDefaultsOfItsOutcomeOnly) {
  anas_lead o{with_outcomes(R"("needs_follow_up":[{"do":"cancel_cadence"}])")};
  EXPECT_THAT(told(o.tag("needs_follow_up", "c1")),
              ElementsAre("cadence cancelled: needs_follow_up"));
  EXPECT_THAT(told(o.tag("bad_number", "c2")),
              ElementsAre("cadence cancelled: bad_number"));
}

TEST(R39Actions, AnEmptyListDoesNothing) {
  anas_lead o{with_outcomes(R"("opt_out":[],"hot":[])")};
  EXPECT_THAT(told(o.tag("hot", "c1")), IsEmpty());
  EXPECT_THAT(told(o.tag("opt_out", "c2")), IsEmpty());
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("refused o1: opted_out"));
}

TEST(R39Actions, RunInTheirOrderAndRolesAreThoseAfterTheAssignment) {
  anas_lead o{with_outcomes(
    R"("hot":[{"do":"notify","to":["owner"]},)"
    R"({"do":"create_task","kind":"visit"},{"do":"pause_cadence"},)"
    R"({"do":"stage","to":"hot"},{"do":"assign","agent":"ben"}])")};
  EXPECT_THAT(told(o.tag("hot")),
              ElementsAre("reassigned ben: outcome", "tell ben: reassigned",
                          "stage hot", "cadence paused", "task visit for ben",
                          "tell ben: outcome"));
}

TEST(R39Actions, TheCadenceIsCancelledOncePerCall) {
  anas_lead o;
  o.win();
  EXPECT_THAT(told(o.tag("opt_out")), IsEmpty());
  EXPECT_THAT(told(o.tag("opt_out", "another")),
              ElementsAre("cadence cancelled: opt_out"));
}

// -- R40 ----------------------------------------------------------------------

constexpr const char* all_roles
  = R"("hot":[{"do":"notify","to":["owner","account_owner","answered_by",)"
    R"({"agent":"ana"},{"agent":"eva"},{"agent":"ben"},{"agent":"ben"}]}])";

TEST(R40Recipients, OneMessageAPersonHoweverManyRoles) {
  anas_lead o{with_outcomes(all_roles)};
  // Answered by nobody; Eva is unknown.
  EXPECT_THAT(told(o.tag("hot")),
              ElementsAre("tell ana: outcome", "tell olivia: outcome",
                          "tell ben: outcome"));
}

TEST(R40Recipients, AnInactiveOneIsLeftOut) {
  anas_lead o{with_outcomes(all_roles)};
  o.agent("ben", inactive);
  o.remove("olivia");
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("tell ana: outcome"));
}

TEST(R40Recipients, AnsweredByIsWhoWon) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"notify","to":["answered_by"]}])")};
  o.transfer();
  o.ring("busy", "ana");
  o.ring("answered", "ben");
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("tell ben: outcome"));
}

TEST(R40Recipients, TheOwnerWhoIsTheAccountOwner) {
  office o;
  o.lead("l", R"("assigned_agent":"olivia")");
  o.transfer();
  EXPECT_EQ(
    told(o.ring("answered", "olivia")),
    (lines{"connected owner: olivia", "cadence cancelled: successful_transfer",
           "tell olivia: transfer_answered"}));
}

TEST(R40Recipients, OnePerCall) {
  anas_lead o;
  EXPECT_THAT(told(o.tag("needs_follow_up", "c1")),
              Contains("tell ana: outcome"));
  EXPECT_THAT(told(o.tag("needs_follow_up", "c2")),
              Contains("tell ana: outcome"));
}

// -- R41: due dates -----------------------------------------------------------

constexpr instant opening = at_ms(1'772'463'600'000); // Monday, 15:00 UTC

struct due_case {
  const char* name;
  const char* ana;  /// fields of her document
  const char* miss; /// the team's list for a miss, if any
  std::chrono::seconds due;
};

void PrintTo(const due_case& c, std::ostream* os) {
  *os << c.name;
}

struct R41Due : testing::TestWithParam<due_case> {};

TEST_P(R41Due, Is) {
  anas_lead o{
    *GetParam().miss == '\0'
      ? std::string{one_pool}
      : with_outcomes(R"("missed_transfer":)" + std::string{GetParam().miss})};
  o.agent("ana", GetParam().ana);
  auto missed = o.transfer("c", owner_only);
  if (o.call_now().phase == call_phase::ringing)
    missed = o.ring("busy", "ana");
  EXPECT_EQ(task_of(missed).due_at, opening + GetParam().due);
}

constexpr const char* an_hour
  = R"([{"do":"create_task","kind":"call_back","due_in_s":3600}])";
constexpr const char* at_once
  = R"([{"do":"create_task","kind":"call_back","due_in_s":0}])";
constexpr const char* at_18
  = R"("schedule":{"weekly":[{"from":"18:00","to":"20:00"}]})";
constexpr const char* until_15
  = R"("schedule":{"weekly":[{"from":"09:00","to":"15:00"}]})";

INSTANTIATE_TEST_SUITE_P(
  Table, R41Due,
  testing::ValuesIn(std::vector<due_case>{
    {"FiveMinutesByDefault", "", "", seconds{300}},
    {"ByTheTeamsList", "", an_hour, hours{1}},
    {"AtOnce", "", at_once, seconds{0}},
    {"OnDuty", R"("schedule":{"weekly":[{"from":"15:00","to":"16:00"}]})", "",
     seconds{300}},
    {"AfterTheStartOfTheNextWindow", at_18, "", hours{3} + seconds{300}},
    {"OfTheListsTimeAfterIt", at_18, an_hour, hours{4}},
    {"TheWindowHasJustEnded", until_15, "", hours{18} + seconds{300}},
    {"InTheAgentsZone",
     R"("time_zone":"America/Chicago",)"
     R"("schedule":{"weekly":[{"from":"18:00","to":"20:00"}]})",
     "", hours{9} + seconds{300}},
    {"OnTheThirteenthDay",
     R"("schedule":{"overrides":[)"
     R"({"date":"2026-03-15","from":"10:00","to":"11:00"}]})",
     "", hours{24 * 13 - 5} + seconds{300}},
    {"NoWindowWithinFourteenDays",
     R"("schedule":{"overrides":[)"
     R"({"date":"2026-03-17","from":"10:00","to":"11:00"}]})",
     "", seconds{300}},
    {"NoWindowEver", R"("schedule":{"weekly":[]})", "", seconds{300}},
  }),
  by_name{});

// -- R41: the task of a miss --------------------------------------------------

TEST(R41Task, CantBeRemoved) {
  for (const char* list :
       {"[]", R"([{"do":"notify","to":["account_owner"]}])"}) {
    anas_lead o{with_outcomes(R"("missed_transfer":)" + std::string{list})};
    EXPECT_THAT(told(o.miss()), Contains("task call_back for ana")) << list;
  }
}

TEST(R41Task, ItsTitleMayBeSet) {
  anas_lead o{with_outcomes(
    R"("missed_transfer":[{"do":"create_task","kind":"call_back",)"
    R"("title":"Ring them"}])")};
  EXPECT_EQ(task_of(o.miss()).title, "Ring them");
}

TEST(R41Task, OnePerCallAndKind) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"create_task","kind":"call_back"},)"
                            R"({"do":"create_task","kind":"visit"}])")};
  o.miss();
  EXPECT_THAT(told(o.tag("hot")), ElementsAre("task visit for ana"));
}

TEST(R41Task, AnInactiveOwnerIsReplacedFirst) {
  anas_lead o;
  o.transfer("c", owner_only);
  // Ana has no open task: her leads wait until they are touched.
  EXPECT_THAT(told(o.agent("ana", inactive)),
              ElementsAre("cancel ana: target_unavailable", "missed: no_target",
                          "reassigned ben: owner_inactive",
                          "tell ben: reassigned", "task call_back for ben",
                          "tell ben: transfer_missed"));
}

TEST(R41Task, OfNobodyGoesToTheFirstOwner) {
  office o;
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, inactive);
  EXPECT_THAT(told(o.transfer()),
              ElementsAre("unassigned: nobody_eligible", "missed: no_target",
                          "task call_back for nobody"));
  EXPECT_THAT(told(o.agent("ben", R"("active":true)")),
              ElementsAre("assigned ben: rotation", "stage working",
                          "task from nobody to ben", "tell ben: new_lead"));
}

TEST(R41Task, OfAnotherTagToo) {
  anas_lead o;
  o.agent("ana", inactive);
  EXPECT_THAT(told(o.tag("needs_follow_up")),
              ElementsAre("reassigned ben: owner_inactive",
                          "tell ben: reassigned", "cadence paused",
                          "task follow_up for ben", "tell ben: outcome"));
}

// -- R41: cover ---------------------------------------------------------------

constexpr const char* not_mondays
  = R"("schedule":{"weekly":[{"days":["tue"],"from":"09:00","to":"10:00"}]})";

struct R41Cover : testing::Test {
  /// A miss of Ana's lead, and who is asked to cover.
  std::string asked(const char* call) {
    for (const auto& n :
         o.transfer(call, owner_only).all<notification_requested>())
      if (n.kind == notification_kind::cover)
        return n.agent_id;
    return "";
  }
  R41Cover() {
    o.configure(R"("pools":[{"id":"p","members":[{"agent_id":"ana"},)"
                R"({"agent_id":"ben"},{"agent_id":"cat"}]}],)"
                R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])");
    o.agent("cat");
    o.agent("ana", not_mondays);
  }
  anas_lead o;
};

TEST_F(R41Cover, TheOneLeastRecentlyAsked) {
  EXPECT_EQ(asked("c1"), "ben");
  EXPECT_EQ(asked("c2"), "cat");
  EXPECT_EQ(asked("c3"), "ben");
}

TEST_F(R41Cover, MustBeRingable) {
  o.toggle("ben", off);
  EXPECT_EQ(asked("c1"), "cat");
  o.agent("cat", not_mondays);
  EXPECT_EQ(asked("c2"), "");
}

TEST_F(R41Cover, NobodyWhenTheOwnerIsOnDuty) {
  o.agent("ana");
  o.toggle("ana", off);
  EXPECT_EQ(asked("c1"), "");
}

TEST_F(R41Cover, IsOneOfTheGroupOfTheTransfer) {
  // Olivia could be rung, but is not in the pool.
  o.toggle("ben", off);
  o.toggle("cat", off);
  EXPECT_EQ(asked("c1"), "");
}

// -- R42 ----------------------------------------------------------------------

struct assign_case {
  const char* name;
  const char* to;
  const char* before; /// what Ben's document says
  lines came_of_it;
};

void PrintTo(const assign_case& c, std::ostream* os) {
  *os << c.to;
}

struct R42Assign : testing::TestWithParam<assign_case> {};

/// The owner is Ana; `q` is Ben's pool, `p` hers and his.
TEST_P(R42Assign, TheOwnerIsAna) {
  anas_lead o{R"("pools":[{"id":"p","members":[{"agent_id":"ben"},)"
              R"({"agent_id":"ana"}]},)"
              R"({"id":"q","members":[{"agent_id":"ben"}]}],"outcomes":)"
              R"({"hot":[{"do":"assign",)"
              + std::string{GetParam().to}
              + R"(},{"do":"stage","to":"hot"}]})"};
  o.agent("ben", GetParam().before);
  EXPECT_EQ(told(o.tag("hot")), GetParam().came_of_it);
}

INSTANTIATE_TEST_SUITE_P(
  Table, R42Assign,
  testing::ValuesIn(std::vector<assign_case>{
    {"AnAgent",
     R"("agent":"ben")",
     "",
     {"reassigned ben: outcome", "tell ben: reassigned", "stage hot"}},
    {"APool",
     R"("pool":"q")",
     "",
     {"reassigned ben: outcome", "tell ben: reassigned", "stage hot"}},
    {"TheSameOwner", R"("agent":"ana")", "", {"stage hot"}},
    {"APoolOfTheOwner", R"("pool":"p")", "", {"stage hot"}},
    {"UnknownAgent",
     R"("agent":"eva")",
     "",
     {"assign failed: unknown_agent", "tell olivia: action_failed",
      "stage hot"}},
    {"InactiveAgent",
     R"("agent":"ben")",
     R"("active":false)",
     {"assign failed: inactive_agent", "tell olivia: action_failed",
      "stage hot"}},
    {"NobodyEligible",
     R"("pool":"q")",
     R"("daily_cap":0)",
     {"assign failed: nobody_eligible", "tell olivia: action_failed",
      "stage hot"}},
    {"ACappedAgentNamedOutright",
     R"("agent":"ben")",
     R"("daily_cap":0)",
     {"reassigned ben: outcome", "tell ben: reassigned", "stage hot"}},
  }),
  by_name{});

TEST(R42Assign, APausedAgentNamedOutrightGetsTheLead) {
  anas_lead o{with_outcomes(R"("hot":[{"do":"assign","agent":"ben"}])")};
  o.toggle("ben", R"("accepting_leads":false)");
  EXPECT_THAT(told(o.tag("hot")), Contains("reassigned ben: outcome"));
}

TEST(R42Assign, APoolUsesATurn) {
  anas_lead o{R"("pools":[{"id":"q","members":[{"agent_id":"ben"}]}],)"
              R"("outcomes":{"hot":[{"do":"assign","pool":"q"}]})"};
  auto a = o.tag("hot").all<lead_assigned>().at(0);
  EXPECT_EQ(a.pool_id, "q");
  EXPECT_EQ(a.turn, 1U);
}

} // namespace
} // namespace fairlead::test
