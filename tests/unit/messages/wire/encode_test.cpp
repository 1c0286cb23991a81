// The contract's envelope and outputs, byte by byte: other systems read them.

#include "messages/wire/encode.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fairlead::test {
namespace {

using nlohmann::ordered_json;

const std::string now_text = "2026-03-02T15:00:00Z";

output_frame frame() {
  return {.team = "acme",
          .now = from_rfc3339(now_text).value(),
          .causation_id = "web-7f3a",
          .traceparent = {},
          .cause = position{topic::leads, 3, 42},
          .timer = {}};
}

output about_lead(output_body body) {
  return {.id = "o-1", .subject = "l-1", .body = std::move(body)};
}

std::string encoded(const output& o, const output_frame& f = frame()) {
  return encode(o, f, 7, {.owner = "ana", .epoch = 2});
}

/// The `data` of an output, with what all of them have taken off its front.
std::string data_of(output_body body, const output_frame& f = frame()) {
  auto text = encoded(about_lead(std::move(body)), f);
  const std::string before
    = R"("data":{"team_id":"acme","lead_id":"l-1","owner":"ana",)"
      R"("owner_epoch":2,)";
  auto at = text.find(before);
  if (at == std::string::npos || !text.ends_with("}}"))
    return "no data in " + text;
  text = text.substr(at + before.size());
  return text.substr(0, text.size() - 2);
}

// -- the envelope -------------------------------------------------------------

TEST(Encode, TheEnvelopeIsACloudEvent) {
  EXPECT_EQ(
    encoded(about_lead(lead_unassigned{unassigned_reason::no_rule})),
    R"({"specversion":"1.0","id":"o-1","source":"/fairlead/acme",)"
    R"("type":"lead.unassigned","subject":"l-1",)"
    R"("time":"2026-03-02T15:00:00Z","datacontenttype":"application/json",)"
    R"("partitionkey":"acme","causationid":"web-7f3a",)"
    R"("sequence":"00000000000000000007","data":{"team_id":"acme",)"
    R"("lead_id":"l-1","owner":"ana","owner_epoch":2,)"
    R"("reason":"no_rule"}})");
}

TEST(Encode, TheTraceIsHandedOn) {
  auto f = frame();
  f.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  auto event = ordered_json::parse(
    encoded(about_lead(lead_unassigned{unassigned_reason::no_rule}), f));
  EXPECT_EQ(event["traceparent"], f.traceparent);
}

TEST(Encode, AnOutputAboutNoLeadHasNoOwner) {
  output o{.id = "o-1",
           .subject = "ana",
           .about_lead = false,
           .body = agent_auto_unavailable{"ana", 3}};
  auto event = ordered_json::parse(encoded(o));
  EXPECT_EQ(event["subject"], "ana");
  EXPECT_EQ(event["data"].dump(),
            R"({"team_id":"acme","agent_id":"ana","misses":3})");
}

TEST(Encode, ALeadWithoutOwnerSaysNull) {
  auto text = encode(about_lead(lead_unassigned{unassigned_reason::no_rule}),
                     frame(), 1, {.owner = std::nullopt, .epoch = 0});
  EXPECT_NE(text.find(R"("owner":null,"owner_epoch":0,)"), std::string::npos)
    << text;
}

TEST(Encode, TheTeamIsPercentEncodedInTheSourceOnly) {
  auto f = frame();
  f.team = "a/b c-._~%é";
  auto event = ordered_json::parse(
    encoded(about_lead(lead_unassigned{unassigned_reason::no_rule}), f));
  EXPECT_EQ(event["source"], "/fairlead/a%2Fb%20c-._~%25%C3%A9");
  EXPECT_EQ(event["partitionkey"], f.team);
  EXPECT_EQ(event["data"]["team_id"], f.team);
}

TEST(Encode, TheSequenceHasTwentyDigits) {
  auto sequence = [](std::uint64_t n) {
    auto text = encode(about_lead(lead_unassigned{unassigned_reason::no_rule}),
                       frame(), n, {});
    return ordered_json::parse(text)["sequence"].get<std::string>();
  };
  EXPECT_EQ(sequence(0), "00000000000000000000");
  EXPECT_EQ(sequence(18'446'744'073'709'551'615U), "18446744073709551615");
}

// -- every output -------------------------------------------------------------

TEST(Encode, LeadAssigned) {
  EXPECT_EQ(data_of(lead_assigned{.again = true,
                                  .agent = {"ana", "Ana Diaz"},
                                  .previous_owner = "ben",
                                  .reason = assign_reason::rotation,
                                  .rule_id = "rest",
                                  .pool_id = "buyers",
                                  .turn = 17,
                                  .with = "l-0",
                                  .decision_id = "d-1",
                                  .warnings = {"a", "b"}}),
            R"("agent":{"agent_id":"ana","name":"Ana Diaz"},)"
            R"("previous_owner":"ben","reason":"rotation","rule_id":"rest",)"
            R"("pool_id":"buyers","turn":17,"with":"l-0","decision_id":"d-1",)"
            R"("warnings":["a","b"])");
  lead_assigned bare;
  bare.agent = {"ana", "Ana"};
  bare.reason = assign_reason::direct;
  bare.decision_id = "d-1";
  EXPECT_EQ(data_of(bare), R"("agent":{"agent_id":"ana","name":"Ana"},)"
                           R"("reason":"direct","decision_id":"d-1")");
}

TEST(Encode, LeadStageChangedAndConflict) {
  EXPECT_EQ(data_of(lead_stage_changed{"new", "working"}),
            R"("from":"new","to":"working")");
  EXPECT_EQ(data_of(lead_stage_changed{std::nullopt, "hot"}), R"("to":"hot")");
  EXPECT_EQ(
    data_of(lead_conflict{"ana", "ben", "+15125550100", "kim@roe.example"}),
    R"("kept_owner":"ana","other_owner":"ben","phone":"+15125550100",)"
    R"("email":"kim@roe.example")");
  EXPECT_EQ(data_of(lead_conflict{"ana", "ben", std::nullopt, std::nullopt}),
            R"("kept_owner":"ana","other_owner":"ben","phone":null,)"
            R"("email":null)");
}

TEST(Encode, ActionFailed) {
  EXPECT_EQ(data_of(action_failed{
              action_kind::assign, failure_reason::unknown_pool, {}, {}}),
            R"("action":"assign","reason":"unknown_pool")");
  EXPECT_EQ(
    data_of(action_failed{action_kind::assign, failure_reason::inactive_agent,
                          "c-1", "ana"}),
    R"("action":"assign","reason":"inactive_agent","call_id":"c-1",)"
    R"("agent_id":"ana")");
}

dialled phone(std::string number) {
  return {.phone = std::move(number), .endpoint = {}};
}

dialled endpoint(std::string text) {
  return {.phone = {}, .endpoint = std::move(text)};
}

TEST(Encode, RingRequested) {
  ring_requested r{
    .call_id = "c-1",
    .attempt = 2,
    .step = ring_step::group,
    .legs = {{"g-1", "ana", "Ana Diaz", phone("+15125550101;ext=12"), {}},
             {"g-2", std::nullopt, std::nullopt, phone("+15125550199"), {}},
             {"g-3", "ben", "Ben", endpoint("sip:ben@acme.example"), {}}},
    .ring_timeout_s = 35,
    .expires_at = frame().now + std::chrono::seconds{35},
    .confirm = true,
    .lead_name = "Kim Roe",
    .lead_phone = "+15125550100;ext=7",
    .context = R"({"b": 1,  "a":1.50})",
    .warnings = {"ignored:/pattern"}};
  const std::string start
    = R"("call_id":"c-1","attempt":2,"step":"group","legs":[)"
      R"({"leg_id":"g-1","agent_id":"ana","name":"Ana Diaz",)"
      R"("phone":"+15125550101","extension":"12"},)"
      R"({"leg_id":"g-2","phone":"+15125550199"},)"
      R"({"leg_id":"g-3","agent_id":"ben","name":"Ben",)"
      R"("endpoint":"sip:ben@acme.example"}],"lead":)";
  const std::string middle
    = R"(,"ring_timeout_s":35,)"
      R"("expires_at":"2026-03-02T15:00:35Z","confirm":)";
  // The context comes out as the text that went in.
  EXPECT_EQ(data_of(r), start + R"({"name":"Kim Roe","phone":"+15125550100"})"
                          + middle + R"(true,"context":{"b": 1,  "a":1.50},)"
                          + R"("warnings":["ignored:/pattern"])");
  r.confirm = false;
  r.lead_name.reset();
  r.lead_phone.reset();
  r.context.reset();
  r.warnings.clear();
  EXPECT_EQ(data_of(r), start + "{}" + middle + "false");
}

TEST(Encode, TransferWaiting) {
  EXPECT_EQ(data_of(transfer_waiting{"c-1", frame().now}),
            R"("call_id":"c-1","until":"2026-03-02T15:00:00Z")");
}

TEST(Encode, RingCancelled) {
  EXPECT_EQ(data_of(ring_cancelled{
              "c-1",
              {{"g-1", "ana", std::nullopt, phone("+15125550101;ext=12"),
                cancel_reason::lost_race},
               {"g-2", std::nullopt, std::nullopt, endpoint("8012"),
                cancel_reason::late}}}),
            R"("call_id":"c-1","legs":[{"leg_id":"g-1","agent_id":"ana",)"
            R"("phone":"+15125550101","extension":"12","reason":"lost_race"},)"
            R"({"leg_id":"g-2","endpoint":"8012","reason":"late"}])");
}

TEST(Encode, TransferConnectedAndMissed) {
  transfer_connected c{.call_id = "c-1",
                       .attempt = 1,
                       .leg_id = "g-1",
                       .kind = answered_as::owner,
                       .agent_id = "ana",
                       .name = "Ana Diaz",
                       .number = phone("+15125550101"),
                       .waited_ms = 4'200};
  EXPECT_EQ(data_of(c),
            R"("call_id":"c-1","attempt":1,"leg_id":"g-1","answered_by":)"
            R"({"kind":"owner","agent_id":"ana","name":"Ana Diaz",)"
            R"("phone":"+15125550101"},"waited_ms":4200)");
  c.kind = answered_as::fallback;
  c.agent_id.reset();
  c.name.reset();
  EXPECT_NE(data_of(c).find(R"({"kind":"fallback","phone":"+15125550101"})"),
            std::string::npos);
  EXPECT_EQ(data_of(transfer_missed{"c-1", miss_reason::no_answer, 3, {}}),
            R"("call_id":"c-1","reason":"no_answer","attempts":3)");
  EXPECT_EQ(data_of(transfer_missed{
              "c-1", miss_reason::no_target, 0, {"ignored:/ring_timeout_s"}}),
            R"("call_id":"c-1","reason":"no_target","attempts":0,)"
            R"("warnings":["ignored:/ring_timeout_s"])");
}

TEST(Encode, OutcomeCorrected) {
  EXPECT_EQ(data_of(outcome_corrected{"c-1", outcome::missed_transfer,
                                      outcome::opt_out}),
            R"("call_id":"c-1","from":"missed_transfer","to":"opt_out")");
  // As the team lists it.
  EXPECT_EQ(data_of(outcome_corrected{"c-1", outcome_tag{"Missed-Transfer"},
                                      outcome::opt_out}),
            R"("call_id":"c-1","from":"Missed-Transfer","to":"opt_out")");
}

TEST(Encode, ANotificationIsNamedByItsEvent) {
  EXPECT_EQ(data_of(notification_requested{.kind = notification_kind::outcome,
                                           .agent_id = "ana",
                                           .name = "Ana",
                                           .email = "ana@acme.example",
                                           .phone = "+15125550101;ext=12",
                                           .title = "A title",
                                           .text = "A text",
                                           .call_id = "c-1",
                                           .task_id = "t-1",
                                           .outcome = outcome::opt_out,
                                           .count = 3}),
            R"("notification_id":"o-1","kind":"outcome","recipient":)"
            R"({"agent_id":"ana","name":"Ana","email":"ana@acme.example",)"
            R"("phone":"+15125550101","extension":"12"},"title":"A title",)"
            R"("text":"A text","call_id":"c-1","task_id":"t-1",)"
            R"("outcome":"opt_out","count":3)");
  notification_requested bare;
  bare.kind = notification_kind::new_lead;
  bare.agent_id = "ana";
  bare.name = "Ana";
  EXPECT_EQ(data_of(bare),
            R"("notification_id":"o-1","kind":"new_lead","recipient":)"
            R"({"agent_id":"ana","name":"Ana"},"title":"","text":"")");
}

TEST(Encode, ATaskIsNamedByItsEvent) {
  task_created t{.kind = default_task::call_back,
                 .assignee = "ana",
                 .due_at = at_ms(1'772'463'600'250),
                 .title = "Call back",
                 .call_id = "c-1"};
  EXPECT_EQ(data_of(t), R"("task_id":"o-1","kind":"call_back",)"
                        R"("assignee":"ana","due_at":)"
                        R"("2026-03-02T15:00:00.250Z","title":"Call back",)"
                        R"("call_id":"c-1")");
  t.assignee.reset();
  t.call_id.reset();
  EXPECT_EQ(data_of(t), R"("task_id":"o-1","kind":"call_back",)"
                        R"("assignee":null,"due_at":)"
                        R"("2026-03-02T15:00:00.250Z","title":"Call back")");
}

TEST(Encode, ARepeatedTaskKeepsItsName) {
  EXPECT_EQ(data_of(task_repeated{"t-1", "ana", "c-2", 2}),
            R"("task_id":"t-1","assignee":"ana","call_id":"c-2","misses":2)");
  EXPECT_EQ(data_of(task_repeated{"t-1", std::nullopt, "c-2", 3}),
            R"("task_id":"t-1","assignee":null,"call_id":"c-2","misses":3)");
}

TEST(Encode, TasksMovedAndCancelledKeepTheirName) {
  EXPECT_EQ(data_of(task_moved{"t-1", std::nullopt, "ana"}),
            R"("task_id":"t-1","from":null,"to":"ana")");
  EXPECT_EQ(data_of(task_moved{"t-1", "ana", std::nullopt}),
            R"("task_id":"t-1","from":"ana","to":null)");
  EXPECT_EQ(data_of(task_cancelled{"t-1", task_cancel_reason::lead_closed}),
            R"("task_id":"t-1","reason":"lead_closed")");
}

TEST(Encode, OutreachAndCadence) {
  EXPECT_EQ(data_of(outreach_gated{gate::refused, "x-1", "sms", R"([1, "two"])",
                                   refusal_reason::opted_out}),
            R"("outreach_id":"x-1","channel":"sms","payload":[1, "two"],)"
            R"("reason":"opted_out")");
  EXPECT_EQ(data_of(outreach_gated{gate::released, "x-1", "sms", {}, {}}),
            R"("outreach_id":"x-1","channel":"sms")");
  EXPECT_EQ(data_of(cadence_cancelled{outcome::bad_number, "c-1"}),
            R"("reason":"bad_number","call_id":"c-1")");
  EXPECT_EQ(data_of(cadence_resumed{"c-1"}),
            R"("reason":"outcome_corrected","call_id":"c-1")");
  EXPECT_EQ(data_of(cadence_paused{frame().now, outcome::contact_later, "c-1"}),
            R"("until":"2026-03-02T15:00:00Z","reason":"contact_later",)"
            R"("call_id":"c-1")");
  EXPECT_EQ(data_of(cadence_paused{std::nullopt, outcome_tag{"hot"}, {}}),
            R"("reason":"hot")");
}

TEST(Encode, ADecisionToAssignChoosesOneAgentOrNull) {
  decision_recorded d{.kind = decision_kind::assignment,
                      .config_version = 3,
                      .rule_id = "rest",
                      .pool_id = "buyers",
                      .passed_over
                      = {{"zillow", passed_over_because::source, true},
                         {"luxury", passed_over_because::price, false}},
                      .v_before = 5'040,
                      .candidates = {{"ana", 5'040, {}},
                                     {"ben", 10'080, exclusion::inactive},
                                     {"cho", std::nullopt, exclusion::unknown}},
                      .chosen = {"ana"},
                      .tie_break = tie_break::position,
                      .pass_after = 7'560,
                      .call_id = "c-1",
                      .attempt = std::nullopt};
  EXPECT_EQ(data_of(d),
            R"("decision_id":"o-1","kind":"assignment",)"
            R"("at":"2026-03-02T15:00:00Z","cause":{"topic":"leads",)"
            R"("partition":3,"offset":42},"config_version":3,)"
            R"("rule_id":"rest","pool_id":"buyers","passed_over":)"
            R"([{"rule_id":"zillow","because":"source","missing":true},)"
            R"({"rule_id":"luxury","because":"price"}],"v_before":5040,)"
            R"("candidates":[{"agent_id":"ana","pass":5040},)"
            R"({"agent_id":"ben","pass":10080,"excluded":"inactive"},)"
            R"({"agent_id":"cho","excluded":"unknown"}],"chosen":"ana",)"
            R"("tie_break":"position","pass_after":7560,"call_id":"c-1")");
  decision_recorded nobody;
  nobody.kind = decision_kind::assignment;
  auto f = frame();
  f.cause.reset();
  f.timer = "owner_sweep";
  EXPECT_EQ(data_of(nobody, f),
            R"("decision_id":"o-1","kind":"assignment",)"
            R"("at":"2026-03-02T15:00:00Z","cause":{"timer":"owner_sweep"},)"
            R"("config_version":0,"candidates":[],"chosen":null)");
}

TEST(Encode, ADecisionToRingChoosesAListOrNull) {
  auto chosen
    = [](std::vector<std::string> who, std::optional<std::int64_t> attempt) {
        decision_recorded d;
        d.kind = decision_kind::ring_attempt;
        d.chosen = std::move(who);
        d.attempt = attempt;
        return ordered_json::parse("{" + data_of(d) + "}")["chosen"].dump();
      };
  EXPECT_EQ(chosen({"ana", "ben"}, 1), R"(["ana","ben"])");
  EXPECT_EQ(chosen({"ana"}, 1), R"(["ana"])");
  // A fallback number rings: an attempt, but no agent.
  EXPECT_EQ(chosen({}, 2), "[]");
  // A ring step with nobody.
  EXPECT_EQ(chosen({}, std::nullopt), "null");
}

struct placed {
  output_body body;
  topic on;
  const char* type;
};

TEST(Encode, EveryOutputHasItsTopicAndType) {
  const placed all[] = {
    {lead_assigned{}, topic::assignments, "lead.assigned"},
    {lead_unassigned{}, topic::assignments, "lead.unassigned"},
    {lead_stage_changed{}, topic::assignments, "lead.stage_changed"},
    {lead_conflict{}, topic::assignments, "lead.conflict"},
    {action_failed{}, topic::assignments, "action.failed"},
    {agent_auto_unavailable{}, topic::assignments, "agent.auto_unavailable"},
    {ring_requested{}, topic::rings, "ring.requested"},
    {transfer_waiting{}, topic::rings, "transfer.waiting"},
    {ring_cancelled{}, topic::rings, "ring.cancelled"},
    {transfer_connected{}, topic::rings, "transfer.connected"},
    {transfer_missed{}, topic::rings, "transfer.missed"},
    {outcome_corrected{}, topic::rings, "outcome.corrected"},
    {notification_requested{}, topic::notifications, "notification.requested"},
    {task_created{}, topic::tasks, "task.created"},
    {task_moved{}, topic::tasks, "task.moved"},
    {task_repeated{}, topic::tasks, "task.repeated"},
    {task_cancelled{}, topic::tasks, "task.cancelled"},
    {outreach_gated{}, topic::outreach, "outreach.released"},
    {cadence_cancelled{}, topic::outreach, "cadence.cancelled"},
    {cadence_resumed{}, topic::outreach, "cadence.resumed"},
    {cadence_paused{}, topic::outreach, "cadence.paused"},
    {decision_recorded{}, topic::decisions, "decision.recorded"},
  };
  ASSERT_EQ(std::size(all), std::variant_size_v<output_body>);
  for (std::size_t i = 0; i < std::size(all); ++i) {
    EXPECT_EQ(all[i].body.index(), i);
    EXPECT_EQ(topic_of(all[i].body), all[i].on) << all[i].type;
    EXPECT_EQ(type_of(all[i].body), all[i].type);
    EXPECT_EQ(output_topic_of(all[i].type), all[i].on) << all[i].type;
    auto event = ordered_json::parse(encoded(about_lead(all[i].body)));
    EXPECT_EQ(event["type"], all[i].type);
  }
  lead_assigned again;
  again.again = true;
  EXPECT_EQ(type_of(again), "lead.reassigned");
  EXPECT_EQ(type_of(outreach_gated{gate::held, {}, {}, {}, {}}),
            "outreach.held");
  EXPECT_EQ(type_of(outreach_gated{gate::refused, {}, {}, {}, {}}),
            "outreach.refused");
  for (const auto* type : {"outreach.held", "outreach.refused"})
    EXPECT_EQ(output_topic_of(type), topic::outreach) << type;
  EXPECT_EQ(output_topic_of("lead.reassigned"), topic::assignments);
  EXPECT_EQ(output_topic_of("lead.received"), std::nullopt);
}

} // namespace
} // namespace fairlead::test
