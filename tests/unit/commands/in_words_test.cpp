#include "commands/words/tell.hpp"
#include "messages/english/in_words.hpp"
#include "tests/unit/commands/history.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace fairlead::test {
namespace {

std::string told(output_body body) {
  handwriting hand;
  teller words;
  words.know("acme", "ana", "Ana Diaz");
  auto record
    = std::visit([&](auto b) { return hand.output(std::move(b), at(0), "e1"); },
                 std::move(body));
  return words.tell(record)->text;
}

TEST(InWords, NumbersAsPeopleWriteThem) {
  EXPECT_EQ(in_words(dialled{"+12125550101", ""}), "+12125550101");
  EXPECT_EQ(in_words(dialled{"+12125550101;ext=12", ""}),
            "+12125550101 ext. 12");
  EXPECT_EQ(in_words(dialled{"", "sip:desk@acme.example"}),
            "sip:desk@acme.example");
}

TEST(InWords, R19WhyARuleWasPassedOver) {
  using because = passed_over_because;
  EXPECT_EQ(in_words(rule_passed_over{"r", because::price, false}),
            "asks for another price");
  EXPECT_EQ(in_words(rule_passed_over{"r", because::price, true}),
            "asks for a price, and the lead gives none");
  EXPECT_EQ(in_words(rule_passed_over{"r", because::not_active, false}),
            "is not active at that time");
  EXPECT_EQ(in_words(rule_passed_over{"r", because::nobody_eligible, false}),
            "matches, but nobody there could take the lead");
}

TEST(InWords, R46Warnings) {
  EXPECT_EQ(warning_in_words("ignored:/price"), "/price could not be read");
  EXPECT_EQ(warning_in_words("read:/price"),
            "/price was read as well as it could be");
  EXPECT_EQ(warning_in_words("unmatched:/contact/phone"),
            "/contact/phone tells nobody apart, so it matches nobody");
  EXPECT_EQ(warning_in_words("something new"), "something new");
}

TEST(Tell, TheOutputsOfTheSecondEdition) {
  EXPECT_EQ(told(transfer_waiting{.call_id = "c1", .until = at(60)}),
            "call c1: nobody is free; waits until 15:01:00Z for somebody who "
            "is on another call");
  EXPECT_EQ(told(task_repeated{
              .task_id = "t", .assignee = "ana", .call_id = "c2", .misses = 3}),
            "missed again, 3 times so far: the task for Ana Diaz stands for "
            "all of them");
  EXPECT_EQ(told(cadence_resumed{.call_id = "c1"}),
            "follow-up goes on: nobody took the call after all");
  EXPECT_EQ(
    told(task_cancelled{.task_id = "t", .reason = task_cancel_reason::reached}),
    "a task is cancelled: a later call was answered");
}

TEST(Tell, PeopleByName) {
  EXPECT_EQ(told(task_moved{.task_id = "t", .from = "ana", .to = "ben"}),
            "a task moves from Ana Diaz to ben");
  auto won = [](const dialled& number) {
    auto c = std::make_unique<transfer_connected>();
    c->call_id = "c1";
    c->leg_id = "leg";
    c->number = number;
    c->waited_ms = 5000;
    return c;
  };
  auto by_name = won({"+12125550146", ""});
  by_name->agent_id = "u-77120";
  by_name->name = "Walt Beech";
  EXPECT_EQ(told(*by_name), "call c1: Walt Beech answered after 5.0 s");
  EXPECT_EQ(told(*won({"+12125550191;ext=7", ""})),
            "call c1: +12125550191 ext. 7 answered after 5.0 s");
}

TEST(Tell, R54WhoGoesAlong) {
  lead_assigned b;
  b.again = true;
  b.agent = {"ben", "Ben Okoro"};
  b.previous_owner = "ana";
  b.reason = assign_reason::owner_inactive;
  b.with = "l-8";
  b.decision_id = "d";
  EXPECT_EQ(told(b), "Ben Okoro takes over from Ana Diaz: the previous owner "
                     "is no longer active; the same person as lead l-8");
}

} // namespace
} // namespace fairlead::test
