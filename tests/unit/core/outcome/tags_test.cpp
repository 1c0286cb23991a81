// R38, and the outcomes of R33: which tag of a call counts.

#include "tests/unit/core/outcome/anas_lead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

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

TEST(R38Tag, AnOptOutAlwaysCounts) {
  anas_lead o;
  o.tag("needs_follow_up");
  EXPECT_THAT(told(o.tag("opt_out")),
              ElementsAre("cadence cancelled: opt_out"));
  EXPECT_THAT(told(o.outreach("o1")), ElementsAre("refused o1: opted_out"));
  // And it is the tag that counted, too.
  anas_lead other_way_round;
  other_way_round.tag("opt_out");
  EXPECT_THAT(told(other_way_round.tag("needs_follow_up")), IsEmpty());
}

TEST(R38Tag, IsComparedAsTextsAreFolded) {
  for (const char* tag : {"not_interested", "Not interested", "NOT-INTERESTED",
                          " not  interested "}) {
    anas_lead o;
    EXPECT_EQ(told(o.tag(tag)), refused) << tag;
  }
}

TEST(R38Tag, GoesOutAsTheTeamListsIt) {
  anas_lead o{with_outcomes(
    R"("Hot Buyer":[{"do":"cancel_cadence"},{"do":"notify","to":["owner"]}],)"
    R"("Missed Transfer":[])")};
  auto r = o.tag("hot_buyer");
  EXPECT_THAT(told(r),
              ElementsAre("cadence cancelled: Hot Buyer", "tell ana: outcome"));
  EXPECT_EQ(r.all<notification_requested>().at(0).outcome->text(), "Hot Buyer");
  o.miss("d");
  EXPECT_THAT(told(o.tag(won, "d")),
              Contains("corrected Missed Transfer to successful_transfer"));
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

// -- R38: a success ends the call-backs ---------------------------------------

TEST(R38CallBacks, EndWithTheFirstSuccessOfAnotherCall) {
  anas_lead o;
  o.miss("c1");
  EXPECT_THAT(behind_the_first(o.win("c2")),
              ElementsAre("task cancelled: reached",
                          "cadence cancelled: successful_transfer",
                          "tell ana: transfer_answered",
                          "tell olivia: transfer_answered"));
  EXPECT_THAT(o.lead_now().tasks, IsEmpty());
}

TEST(R38CallBacks, TheOneThatAMissRepeatsIsItsOwn) {
  anas_lead o;
  o.miss("c1");
  o.miss("c2");
  EXPECT_THAT(told(o.tag(won, "c2")),
              Contains("task cancelled: outcome_corrected"));
  EXPECT_THAT(o.lead_now().tasks, IsEmpty());
}

TEST(R38CallBacks, EndWithATagToo) {
  anas_lead o;
  o.miss("c1");
  o.tag(won, "c2");
  EXPECT_THAT(told(o.wait(seconds{60})), Contains("task cancelled: reached"));
}

TEST(R38CallBacks, OfMissesOnly) {
  anas_lead o{
    with_outcomes(R"("hot":[{"do":"create_task","kind":"call_back"}])")};
  o.tag("hot", "c1");
  o.tag("needs_follow_up", "c2");
  EXPECT_THAT(told(o.win("c3")), Not(Contains("task cancelled: reached")));
  EXPECT_EQ(o.lead_now().tasks.size(), 2U);
}

TEST(R38CallBacks, ATaskThatTheMissFoundIsItsOwn) {
  anas_lead o{
    with_outcomes(R"("hot":[{"do":"create_task","kind":"call_back"}])")};
  o.tag("hot", "c");
  EXPECT_THAT(told(o.miss("c")),
              ElementsAre("missed: busy", "tell ana: transfer_missed"));
  EXPECT_THAT(told(o.tag(won, "c")),
              Contains("task cancelled: outcome_corrected"));
}

// -- R33: a win that was none -------------------------------------------------

const lines a_miss{"corrected successful_transfer to missed_transfer",
                   "cadence resumed", "task call_back for ana",
                   "tell ana: transfer_missed"};

TEST(R33Outcome, AMissInFullAndTheCadenceGoesOn) {
  anas_lead o;
  o.win();
  EXPECT_EQ(behind_the_first(o.bridge_failed("ana")), a_miss);
}

TEST(R33Outcome, TheCadenceIsCancelledOnceMoreAfterThat) {
  anas_lead o;
  o.win();
  o.bridge_failed("ana");
  EXPECT_THAT(told(o.tag(won)),
              ElementsAre("corrected missed_transfer to successful_transfer",
                          "task cancelled: outcome_corrected",
                          "cadence cancelled: successful_transfer",
                          "tell ana: transfer_answered",
                          "tell olivia: transfer_answered"));
  EXPECT_THAT(told(o.tag("opt_out")), IsEmpty());
}

TEST(R33Outcome, NotWhereTheMissCancelsIt) {
  anas_lead o{with_outcomes(R"("missed_transfer":[{"do":"cancel_cadence"}])")};
  o.win();
  EXPECT_THAT(behind_the_first(o.bridge_failed("ana")),
              ElementsAre("corrected successful_transfer to missed_transfer",
                          "task call_back for ana"));
}

TEST(R33Outcome, NorWhereAnotherTagOfTheCallDoes) {
  anas_lead o;
  o.win();
  o.tag("not_interested");
  EXPECT_THAT(told(o.bridge_failed("ana")), Not(Contains("cadence resumed")));
}

TEST(R33Outcome, NorWhereTheSuccessDidNot) {
  anas_lead o{with_outcomes(R"("successful_transfer":[])")};
  o.win();
  EXPECT_THAT(told(o.bridge_failed("ana")), Not(Contains("cadence resumed")));
}

TEST(R33Outcome, ASecondWinnerIsToldOfByNameAndNothingElseRunsTwice) {
  anas_lead o;
  o.agent("ana", R"("name":"Ana Diaz")");
  o.agent("ben", R"("name":"Ben Roe")");
  o.transfer("c", R"("pattern":"simultaneous_group")");
  o.ring("answered", "ana");
  o.bridge_failed("ana");
  auto r = o.ring("answered", "ben");
  EXPECT_THAT(behind_the_first(r),
              ElementsAre("tell ana: transfer_answered",
                          "tell olivia: transfer_answered"));
  EXPECT_THAT(words_to(r, "ana", notification_kind::transfer_answered),
              testing::HasSubstr("was taken by Ben Roe, not by Ana Diaz, as "
                                 "it had seemed."));
}

TEST(R33Outcome, TheMissHasATaskOfItsOwnAfterOneThatWasCancelled) {
  anas_lead o;
  o.miss("c1");
  o.win("c2"); // reached: the task of c1 is cancelled
  o.on_call("call.ended", "c2");
  o.win("c1"); // once more (R44), and c1 has a success
  EXPECT_THAT(told(o.bridge_failed("ana", "c1")),
              Contains("task call_back for ana"));
}

// -- R44: another routing -----------------------------------------------------

TEST(R44Once, ASecondMissChangesNothing) {
  anas_lead o;
  o.miss();
  EXPECT_THAT(told(o.miss()), ElementsAre("missed: busy"));
}

TEST(R44Once, ASuccessCorrectsTheMiss) {
  anas_lead o;
  o.miss();
  EXPECT_EQ(behind_the_first(o.win()), corrected);
}

TEST(R44Once, AMissAfterASuccessThatWasTaggedChangesNothing) {
  anas_lead o;
  o.miss();
  o.tag(won);
  EXPECT_THAT(told(o.miss()), ElementsAre("missed: busy"));
}

} // namespace
} // namespace fairlead::test
