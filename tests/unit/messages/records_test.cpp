// R47: where a forwarded record came from; what an input is called, and where
// it goes.

#include "messages/inputs.hpp"
#include "messages/records.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <optional>
#include <variant>

namespace fairlead::test {
namespace {

raw_record record() {
  raw_record r;
  r.on = topic::calls;
  r.partition = 11;
  r.offset = 7;
  return r;
}

TEST(Records, R47AForwardedRecordIsFromWhereItWasFirst) {
  auto r = record();
  r.on = topic::rekey;
  r.headers.emplace_back(forwarded_header, to_string({topic::leads, 3, 42}));
  EXPECT_EQ(origin_of(r), (position{topic::leads, 3, 42}));
}

TEST(Records, R47OnOtherTopicsAStrangersHeaderIsNotBelieved) {
  auto r = record();
  r.headers.emplace_back(forwarded_header, "leads/3/42");
  EXPECT_EQ(origin_of(r), r.where());
}

TEST(Records, R47AHeaderThatCannotBeReadIsPassedOver) {
  for (const char* text :
       {"", "leads", "leads/3", "leads/3/", "leads//42", "/3/42",
        "nowhere/3/42", "leads/3/42/1", "leads/-1/42", "leads/3/-1",
        "leads/3/42 ", "leads/3/4x", "leads/4294967296/1",
        "leads/3/9223372036854775808"}) {
    auto r = record();
    r.on = topic::rekey;
    r.headers.emplace_back(forwarded_header, text);
    EXPECT_EQ(origin_of(r), r.where()) << text;
  }
  auto r = record();
  r.on = topic::rekey;
  r.headers.emplace_back(forwarded_header, std::nullopt);
  EXPECT_EQ(origin_of(r), r.where());
}

TEST(Records, PositionsAreWrittenAndReadBack) {
  EXPECT_EQ(to_string({topic::dead_letters, 0, 9'223'372'036'854'775'807}),
            "dead-letters/0/9223372036854775807");
  for (std::size_t i = 0; i < topic_count; ++i) {
    position p{static_cast<topic>(i), 2'147'483'647, 0};
    raw_record r;
    r.on = topic::rekey;
    r.headers.emplace_back(forwarded_header, to_string(p));
    EXPECT_EQ(origin_of(r), p) << to_string(p);
  }
}

TEST(Inputs, EveryInputHasItsTypeAndTopic) {
  struct row {
    input_body body;
    const char* type;
    topic on;
  };
  const row all[] = {
    {team_configured{}, "team.configured", topic::roster},
    {agent_configured{}, "agent.configured", topic::roster},
    {agent_availability_changed{}, "agent.availability_changed", topic::roster},
    {agent_removed{}, "agent.removed", topic::roster},
    {lead_received{}, "lead.received", topic::leads},
    {lead_assignment_requested{}, "lead.assignment_requested", topic::leads},
    {lead_closed{}, "lead.closed", topic::leads},
    {outreach_requested{}, "outreach.requested", topic::leads},
    {task_completed{}, "task.completed", topic::leads},
    {transfer_requested{}, "transfer.requested", topic::calls},
    {ring_reported{}, "ring.answered", topic::calls},
    {call_bridge_failed{}, "call.bridge_failed", topic::calls},
    {caller_hung_up{}, "caller.hung_up", topic::calls},
    {call_ended{}, "call.ended", topic::calls},
    {call_outcome{}, "call.outcome", topic::calls},
  };
  ASSERT_EQ(std::size(all), std::variant_size_v<input_body>);
  for (std::size_t i = 0; i < std::size(all); ++i) {
    EXPECT_EQ(all[i].body.index(), i);
    EXPECT_EQ(type_of(all[i].body), all[i].type);
    EXPECT_EQ(input_topic_of(all[i].type), all[i].on) << all[i].type;
  }
  EXPECT_EQ(input_topic_of("nonsense"), topic::leads);
  const char* reports[]
    = {"ring.answered", "ring.accepted", "ring.declined", "ring.busy",
       "ring.failed",   "ring.machine",  "ring.no_answer"};
  for (std::size_t i = 0; i < std::size(reports); ++i)
    EXPECT_EQ(type_of(static_cast<leg_report>(i)), reports[i]);
}

} // namespace
} // namespace fairlead::test
