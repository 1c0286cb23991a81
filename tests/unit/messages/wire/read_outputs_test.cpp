// Outputs that were written are read back as what they were, and those of
// another edition as far as they can be.

#include "messages/wire/encode.hpp"
#include "messages/wire/read_outputs.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

// A quote, an escape, two bytes for a character, and nothing at all.
const std::string text = "\"Zo\xc3\xab\"\n\\";

instant now() {
  return at_ms(1'772'463'600'250);
}

output_frame frame() {
  return {.team = "acme",
          .now = now(),
          .causation_id = "web-7f3a",
          .traceparent = {},
          .cause = position{topic::leads, 3, 42},
          .timer = {}};
}

dialled phone(std::string number) {
  return {.phone = std::move(number), .endpoint = {}};
}

dialled endpoint(std::string telephony) {
  return {.phone = {}, .endpoint = std::move(telephony)};
}

/// Each kind of output, with all that it can have and with as little.
std::vector<output_body> all_bodies() {
  return {
    lead_assigned{.again = true,
                  .agent = {"ana", text},
                  .previous_owner = "ben",
                  .reason = assign_reason::relaxed,
                  .rule_id = "rest",
                  .pool_id = "buyers",
                  .turn = 17,
                  .with = "l-0",
                  .decision_id = "d-1",
                  .warnings = {"ignored:/price", text}},
    lead_assigned{.again = false,
                  .agent = {"ana", ""},
                  .previous_owner = std::nullopt,
                  .reason = assign_reason::direct,
                  .rule_id = std::nullopt,
                  .pool_id = std::nullopt,
                  .turn = std::nullopt,
                  .with = std::nullopt,
                  .decision_id = "d-1",
                  .warnings = {}},
    lead_unassigned{unassigned_reason::no_rule},
    lead_stage_changed{"new", text}, lead_stage_changed{std::nullopt, "hot"},
    lead_conflict{"ana", "ben", "+15125550100", "kim@roe.example"},
    lead_conflict{"ana", "ben", std::nullopt, "kim@roe.example"},
    lead_conflict{"ana", "ben", "+15125550100", std::nullopt},
    action_failed{action_kind::assign, failure_reason::unknown_pool, "c-1",
                  "ana"},
    action_failed{action_kind::assign, failure_reason::inactive_agent,
                  std::nullopt, std::nullopt},
    agent_auto_unavailable{"ana", 3},
    ring_requested{
      .call_id = "c-1",
      .attempt = 2,
      .step = ring_step::group,
      .legs
      = {{"g-1", "ana", text, phone("+15125550101;ext=12"), std::nullopt},
         {"g-2", std::nullopt, std::nullopt, endpoint("sip:x"), std::nullopt}},
      .ring_timeout_s = 35,
      .expires_at = now() + 35s,
      .confirm = true,
      .lead_name = text,
      .lead_phone = "+15125550100",
      .context = R"({"b": 1,  "a":[1.50, {"c":"}"}]})",
      .warnings = {"ignored:/pattern"}},
    ring_requested{.call_id = "c-1",
                   .attempt = 1,
                   .step = ring_step::fallback,
                   .legs = {},
                   .ring_timeout_s = 5,
                   .expires_at = now(),
                   .confirm = false,
                   .lead_name = std::nullopt,
                   .lead_phone = std::nullopt,
                   .context = std::nullopt,
                   .warnings = {}},
    transfer_waiting{"c-1", now() + 30s},
    ring_cancelled{"c-1",
                   {{"g-1", "ana", std::nullopt, phone("+15125550101"),
                     cancel_reason::lost_race},
                    {"g-2", std::nullopt, std::nullopt, endpoint("8012"),
                     cancel_reason::ring_timeout}}},
    transfer_connected{.call_id = "c-1",
                       .attempt = 1,
                       .leg_id = "g-1",
                       .kind = answered_as::owner,
                       .agent_id = "ana",
                       .name = text,
                       .number = phone("+15125550101;ext=3"),
                       .waited_ms = 4'200},
    transfer_connected{.call_id = "c-1",
                       .attempt = 3,
                       .leg_id = "g-2",
                       .kind = answered_as::fallback,
                       .agent_id = std::nullopt,
                       .name = std::nullopt,
                       .number = endpoint("sip:x"),
                       .waited_ms = 0},
    transfer_missed{"c-1", miss_reason::total_timeout, 3, {}},
    transfer_missed{
      "c-1", miss_reason::no_target, 0, {"ignored:/ring_timeout_s"}},
    outcome_corrected{"c-1", outcome::missed_transfer,
                      outcome::successful_transfer},
    outcome_corrected{"c-1", outcome_tag{"Missed-Transfer"},
                      outcome::successful_transfer},
    notification_requested{.kind = notification_kind::outcome,
                           .agent_id = "ana",
                           .name = text,
                           .email = "ana@acme.example",
                           .phone = "+15125550101;ext=12",
                           .title = text,
                           .text = text,
                           .call_id = "c-1",
                           .task_id = "t-1",
                           .outcome = outcome_tag{"a tag of their own"},
                           .count = 3},
    notification_requested{.kind = notification_kind::new_lead,
                           .agent_id = "ana",
                           .name = "Ana",
                           .email = std::nullopt,
                           .phone = std::nullopt,
                           .title = "",
                           .text = "",
                           .call_id = std::nullopt,
                           .task_id = std::nullopt,
                           .outcome = std::nullopt,
                           .count = std::nullopt},
    task_created{.kind = default_task::call_back,
                 .assignee = "ana",
                 .due_at = now() + 5min,
                 .title = text,
                 .call_id = "c-1"},
    task_created{.kind = task_kind{"send_listings"},
                 .assignee = std::nullopt,
                 .due_at = now(),
                 .title = "",
                 .call_id = std::nullopt},
    task_moved{"t-1", std::nullopt, "ana"},
    task_moved{"t-1", "ana", std::nullopt},
    task_repeated{"t-1", "ana", "c-2", 2},
    task_repeated{"t-1", std::nullopt, "c-2", 3},
    task_cancelled{"t-1", task_cancel_reason::reached},
    outreach_gated{gate::released, "x-1", "sms", R"([1,  "two"])",
                   std::nullopt},
    outreach_gated{gate::held, "x-1", "email", std::nullopt, std::nullopt},
    outreach_gated{gate::refused, "x-1", "sms", R"("a text")",
                   refusal_reason::opted_out},
    cadence_cancelled{outcome::bad_number, "c-1"},
    cadence_cancelled{outcome_tag{"sold"}, std::nullopt},
    cadence_resumed{"c-1"},
    cadence_paused{now(), outcome::contact_later, "c-1"},
    cadence_paused{std::nullopt, outcome::contact_later, std::nullopt},
    decision_recorded{.kind = decision_kind::assignment,
                      .config_version = 3,
                      .rule_id = "rest",
                      .pool_id = "buyers",
                      .passed_over
                      = {{"zillow", passed_over_because::source, true},
                         {"luxury", passed_over_because::price, false}},
                      .v_before = 5'040,
                      .candidates = {{"ana", 5'040, std::nullopt},
                                     {"ben", 10'080, exclusion::inactive},
                                     {"cho", std::nullopt, exclusion::unknown}},
                      .chosen = {"ana"},
                      .tie_break = tie_break::position,
                      .pass_after = 7'560,
                      .call_id = "c-1",
                      .attempt = std::nullopt},
    decision_recorded{.kind = decision_kind::assignment,
                      .config_version = 0,
                      .rule_id = std::nullopt,
                      .pool_id = std::nullopt,
                      .passed_over = {},
                      .v_before = std::nullopt,
                      .candidates = {},
                      .chosen = {},
                      .tie_break = std::nullopt,
                      .pass_after = std::nullopt,
                      .call_id = std::nullopt,
                      .attempt = std::nullopt},
    decision_recorded{.kind = decision_kind::ring_attempt,
                      .config_version = 1,
                      .rule_id = std::nullopt,
                      .pool_id = "buyers",
                      .passed_over = {},
                      .v_before = std::nullopt,
                      .candidates = {{"ana", std::nullopt, std::nullopt},
                                     {"ben", std::nullopt, std::nullopt}},
                      .chosen = {"ana", "ben"},
                      .tie_break = std::nullopt,
                      .pass_after = std::nullopt,
                      .call_id = "c-1",
                      .attempt = 2},
    // A fallback number rings: an attempt, but no agent.
    decision_recorded{.kind = decision_kind::ring_attempt,
                      .config_version = 1,
                      .rule_id = std::nullopt,
                      .pool_id = std::nullopt,
                      .passed_over = {},
                      .v_before = std::nullopt,
                      .candidates = {},
                      .chosen = {},
                      .tie_break = std::nullopt,
                      .pass_after = std::nullopt,
                      .call_id = "c-1",
                      .attempt = 3}};
}

std::string encoded(const output_body& body, const output_frame& f = frame()) {
  return encode({.id = "o-1", .subject = "l-1", .body = body}, f,
                18'446'744'073'709'551'615U, {.owner = "ana", .epoch = 2});
}

std::optional<published_output> read(const std::string& value) {
  return read_output(topic::assignments, value);
}

/// Writes what was read once more. Two outputs that are written alike are
/// alike: encode_test holds that every member is in the text.
std::string again(const published_output& o) {
  output_frame f{.team = o.team,
                 .now = o.time,
                 .causation_id = o.causation_id,
                 .traceparent = o.traceparent,
                 .cause = o.cause,
                 .timer = o.timer};
  return encode({.id = o.id,
                 .subject = o.subject,
                 .about_lead = !o.lead_id.empty(),
                 .body = *o.body},
                f, o.sequence, o.owner);
}

TEST(ReadOutputs, EveryOutputIsReadBackAsItWas) {
  std::set<std::size_t> kinds;
  for (const auto& body : all_bodies()) {
    kinds.insert(body.index());
    auto written = encoded(body);
    auto o = read(written);
    ASSERT_TRUE(o && o->body) << written;
    EXPECT_EQ(o->type, type_of(body));
    EXPECT_EQ(o->body->index(), body.index()) << written;
    EXPECT_EQ(o->faults, std::vector<fault>{});
    if (!std::holds_alternative<decision_recorded>(body))
      o->cause = frame().cause; // only decisions tell it
    EXPECT_EQ(again(*o), written);
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<output_body>)
    << "an output is missing in the table";
}

TEST(ReadOutputs, SoIsTheFrame) {
  auto f = frame();
  f.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  auto o = read(encoded(lead_unassigned{}, f));
  ASSERT_TRUE(o);
  EXPECT_EQ(o->type, "lead.unassigned");
  EXPECT_EQ(o->id, "o-1");
  EXPECT_EQ(o->team, "acme");
  EXPECT_EQ(o->lead_id, "l-1");
  EXPECT_EQ(o->subject, "l-1");
  EXPECT_EQ(o->owner.owner, "ana");
  EXPECT_EQ(o->owner.epoch, 2U);
  EXPECT_EQ(o->time, now());
  EXPECT_EQ(o->causation_id, "web-7f3a");
  EXPECT_EQ(o->traceparent, f.traceparent);
  EXPECT_EQ(o->sequence, 18'446'744'073'709'551'615U);
}

TEST(ReadOutputs, ADecisionNamesItsRecordOrItsTimer) {
  auto o = read(encoded(decision_recorded{}));
  ASSERT_TRUE(o);
  EXPECT_EQ(o->cause, (position{topic::leads, 3, 42}));
  EXPECT_EQ(o->timer, "");
  auto f = frame();
  f.cause.reset();
  f.timer = "owner_sweep";
  o = read(encoded(decision_recorded{}, f));
  ASSERT_TRUE(o);
  EXPECT_EQ(o->cause, std::nullopt);
  EXPECT_EQ(o->timer, "owner_sweep");
}

TEST(ReadOutputs, AnOutputAboutNoLeadHasNoLeadAndNoOwner) {
  auto o = read(encode({.id = "o-1",
                        .subject = "ana",
                        .about_lead = false,
                        .body = agent_auto_unavailable{"ana", 3}},
                       frame(), 1, {}));
  ASSERT_TRUE(o && o->body);
  EXPECT_EQ(o->lead_id, "");
  EXPECT_EQ(o->owner.owner, std::nullopt);
}

TEST(ReadOutputs, WhatIsNotAnOutputIsNothing) {
  auto written = encoded(lead_unassigned{});
  for (auto on : {topic::leads, topic::roster, topic::calls, topic::rekey,
                  topic::state, topic::journal, topic::dead_letters})
    EXPECT_FALSE(read_output(on, written)) << name_of(on);
  EXPECT_FALSE(read_output(topic::assignments, std::nullopt));
  for (const auto* bad :
       {"", "{", "7", "[]", "{}", R"({"type":"lead.closed"})",
        R"({"type":7,"data":{}})", R"({"type":"lead.assigned","data":[]})"})
    EXPECT_FALSE(read(bad)) << bad;
}

// -- other editions -----------------------------------------------------------

std::string replaced(std::string in, std::string_view what,
                     std::string_view by) {
  auto at = in.find(what);
  EXPECT_NE(at, std::string::npos) << what << " in " << in;
  return in.replace(at, what.size(), by);
}

TEST(ReadOutputs, UnknownMembersAreIgnored) {
  auto written = replaced(encoded(task_moved{"t-1", "ana", "ben"}),
                          R"("data":{)", R"("new":[1],"data":{"new":{"a":1},)");
  auto o = read(written);
  ASSERT_TRUE(o && o->body);
  EXPECT_EQ(std::get<task_moved>(*o->body).to, "ben");
}

TEST(ReadOutputs, AnUnknownTypeIsSaidToBeUnknown) {
  auto o = read(
    replaced(encoded(lead_unassigned{}), "lead.unassigned", "lead.renamed"));
  ASSERT_TRUE(o);
  EXPECT_EQ(o->type, "lead.renamed");
  EXPECT_EQ(o->lead_id, "l-1");
  EXPECT_FALSE(o->body);
  EXPECT_EQ(o->faults,
            (std::vector<fault>{
              {"/type", "is not known to this edition: lead.renamed"}}));
}

// Told as something else it would be false.
TEST(ReadOutputs, AnUnknownWordIsNoOtherWord) {
  auto o = read(replaced(encoded(lead_unassigned{unassigned_reason::no_rule}),
                         "no_rule", "on_strike"));
  ASSERT_TRUE(o);
  EXPECT_FALSE(o->body);
  EXPECT_EQ(o->faults,
            (std::vector<fault>{
              {"/data/reason", "is not known to this edition: on_strike"}}));
}

TEST(ReadOutputs, ARequiredMemberMustBeThere) {
  auto written = encoded(lead_assigned{.again = false,
                                       .agent = {"ana", "Ana"},
                                       .previous_owner = std::nullopt,
                                       .reason = assign_reason::rotation,
                                       .rule_id = std::nullopt,
                                       .pool_id = std::nullopt,
                                       .turn = std::nullopt,
                                       .with = std::nullopt,
                                       .decision_id = "d-1",
                                       .warnings = {}});
  auto o = read(
    replaced(written, R"("agent":{"agent_id":"ana","name":"Ana"},)", ""));
  ASSERT_TRUE(o);
  EXPECT_FALSE(o->body);
  EXPECT_EQ(o->faults, (std::vector<fault>{{"/data/agent", "is missing"}}));
  o = read(replaced(written, R"("decision_id":"d-1")", R"("decision_id":7)"));
  ASSERT_TRUE(o);
  EXPECT_FALSE(o->body);
  EXPECT_EQ(o->faults,
            (std::vector<fault>{{"/data/decision_id", "must be a text"}}));
}

} // namespace
} // namespace fairlead::test
