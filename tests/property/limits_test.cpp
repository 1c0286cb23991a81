// R15's edges: what is kept, how long and how much, each just inside its limit
// and just beyond it. (500 rules: unit/messages/documents_test; a record's 256
// KiB: unit/messages/decode_test.)

#include "actors/core/invariant.hpp"
#include "actors/core/visits/decide.hpp"
#include "tests/property/desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto tick = milliseconds{1};
constexpr instant start = at_ms(1'772'463'600'000); // 2026-03-02T15:00:00Z

constexpr const char* two_agent_team
  = R"({"team_id":"acme","account_owner":"ana",)"
    R"("pools":[{"id":"p","members":[{"agent_id":"ana"},{"agent_id":"ben"}]}],)"
    R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}]})";

/// One team with two agents and a rule for everybody.
struct acme : desk {
  explicit acme(const std::string& document = two_agent_team) {
    desk::take(topic::roster, "team.configured", "acme", document, start);
    for (const char* id : {"ana", "ben"})
      desk::take(
        topic::roster, "agent.configured", "acme",
        json_object{}
          .text("agent_id", id)
          .text("name", id)
          .text("phone", id[0] == 'a' ? "+15125550101" : "+15125550102")
          .str(),
        start);
  }
  desk_result lead(const std::string& id, instant at,
                   const std::string& contact = "{}") {
    return desk::take(
      topic::leads, "lead.received", "acme",
      json_object{}.text("lead_id", id).json("contact", contact).str(), at);
  }
  desk_result about(const char* type, const std::string& lead_id, instant at) {
    return desk::take(topic::leads, type, "acme",
                      json_object{}.text("lead_id", lead_id).str(), at);
  }
  desk_result outreach(const std::string& lead_id, const std::string& id,
                       instant at, std::size_t payload = 2) {
    return desk::take(topic::leads, "outreach.requested", "acme",
                      json_object{}
                        .text("lead_id", lead_id)
                        .text("outreach_id", id)
                        .text("channel", "sms")
                        .text("payload", std::string(payload - 2, 'x'))
                        .str(),
                      at);
  }
  desk_result call(const char* type, const std::string& id, instant at,
                   const std::string& lead_id = "l") {
    return desk::take(
      topic::calls, type, "acme",
      json_object{}.text("call_id", id).text("lead_id", lead_id).str(), at);
  }
  desk_result outcome(const std::string& call_id, const char* tag, instant at,
                      const std::string& lead_id = "l") {
    return desk::take(topic::calls, "call.outcome", "acme",
                      json_object{}
                        .text("call_id", call_id)
                        .text("lead_id", lead_id)
                        .text("outcome", tag)
                        .str(),
                      at);
  }
};

/// The verdicts on outreach, with their reasons.
std::string verdicts(const desk_result& r) {
  std::string text;
  for (const auto& g : r.all<outreach_gated>()) {
    text += text.empty() ? "" : " ";
    text += g.verdict == gate::released ? std::string{"released"}
            : g.verdict == gate::held
              ? std::string{"held"}
              : std::string{to_string(g.reason.value())};
  }
  return text;
}

// -- leads --------------------------------------------------------------------

TEST(R15Kept, AClosedLead180Days) {
  for (bool known : {true, false}) {
    acme d;
    d.lead("l", start);
    d.about("lead.closed", "l", start);
    auto again = d.lead("l", start + days{180} - (known ? tick : 0 * tick));
    EXPECT_EQ(again.count<lead_assigned>(), known ? 0U : 1U);
    EXPECT_EQ(again.all<notification_requested>().at(0).kind,
              known ? notification_kind::re_inquiry
                    : notification_kind::new_lead);
  }
}

TEST(R15Kept, AnUntouchedOpenLead730Days) {
  for (bool known : {true, false}) {
    acme d;
    d.lead("l", start);
    auto again = d.lead("l", start + days{730} - (known ? tick : 0 * tick));
    EXPECT_EQ(again.count<lead_assigned>(), known ? 0U : 1U);
  }
}

TEST(R15Kept, TheIndexGoesWithItsLead) {
  for (bool known : {true, false}) {
    acme d;
    auto kim = R"({"phone":"+1 512 555 0170","email":"Kim@Example.com"})";
    d.lead("l", start, kim);
    d.about("lead.closed", "l", start);
    auto at = start + days{180} - (known ? tick : 0 * tick);
    EXPECT_EQ(d.lead("m", at, kim).all<lead_assigned>().at(0).reason,
              known ? assign_reason::existing_owner : assign_reason::rotation);
  }
}

