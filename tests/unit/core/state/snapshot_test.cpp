// Snapshots as earlier versions wrote them: a state that is in the log must be
// read by every later version, and be written again as the same bytes, or as
// those of the present format.

#include "actors/core/invariant.hpp"
#include "actors/core/state/snapshot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace fairlead {
namespace {

using testing::ElementsAre;

std::string bytes(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(16 * digit(hex[i]) + digit(hex[i + 1]));
  return out;
}

// A call that was missed, tagged as a success afterwards, and told about twice;
// in format 2.
constexpr std::string_view old_call_hex
  = "020006036c3134000ab801780002020a880900020773656c6c6572730204726573"
    "740082bd91929667c2da9c929667928b9292966702060001246236366237316130"
    "2d383635642d353835382d613932652d636232353062383034323465020261320c"
    "2b313531323535353031323002000e02096e6f5f616e73776572020000928b9292"
    "966702137375636365737366756c5f7472616e7366657202020002040f7472616e"
    "736665725f6d69737365640261320f7472616e736665725f6d6973736564026135"
    "117472616e736665725f616e737765726564026132117472616e736665725f616e"
    "737765726564026135010963616c6c5f6261636b2462653563653764632d636632"
    "362d356462342d393462652d633165636532373963303362000422e4db56d4bcee"
    "825c14cd79cff81b23233b5d92cf48754ed9d6d4058ca12b8fde9ae5d29c67";

// The same in format 3.
constexpr std::string_view call_hex
  = "030006036c3134000ab801780002020a88090080d21f000000000001020773656c"
    "6c65727302047265737400000082bd91929667c2da9c929667928b929296670206"
    "00012462363662373161302d383635642d353835382d613932652d636232353062"
    "383034323465020261320c2b313531323535353031323002000e000002096e6f5f"
    "616e73776572000000928b9292966702137375636365737366756c5f7472616e73"
    "666572020200000402040f7472616e736665725f6d6973736564026132000f7472"
    "616e736665725f6d697373656402613500117472616e736665725f616e73776572"
    "656402613200117472616e736665725f616e73776572656402613500010963616c"
    "6c5f6261636b2462653563653764632d636632362d356462342d393462652d6331"
    "6563653237396330336200000422e4db56d4bcee825c14cd79cff81b23233b5d92"
    "cf48754ed9d6d4058ca12b8fde9ae5d29c67000000000000";

TEST(Snapshot, WordsOfACallAreStoredAsTheirTexts) {
  call_state call;
  restore(bytes(old_call_hex), call);
  EXPECT_EQ(call.last_reason, miss_reason::no_answer);
  EXPECT_EQ(call.ledger.transfer_outcome, outcome::successful_transfer);
  EXPECT_THAT(
    call.ledger.told,
    ElementsAre(notice{notification_kind::transfer_missed, "a2", ""},
                notice{notification_kind::transfer_missed, "a5", ""},
                notice{notification_kind::transfer_answered, "a2", ""},
                notice{notification_kind::transfer_answered, "a5", ""}));
  ASSERT_EQ(call.ledger.tasks.size(), 1U);
  EXPECT_EQ(call.ledger.tasks[0].kind, default_task::call_back);
  // What format 2 did not say. That the cadence may be resumed (R33) is not
  // known here: there was a miss, too.
  EXPECT_TRUE(call.ledger.derived);
  EXPECT_EQ(call.ledger.cadence, cadence_state::cancelled);
  EXPECT_EQ(call.settings.cover_after_s, 259'200);
  EXPECT_EQ(snapshot(call), bytes(call_hex));
  call_state again;
  restore(bytes(call_hex), again);
  EXPECT_EQ(again, call);
}

TEST(Snapshot, ACallOfTheFirstEditionKeepsItsSettings) {
  call_state call;
  restore(bytes(old_call_hex), call);
  ASSERT_EQ(call.groups.size(), 1U);
  EXPECT_EQ(call.groups[0].group, group_ref{pool_ref{"sellers"}});
  EXPECT_EQ(call.groups[0].rule_id, "rest");
  ASSERT_EQ(call.legs.size(), 1U);
  EXPECT_EQ(call.legs[0].number,
            (dialled{.phone = "+15125550120", .endpoint = {}}));
  EXPECT_EQ(call.settings.answer_grace_s, 0); // R37
  EXPECT_EQ(call.settings.confirm_s, 0);
  EXPECT_EQ(call.settings.wait_s, 0);
  EXPECT_EQ(call.settings.min_talk_s, 0);
  EXPECT_EQ(call.settings.group_size, std::nullopt);
  EXPECT_EQ(call.failure, std::nullopt);
  EXPECT_FALSE(call.caller_gone);
}

// A lead with two open tasks, in format 2.
constexpr std::string_view old_lead_hex
  = "020002000002000002fe9fc2e99d6702020261330002074b696d20526f65000002"
    "116b696d3139406578616d706c652e636f6d02116b696d3139406578616d706c65"
    "2e636f6d02067a696c6c6f77020673656c6c65720000000000000207776f726b69"
    "6e670000022466636132373364332d643935652d353739622d383066372d333931"
    "3939306366626566370963616c6c5f6261636b0263350202613380ceedc89b6724"
    "32643666636331642d613532372d353735612d626630392d363735613035323135"
    "35346209666f6c6c6f775f757002633502026133b2c0e2829c670310ea5792cfc1"
    "6e4eb4766392cf597c4eaafe40fb8bdcf17c";

// The same in format 3.
constexpr std::string_view lead_hex
  = "030002000002000002fe9fc2e99d6702020261330000000002074b696d20526f65"
    "0001116b696d3139406578616d706c652e636f6d02067a696c6c6f77020673656c"
    "6c6572000000000000000207776f726b696e670000022466636132373364332d64"
    "3935652d353739622d383066372d3339313939306366626566370963616c6c5f62"
    "61636b0263350202613380ceedc89b67022432643666636331642d613532372d35"
    "3735612d626630392d36373561303532313535346209666f6c6c6f775f75700263"
    "3502026133b2c0e2829c67000310ea5792cfc16e4eb4766392cf597c4eaafe40fb"
    "8bdcf17c0000000000";

TEST(Snapshot, KindsOfTasksAreStoredAsTheirTexts) {
  lead_state lead;
  restore(bytes(old_lead_hex), lead);
  ASSERT_EQ(lead.tasks.size(), 2U);
  EXPECT_EQ(lead.tasks[0].kind, default_task::call_back);
  EXPECT_EQ(lead.tasks[1].kind, default_task::follow_up);
  // A call-back was of a miss (R41).
  EXPECT_EQ(lead.tasks[0].misses, 1);
  EXPECT_EQ(lead.tasks[1].misses, 0);
  EXPECT_EQ(snapshot(lead), bytes(lead_hex));
  lead_state again;
  restore(bytes(lead_hex), again);
  EXPECT_EQ(again, lead);
}

std::vector<std::string> reaches(std::string_view lead) {
  auto kept = reaches_of(lead);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kept.count; ++i)
    out.push_back(kept.all[i].kind + std::string{kept.all[i].text});
  return out;
}

TEST(Snapshot, WhatALeadKeepsIsReadWithoutTheRest) {
  lead_state lead;
  lead.known = true;
  lead.name = "Kim Roe";
  lead.last_owner = "an-agent-with-a-name-that-is-not-short";
  lead.phones = {"+15125550100", "+15125550101"};
  lead.emails = {"kim@example.com"};
  EXPECT_EQ(reaches(snapshot(lead)),
            (std::vector<std::string>{"p+15125550100", "p+15125550101",
                                      "ekim@example.com"}));
  EXPECT_TRUE(reaches(snapshot(lead_state{})).empty());
  // The same of what an older program wrote.
  lead_state old;
  restore(bytes(old_lead_hex), old);
  std::vector<std::string> keys;
  for (const auto& x : old.phones)
    keys.push_back(phone_key(x).text);
  for (const auto& x : old.emails)
    keys.push_back(email_key(x).text);
  EXPECT_EQ(reaches(bytes(old_lead_hex)), keys);
}

TEST(Snapshot, ThatSomeWereLeftOutIsKept) {
  for (auto left_out : {false, true})
    for (const auto& leads :
         {std::vector<std::string>{}, {"l-1"}, {"l-1", "l-2"}}) {
      person_state person{leads, left_out}, again;
      restore(snapshot(person), again);
      EXPECT_EQ(again, person);
    }
}

TEST(Snapshot, AWordThatIsNoneIsNoSnapshot) {
  auto damaged = bytes(call_hex);
  damaged.replace(damaged.find("no_answer"), 9, "no_anchor");
  call_state call;
  EXPECT_THROW(restore(damaged, call), invariant_error);
}

} // namespace
} // namespace fairlead