TEST(R15Kept, AForgottenLeadLeavesNoBytes) {
  acme d;
  auto empty = d.part().store().size();
  for (int i = 0; i < 50; ++i)
    d.lead(
      "l" + std::to_string(i), start,
      json_object{}.text("phone", "+151255502" + std::to_string(10 + i)).str());
  EXPECT_EQ(d.part().store().size(), empty + 50);
  // A few entries are looked at in each batch; any step of the team will do.
  for (int i = 0; i < 20; ++i)
    d.lead("last", start + days{731});
  EXPECT_EQ(d.part().store().size(), empty + 1);
}

TEST(R15Kept, OptOutsForEver) {
  acme d;
  auto kim = R"({"phone":"+1 512 555 0170","email":"kim@example.com"})";
  d.lead("l", start, kim);
  d.outcome("c", "opt_out", start + hours{1});
  auto later = start + days{20 * 365};
  d.lead("by-phone", later, R"({"phone":"(512) 555-0170"})");
  d.lead("by-email", later, R"({"email":" KIM@example.com"})");
  d.lead("other", later, R"({"email":"roe@example.com"})");
  EXPECT_EQ(verdicts(d.outreach("by-phone", "o1", later)), "opted_out");
  EXPECT_EQ(verdicts(d.outreach("by-email", "o2", later)), "opted_out");
  EXPECT_EQ(verdicts(d.outreach("other", "o3", later)), "released");
  // What is kept for ever says nothing about the person: it is a hash.
  int kept = 0;
  d.part().store().each([&kept](const state_name& name, std::string_view) {
    if (name.kind != entity_kind::opt_out)
      return;
    ++kept;
    EXPECT_EQ(name.id.find("512555"), std::string_view::npos) << name.id;
    EXPECT_EQ(name.id.find("kim"), std::string_view::npos) << name.id;
  });
  EXPECT_EQ(kept, 2);
}

TEST(R15Kept, FivePhonesAndFiveEmailsALead) {
  acme d;
  auto at = start;
  auto reason = [&](const std::string& id, const std::string& contact) {
    return d.lead(id, at += tick, contact).all<lead_assigned>().at(0).reason;
  };
  auto phone = [](int n) {
    return R"({"phone":"+1512555016)" + std::to_string(n) + "\"}";
  };
  auto email = [](int n) {
    return R"({"email":"kim)" + std::to_string(n) + "@example.com\"}";
  };
  for (int n = 0; n < 6; ++n) {
    d.lead("by-phone", at += tick, phone(n));
    d.lead("by-email", at += tick, email(n));
  }
  EXPECT_EQ(reason("a", phone(0)), assign_reason::rotation);
  EXPECT_EQ(reason("b", phone(1)), assign_reason::existing_owner);
  EXPECT_EQ(reason("c", email(0)), assign_reason::rotation);
  EXPECT_EQ(reason("d", email(1)), assign_reason::existing_owner);
}

TEST(R15Kept, AnOptOutForEverWhateverTheLeadIsGivenLater) {
  acme d;
  auto at = start;
  d.lead("l", at, R"({"phone":"+15125550160"})");
  d.outcome("c", "opt_out", at);
  for (int n = 1; n < 6; ++n)
    d.lead("l", at += tick,
           R"({"phone":"+1512555016)" + std::to_string(n) + "\"}");
  // The first phone has left the lead, but not its opt-out (R53).
  d.lead("first", at += tick, R"({"phone":"+15125550160"})");
  d.lead("last", at += tick, R"({"phone":"+15125550165"})");
  d.lead("other", at += tick, R"({"phone":"+15125550166"})");
  EXPECT_EQ(verdicts(d.outreach("first", "o1", at)), "opted_out");
  EXPECT_EQ(verdicts(d.outreach("last", "o2", at)), "opted_out");
  EXPECT_EQ(verdicts(d.outreach("other", "o3", at)), "released");
}

TEST(R15Kept, ALeadsPhoneKnowsTheLast1000Received) {
  desk d; // no document: nobody gets an owner, all outreach is held
  auto at = start;
  for (int i = 0; i < 1001; ++i) {
    auto id = "l" + std::to_string(i);
    d.take(topic::leads, "lead.received", "acme",
           json_object{}
             .text("lead_id", id)
             .json("contact", R"({"phone":"+15125550170"})")
             .str(),
           at += tick);
    d.take(topic::leads, "outreach.requested", "acme",
           json_object{}
             .text("lead_id", id)
             .text("outreach_id", id)
             .text("channel", "sms")
             .str(),
           at);
  }
  auto key = phone_key("+15125550170");
  EXPECT_EQ(d.part().team("acme").person(key).leads.size(), 1000U);
  // An opt-out reaches all of them, and not the one that fell out.
  auto out = d.take(topic::calls, "call.outcome", "acme",
                    json_object{}
                      .text("call_id", "c")
                      .text("lead_id", "l1000")
                      .text("outcome", "opt_out")
                      .str(),
                    at + tick);
  EXPECT_EQ(out.count<outreach_gated>(), 1000U);
  for (const auto& g : out.all<outreach_gated>())
    EXPECT_NE(g.outreach_id, "l0");
}

TEST(R15Kept, TenThousandLeadsOfATeamThatIsNotConfigured) {
  desk d;
  auto lead = [&](int i) {
    return d.take(topic::leads, "lead.received", "acme",
                  json_object{}.text("lead_id", "l" + std::to_string(i)).str(),
                  start + seconds{i});
  };
  for (int i = 1; i < 10'000; ++i)
    d.publish(d.writer().make(
                topic::leads, "lead.received", "acme",
                json_object{}.text("lead_id", "l" + std::to_string(i)).str()),
              start);
  EXPECT_EQ(d.work().count<lead_unassigned>(), 9'999U);
  EXPECT_EQ(lead(10'000).count<lead_unassigned>(), 1U);
  EXPECT_EQ(lead(10'001).dead, (std::vector<std::string>{"unknown_team"}));
  EXPECT_TRUE(lead(10'000).dead.empty()); // a known one is welcome
}

// -- tasks --------------------------------------------------------------------

TEST(R15Kept, AnOpenTask90DaysAfterItsDueTime) {
  for (bool moves : {true, false}) {
    acme d;
    d.lead("l", start);
    // Due 300 s later: the default of R41.
    auto made = d.outcome("c", "needs_follow_up", start);
    auto due = made.all<task_created>().at(0).due_at;
    EXPECT_EQ(due, start + seconds{300});
    auto by_hand = d.take(topic::leads, "lead.assignment_requested", "acme",
                          R"({"lead_id":"l","agent_id":"ben"})",
                          due + days{90} - (moves ? tick : 0 * tick));
    EXPECT_EQ(by_hand.count<lead_assigned>(), 1U);
    EXPECT_EQ(by_hand.count<task_moved>(), moves ? 1U : 0U);
  }
}

TEST(R15Kept, FiftyOpenTasksALead) {
  acme d;
  d.lead("l", start);
  std::vector<std::string> ids;
  d.on_step = [&](step& s) {
    for (const auto& o : s.outputs())
      if (std::holds_alternative<task_created>(o.body))
        ids.push_back(o.id);
  };
  for (int i = 0; i < 51; ++i)
    d.outcome("c" + std::to_string(i), "needs_follow_up", start);
  ASSERT_EQ(ids.size(), 51U);
  auto moved = d.take(topic::leads, "lead.assignment_requested", "acme",
                      R"({"lead_id":"l","agent_id":"ben"})", start)
                 .all<task_moved>();
  ASSERT_EQ(moved.size(), 50U);
  EXPECT_EQ(moved.front().task_id, ids[1]); // the oldest no longer moves
  EXPECT_EQ(moved.back().task_id, ids[50]);
}

// -- held outreach ------------------------------------------------------------

TEST(R15Kept, HeldOutreachSevenDays) {
  acme d;
  EXPECT_EQ(verdicts(d.outreach("later", "o1", start)), "held");
  EXPECT_EQ(verdicts(d.outreach("later", "o2", start + tick)), "held");
  EXPECT_EQ(verdicts(d.pass(start + days{7} - tick)), "");
  EXPECT_EQ(verdicts(d.pass(start + days{7})), "held_too_long");
  EXPECT_EQ(verdicts(d.lead("later", start + days{7})), "released");
}

TEST(R15Kept, AHundredHeldOutreachesALead) {
  acme d;
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(verdicts(d.outreach("later", "o" + std::to_string(i), start)),
              "held");
  EXPECT_EQ(verdicts(d.outreach("later", "o100", start)), "too_many");
  EXPECT_EQ(verdicts(d.outreach("other", "o100", start)), "held");
}

TEST(R15Kept, Held256KiBALead) {
  // What counts: id, channel and payload as they came.
  constexpr std::size_t most = 256 * 1024;
  for (std::size_t over : {0U, 1U}) {
    acme d;
    EXPECT_EQ(verdicts(d.outreach("later", "o1", start, most / 2 - 5)), "held");
    EXPECT_EQ(verdicts(d.outreach("later", "o2", start, most / 2 - 5 + over)),
              over == 0 ? "held" : "too_many");
  }
}

// -- calls --------------------------------------------------------------------

/// A missed call: nobody may be rung.
desk_result missed(acme& d, const std::string& id, instant at) {
  for (const char* agent : {"ana", "ben"})
    d.take(topic::roster, "agent.availability_changed", "acme",
           json_object{}
             .text("agent_id", agent)
             .flag("available_for_calls", false)
             .str(),
           at);
  return d.call("transfer.requested", id, at);
}

TEST(R15Kept, ACall24HoursAfterItsEnd) {
  for (bool kept : {true, false}) {
    acme d;
    d.lead("l", start);
    EXPECT_EQ(missed(d, "c", start).count<transfer_missed>(), 1U);
    auto late = d.outcome("c", "successful_transfer",
                          start + hours{24} - (kept ? tick : 0 * tick));
    EXPECT_EQ(late.count<outcome_corrected>(), kept ? 1U : 0U);
  }
}

TEST(R15Kept, ACallIdThirtyDaysAndOnlyOptOutIsApplied) {
  acme d;
  d.lead("l", start);
  missed(d, "c", start);
  auto at = start + hours{24};
  EXPECT_TRUE(d.outcome("c", "not_interested", at).outputs.empty());
  EXPECT_FALSE(d.outcome("c", "opt_out", at).outputs.empty());
  at = start + days{30};
  EXPECT_TRUE(d.call("transfer.requested", "c", at - tick).outputs.empty());
  EXPECT_EQ(d.call("transfer.requested", "c", at).count<transfer_missed>(), 1U);
}

TEST(R15Kept, SixtyFourParkedEventsACall) {
  acme d;
  for (int i = 0; i < 64; ++i)
    EXPECT_TRUE(d.call("caller.hung_up", "c", start).dead.empty());
  EXPECT_EQ(d.call("caller.hung_up", "c", start).dead,
            (std::vector<std::string>{"unknown_call"}));
  EXPECT_TRUE(d.call("caller.hung_up", "other", start).dead.empty());
}

TEST(R15Kept, AThousandParkedEventsATeam) {
  acme d;
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(
      d.call("caller.hung_up", "c" + std::to_string(i), start).dead.empty());
  EXPECT_EQ(d.call("caller.hung_up", "more", start).dead,
            (std::vector<std::string>{"unknown_call"}));
  // Their time over, there is room again, and each is a dead letter.
  EXPECT_EQ(d.pass(start + minutes{1}).dead.size(), 1000U);
  EXPECT_TRUE(
    d.call("caller.hung_up", "more", start + minutes{1}).dead.empty());
}

// -- documents ----------------------------------------------------------------

TEST(R15Kept, TwoThousandAgentsATeam) {
  desk d;
  auto agent = [&](int i) {
    return d.writer().make(topic::roster, "agent.configured", "acme",
                           json_object{}
                             .text("agent_id", "a" + std::to_string(i))
                             .text("name", "A")
                             .str());
  };
  for (int i = 1; i < 2000; ++i)
    d.publish(agent(i), start);
  EXPECT_TRUE(d.work().dead.empty());
  EXPECT_TRUE(d.take(agent(2000), start).dead.empty());
  EXPECT_EQ(d.take(agent(2001), start).dead,
            (std::vector<std::string>{"invalid_document"}));
  EXPECT_TRUE(d.take(agent(7), start).dead.empty()); // a known one may change
}

// -- snapshots ----------------------------------------------------------------

constexpr std::size_t snapshot_max = 900 * 1024;

TEST(R15Kept, NoSnapshotOfALeadPasses900KiB) {
  acme d;
  // One field after the other, each as long as a record allows.
  std::string much(250 * 1024, 'x');
  for (const char* field : {"name", "phone", "email"})
    d.lead("l", start, json_object{}.text(field, much).str());
  for (const char* field :
       {"source", "lead_type", "city", "zip", "state", "timeframe"})
    d.take(topic::leads, "lead.received", "acme",
           json_object{}.text("lead_id", "l").text(field, much).str(), start);
  d.take(
    topic::leads, "lead.received", "acme",
    json_object{}.text("lead_id", "l").json("tags", "[\"" + much + "\"]").str(),
    start);
  EXPECT_LE(d.largest_snapshot(), snapshot_max);
}

TEST(R15Kept, NoSnapshotOfAPersonPasses900KiB) {
  desk d;
  // The longest ids: 128 code points of four bytes.
  std::string tail;
  for (int i = 0; i < 124; ++i)
    tail += "\U0001F600";
  for (int i = 1000; i < 2000; ++i)
    d.publish(d.writer().make(topic::leads, "lead.received", "acme",
                              json_object{}
                                .text("lead_id", std::to_string(i) + tail)
                                .json("contact", R"({"phone":"+15125550170"})")
                                .str()),
              start);
  d.work();
  EXPECT_GT(d.largest_snapshot(), 400U * 1024);
  EXPECT_LE(d.largest_snapshot(), snapshot_max);
}

TEST(R15Kept, NoSnapshotOfACallPasses900KiB) {
  acme d;
  std::size_t dead = 0;
  for (int i = 0; i < 64; ++i)
    dead += d.take(topic::calls, "caller.hung_up", "acme",
                   json_object{}
                     .text("call_id", "c")
                     .text("filler", std::string(100 * 1024, 'x'))
                     .str(),
                   start)
              .dead.size();
  EXPECT_GT(dead, 0U);
  EXPECT_GT(d.largest_snapshot(), 400U * 1024);
  EXPECT_LE(d.largest_snapshot(), snapshot_max);
}

TEST(R15Kept, NoSnapshotOfACallWithLongHeadersPasses900KiB) {
  acme d;
  for (int i = 0; i < 64; ++i)
    d.take(d.writer().make(topic::calls, "caller.hung_up", "acme",
                           R"({"call_id":"c"})"),
           start, {{"x", std::string(100 * 1024, 'h')}});
  EXPECT_LE(d.largest_snapshot(), snapshot_max);
}

// 2000 agents whose ids are as long as ids may be: what rings them all is
// larger than a record, and whoever asks for it must not hold up the rest.
TEST(R15Kept, WhatNoRecordCanHoldIsAFailureOfItsStep) {
  desk d;
  d.take(topic::roster, "team.configured", "acme",
         R"({"team_id":"acme","account_owner":"ana"})", start);
  std::string long_name;
  for (int i = 0; i < 124; ++i)
    long_name += "\U0001F600";
  for (int i = 0; i < 2000; ++i)
    d.publish(
      d.writer().make(topic::roster, "agent.configured", "acme",
                      json_object{}
                        .text("agent_id", long_name + std::to_string(i))
                        .text("name", "A")
                        .text("phone", "+1512555" + std::to_string(1000 + i))
                        .str()),
      start);
  d.work();
  auto& part = d.part();
  raw_record transfer;
  transfer.on = topic::calls;
  transfer.timestamp = start;
  transfer.key = "acme";
  transfer.value
    = d.writer()
        .make(topic::calls, "transfer.requested", "acme",
              R"({"call_id":"c","lead_id":"l","pattern":"simultaneous_group"})")
        .value;
  batch b;
  b.records.push_back(&transfer);
  b.wall = start;
  part.begin(b);
  auto* s = part.next_step();
  ASSERT_NE(s, nullptr);
  make_visits(*s);
  EXPECT_THROW(part.finish(), invariant_error);
  part.fail("too large");
  ASSERT_TRUE(part.failure().has_value());
  EXPECT_EQ(part.failure()->record, transfer.where());
  part.aborted();
  part.quarantine(transfer.where(), "too large");
  part.begin(b);
  EXPECT_EQ(part.next_step(), nullptr);
  auto written = part.result(no_positions);
  EXPECT_EQ(written.records.front().on, topic::dead_letters);
  part.committed(written);
}

// R15: nothing else grows for ever, whoever may publish.
TEST(R15Kept, NothingOfTeamsAndAgentsThatNobodyKnows) {
  auto settings = desk::default_settings();
  settings.live_teams_max = 10;
  desk d{settings};
  for (int i = 0; i < 100; ++i)
    d.take(topic::leads, "lead.closed", "team " + std::to_string(i),
           R"({"lead_id":"l"})", start);
  EXPECT_EQ(d.part().store().size(), 0U);
  EXPECT_LE(d.part().store().teams(), 10U);
  EXPECT_GE(d.part().take_dropped_teams().size(), 90U);
  // Their actors end.
  d.take(topic::roster, "agent.removed", "acme", R"({"agent_id":"nobody"})",
         start);
  auto gone = d.part().take_gone();
  EXPECT_TRUE(std::any_of(gone.begin(), gone.end(), [](const auto& g) {
    return g.second == entity_name{entity_kind::agent, "nobody"};
  }));
}

// A team that was let go of comes back as it was.
TEST(R15Kept, ATeamThatWasLetGoOfIsReadAgain) {
  auto settings = desk::default_settings();
  settings.live_teams_max = 1;
  desk d{settings};
  auto lead = [&](const std::string& team, int i) {
    return d
      .take(topic::leads, "lead.received", team,
            json_object{}.text("lead_id", "l" + std::to_string(i)).str(), start)
      .all<lead_assigned>()
      .at(0)
      .turn;
  };
  for (const char* team : {"one", "two"}) {
    d.take(topic::roster, "team.configured", team,
           json_object{}
             .text("team_id", team)
             .text("account_owner", "ana")
             .json("pools", R"([{"id":"p","members":[{"agent_id":"ana"}]}])")
             .json("routing_rules", R"([{"id":"r","assign":{"pool":"p"}}])")
             .str(),
           start);
    d.take(topic::roster, "agent.configured", team, R"({"agent_id":"ana"})",
           start);
  }
  for (int i = 1; i < 5; ++i)
    for (const char* team : {"one", "two"})
      EXPECT_EQ(lead(team, i), i);
}

TEST(R15Kept, NoSnapshotOfADocumentPasses900KiB) {
  // As many members, rules and overrides as a record can hold.
  std::string members;
  for (int i = 0; members.size() < 250'000; ++i)
    members
      += (i == 0 ? "" : ",") + ("{\"agent_id\":\"" + std::to_string(i)) + "\"}";
  acme d{R"({"team_id":"acme","account_owner":"ana","pools":[{"id":"p",)"
         R"("members":[)"
         + members + "]}]}"};
  EXPECT_NE(d.part().team("acme").pool("p"), nullptr);
  std::string days_off;
  for (int i = 0; days_off.size() < 250'000; ++i)
    days_off += std::string{i == 0 ? "" : ","} + R"({"date":"2026-01-)"
                + (i % 28 < 9 ? "0" : "") + std::to_string(1 + i % 28)
                + R"(","closed":true})";
  auto r = d.take(topic::roster, "agent.configured", "acme",
                  R"({"agent_id":"cy","name":"Cy","schedule":{"overrides":[)"
                    + days_off + "]}}",
                  start);
  EXPECT_TRUE(r.dead.empty());
  EXPECT_GT(d.largest_snapshot(), 50U * 1024);
  EXPECT_LE(d.largest_snapshot(), snapshot_max);
}

TEST(R15Kept, NoSnapshotOfAPoolPasses900KiB) {
  // Each document has other members, with the longest ids; those of before are
  // remembered for a week.
  std::string tail;
  for (int i = 0; i < 124; ++i)
    tail += "\U0001F600";
  acme d;
  for (int document = 0; document < 6; ++document) {
    std::vector<std::string> members;
    for (int i = 0; i < 450; ++i)
      members.push_back(
        json_object{}
          .text("agent_id", std::to_string(1000 + 450 * document + i) + tail)
          .str());
    auto r = d.take(
      topic::roster, "team.configured", "acme",
      json_object{}
        .text("team_id", "acme")
        .text("account_owner", "ana")
        .json("pools", json_list({json_object{}
                                    .text("id", "p")
                                    .json("members", json_list(members, false))
                                    .str()},
                                 false))
        .str(),
      start + document * tick);
    EXPECT_TRUE(r.dead.empty());
  }
  EXPECT_FALSE(d.part().team("acme").rotation_of("p").gone.empty());
  EXPECT_GT(d.largest_snapshot(), 400U * 1024);
  EXPECT_LE(d.largest_snapshot(), snapshot_max);
}

} // namespace
} // namespace fairlead::test
