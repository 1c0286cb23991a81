#include "messages/wire/read_outputs.hpp"

#include "messages/json/tree.hpp"
#include "messages/phone.hpp"
#include "messages/wire/field_reader.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

// -- one member: what it is, or nothing and a fault if it is something else ---

std::optional<std::string> text(const field_reader& in, std::string_view key) {
  return in.text(key);
}

std::optional<std::int64_t> integer(const field_reader& in,
                                    std::string_view key) {
  return in.integer(key);
}

std::optional<bool> boolean(const field_reader& in, std::string_view key) {
  return in.boolean(key);
}

std::optional<instant> time(const field_reader& in, std::string_view key) {
  auto written = in.text(key);
  if (!written)
    return std::nullopt;
  auto t = from_rfc3339(*written);
  if (!t)
    in.faults().invalid(in.at(key), "is not a time: " + *written);
  return t;
}

template <closed_word Word>
std::optional<Word> word(const field_reader& in, std::string_view key) {
  auto written = in.text(key);
  if (!written)
    return std::nullopt;
  auto w = read<Word>(*written);
  if (!w)
    in.faults().invalid(in.at(key),
                        "is not known to this edition: " + *written);
  return w;
}

/// A word of the contract or of a team.
template <class Word>
std::optional<word_or_text<Word>> any_word(const field_reader& in,
                                           std::string_view key) {
  auto written = in.text(key);
  if (!written)
    return std::nullopt;
  return word_or_text<Word>{std::move(*written)};
}

/// A member that must be there.
template <class Value>
Value need(const field_reader& in, std::string_view key,
           std::optional<Value> (*member)(const field_reader&,
                                          std::string_view)) {
  auto value = member(in, key);
  if (!value)
    (void)in.need(key);
  return std::move(value).value_or(Value{});
}

/// Calls `each` with a reader for an object that must be there.
template <class Each>
void need_object(const field_reader& in, std::string_view key, Each each) {
  if (const auto* n = in.object(key))
    each(in.inside(*n, in.at(key)));
  else
    (void)in.need(key);
}

/// Calls `each` with a reader for each element of an array that must be there.
template <class Each>
void need_objects(const field_reader& in, std::string_view key, Each each) {
  if (const auto* list = in.array(key))
    in.elements(*list, in.at(key),
                [&](const json_node& n, std::string pointer) {
                  each(in.inside(n, std::move(pointer)));
                });
  else
    (void)in.need(key);
}

std::vector<std::string> warnings(const field_reader& in) {
  return in.texts("warnings").value_or(std::vector<std::string>{});
}

/// A phone and the extension beside it, as messages/phone.hpp keeps them.
std::optional<std::string> phone(const field_reader& in) {
  auto number = in.text("phone");
  auto extension = in.text("extension");
  if (number && extension)
    *number = joined_phone({*number, *extension});
  return number;
}

dialled need_dialled(const field_reader& in) {
  dialled d;
  if (auto number = phone(in))
    d.phone = std::move(*number);
  else if (auto endpoint = in.text("endpoint"))
    d.endpoint = std::move(*endpoint);
  else
    (void)in.need("phone");
  return d;
}

// -- the bodies, in the order of encode.cpp -----------------------------------

lead_assigned assigned(const field_reader& in, bool again) {
  lead_assigned b;
  b.again = again;
  need_object(in, "agent", [&b](const field_reader& agent) {
    b.agent = {.agent_id = need(agent, "agent_id", text),
               .name = need(agent, "name", text)};
  });
  b.previous_owner = in.text("previous_owner");
  b.reason = need(in, "reason", word<assign_reason>);
  b.rule_id = in.text("rule_id");
  b.pool_id = in.text("pool_id");
  if (auto turn = in.integer("turn"))
    b.turn = static_cast<std::uint64_t>(*turn);
  b.with = in.text("with");
  b.decision_id = need(in, "decision_id", text);
  b.warnings = warnings(in);
  return b;
}

output_body lead_assigned_once(const field_reader& in) {
  return assigned(in, false);
}

output_body lead_reassigned(const field_reader& in) {
  return assigned(in, true);
}

output_body read_lead_unassigned(const field_reader& in) {
  return lead_unassigned{.reason = need(in, "reason", word<unassigned_reason>)};
}

output_body read_lead_stage_changed(const field_reader& in) {
  return lead_stage_changed{.from = in.text("from"),
                            .to = need(in, "to", text)};
}

output_body read_lead_conflict(const field_reader& in) {
  return lead_conflict{.kept_owner = need(in, "kept_owner", text),
                       .other_owner = need(in, "other_owner", text),
                       .phone = in.text("phone"),
                       .email = in.text("email")};
}

output_body read_action_failed(const field_reader& in) {
  return action_failed{.action = need(in, "action", word<action_kind>),
                       .reason = need(in, "reason", word<failure_reason>),
                       .call_id = in.text("call_id"),
                       .agent_id = in.text("agent_id")};
}

output_body read_agent_auto_unavailable(const field_reader& in) {
  return agent_auto_unavailable{.agent_id = need(in, "agent_id", text),
                                .misses = need(in, "misses", integer)};
}

std::vector<rung_leg> legs(const field_reader& in) {
  std::vector<rung_leg> all;
  need_objects(in, "legs", [&all](const field_reader& leg) {
    all.push_back({.leg_id = need(leg, "leg_id", text),
                   .agent_id = leg.text("agent_id"),
                   .name = leg.text("name"),
                   .number = need_dialled(leg),
                   .reason = word<cancel_reason>(leg, "reason")});
  });
  return all;
}

output_body read_ring_requested(const field_reader& in) {
  ring_requested b{.call_id = need(in, "call_id", text),
                   .attempt = need(in, "attempt", integer),
                   .step = need(in, "step", word<ring_step>),
                   .legs = legs(in),
                   .ring_timeout_s = need(in, "ring_timeout_s", integer),
                   .expires_at = need(in, "expires_at", time),
                   .confirm = need(in, "confirm", boolean),
                   .lead_name = std::nullopt,
                   .lead_phone = std::nullopt,
                   .context = in.raw("context"),
                   .warnings = warnings(in)};
  if (const auto* n = in.object("lead")) {
    auto lead = in.inside(*n, in.at("lead"));
    b.lead_name = lead.text("name");
    b.lead_phone = lead.text("phone");
  }
  return b;
}

output_body read_transfer_waiting(const field_reader& in) {
  return transfer_waiting{.call_id = need(in, "call_id", text),
                          .until = need(in, "until", time)};
}

output_body read_ring_cancelled(const field_reader& in) {
  return ring_cancelled{.call_id = need(in, "call_id", text), .legs = legs(in)};
}

output_body read_transfer_connected(const field_reader& in) {
  transfer_connected b;
  b.call_id = need(in, "call_id", text);
  b.attempt = need(in, "attempt", integer);
  b.leg_id = need(in, "leg_id", text);
  need_object(in, "answered_by", [&b](const field_reader& by) {
    b.kind = need(by, "kind", word<answered_as>);
    b.agent_id = by.text("agent_id");
    b.name = by.text("name");
    b.number = need_dialled(by);
  });
  b.waited_ms = need(in, "waited_ms", integer);
  return b;
}

output_body read_transfer_missed(const field_reader& in) {
  return transfer_missed{.call_id = need(in, "call_id", text),
                         .reason = need(in, "reason", word<miss_reason>),
                         .attempts = need(in, "attempts", integer),
                         .warnings = warnings(in)};
}

output_body read_outcome_corrected(const field_reader& in) {
  return outcome_corrected{.call_id = need(in, "call_id", text),
                           .from = need(in, "from", any_word<outcome>),
                           .to = need(in, "to", any_word<outcome>)};
}

output_body read_notification_requested(const field_reader& in) {
  notification_requested b;
  b.kind = need(in, "kind", word<notification_kind>);
  need_object(in, "recipient", [&b](const field_reader& to) {
    b.agent_id = need(to, "agent_id", text);
    b.name = need(to, "name", text);
    b.email = to.text("email");
    b.phone = phone(to);
  });
  b.title = need(in, "title", text);
  b.text = need(in, "text", text);
  b.call_id = in.text("call_id");
  b.task_id = in.text("task_id");
  b.outcome = any_word<outcome>(in, "outcome");
  b.count = in.integer("count");
  return b;
}

output_body read_task_created(const field_reader& in) {
  return task_created{.kind = need(in, "kind", any_word<default_task>),
                      .assignee = in.text("assignee"),
                      .due_at = need(in, "due_at", time),
                      .title = need(in, "title", text),
                      .call_id = in.text("call_id")};
}

output_body read_task_moved(const field_reader& in) {
  return task_moved{.task_id = need(in, "task_id", text),
                    .from = in.text("from"),
                    .to = in.text("to")};
}

output_body read_task_repeated(const field_reader& in) {
  return task_repeated{.task_id = need(in, "task_id", text),
                       .assignee = in.text("assignee"),
                       .call_id = need(in, "call_id", text),
                       .misses = need(in, "misses", integer)};
}

output_body read_task_cancelled(const field_reader& in) {
  return task_cancelled{.task_id = need(in, "task_id", text),
                        .reason = need(in, "reason", word<task_cancel_reason>)};
}

template <gate verdict>
output_body read_outreach(const field_reader& in) {
  return outreach_gated{.verdict = verdict,
                        .outreach_id = need(in, "outreach_id", text),
                        .channel = need(in, "channel", text),
                        .payload = in.raw("payload"),
                        .reason = word<refusal_reason>(in, "reason")};
}

output_body read_cadence_cancelled(const field_reader& in) {
  return cadence_cancelled{.reason = need(in, "reason", any_word<outcome>),
                           .call_id = in.text("call_id")};
}

output_body read_cadence_resumed(const field_reader& in) {
  return cadence_resumed{.call_id = need(in, "call_id", text)};
}

output_body read_cadence_paused(const field_reader& in) {
  return cadence_paused{.until = time(in, "until"),
                        .reason = need(in, "reason", any_word<outcome>),
                        .call_id = in.text("call_id")};
}

/// One agent as a text, several as an array, nobody as null.
std::vector<std::string> chosen(const field_reader& in) {
  const auto* n = in.find("chosen");
  if (n == nullptr)
    return {};
  if (n->is == json_node::kind::array)
    return in.texts("chosen").value_or(std::vector<std::string>{});
  return {in.text("chosen").value_or("")};
}

output_body read_decision_recorded(const field_reader& in) {
  decision_recorded b;
  b.kind = need(in, "kind", word<decision_kind>);
  b.config_version = need(in, "config_version", integer);
  b.rule_id = in.text("rule_id");
  b.pool_id = in.text("pool_id");
  if (in.find("passed_over") != nullptr)
    need_objects(in, "passed_over", [&b](const field_reader& p) {
      b.passed_over.push_back(
        {.rule_id = need(p, "rule_id", text),
         .because = need(p, "because", word<passed_over_because>),
         .missing = p.boolean("missing").value_or(false)});
    });
  b.v_before = in.integer("v_before");
  need_objects(in, "candidates", [&b](const field_reader& c) {
    b.candidates.push_back({.agent_id = need(c, "agent_id", text),
                            .pass = c.integer("pass"),
                            .excluded = word<exclusion>(c, "excluded")});
  });
  b.chosen = chosen(in);
  b.tie_break = word<tie_break>(in, "tie_break");
  b.pass_after = in.integer("pass_after");
  b.call_id = in.text("call_id");
  b.attempt = in.integer("attempt");
  return b;
}

struct row {
  std::string_view type;
  output_body (*read)(const field_reader& in);
};

constexpr std::array rows{
  row{"lead.assigned", lead_assigned_once},
  row{"lead.reassigned", lead_reassigned},
  row{"lead.unassigned", read_lead_unassigned},
  row{"lead.stage_changed", read_lead_stage_changed},
  row{"lead.conflict", read_lead_conflict},
  row{"action.failed", read_action_failed},
  row{"agent.auto_unavailable", read_agent_auto_unavailable},
  row{"ring.requested", read_ring_requested},
  row{"transfer.waiting", read_transfer_waiting},
  row{"ring.cancelled", read_ring_cancelled},
  row{"transfer.connected", read_transfer_connected},
  row{"transfer.missed", read_transfer_missed},
  row{"outcome.corrected", read_outcome_corrected},
  row{"notification.requested", read_notification_requested},
  row{"task.created", read_task_created},
  row{"task.moved", read_task_moved},
  row{"task.repeated", read_task_repeated},
  row{"task.cancelled", read_task_cancelled},
  row{"outreach.held", read_outreach<gate::held>},
  row{"outreach.refused", read_outreach<gate::refused>},
  row{"outreach.released", read_outreach<gate::released>},
  row{"cadence.cancelled", read_cadence_cancelled},
  row{"cadence.resumed", read_cadence_resumed},
  row{"cadence.paused", read_cadence_paused},
  row{"decision.recorded", read_decision_recorded}};

std::optional<output_body> body_of(const std::string& type,
                                   const field_reader& data) {
  for (const auto& r : rows)
    if (r.type == type)
      return r.read(data);
  data.faults().invalid("/type", "is not known to this edition: " + type);
  return std::nullopt;
}

// -- the envelope -------------------------------------------------------------

std::uint64_t sequence_of(const field_reader& event) {
  auto digits = event.need_text("sequence");
  std::uint64_t n = 0;
  auto [end, ec]
    = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (!digits.empty()
      && (ec != std::errc{} || end != digits.data() + digits.size()))
    event.faults().invalid(event.at("sequence"), "is not a number: " + digits);
  return n;
}

void read_cause(const field_reader& data, published_output& o) {
  const auto* n = data.object("cause");
  if (n == nullptr)
    return;
  auto cause = data.inside(*n, data.at("cause"));
  o.timer = cause.text("timer").value_or("");
  if (auto on = topic_named(cause.text("topic").value_or("")))
    o.cause = position{
      *on, static_cast<std::int32_t>(need(cause, "partition", integer)),
      need(cause, "offset", integer)};
}

} // namespace

std::optional<published_output>
read_output(topic on, const std::optional<std::string>& value) {
  if (is_input(on) || on == topic::state || on == topic::journal
      || on == topic::dead_letters || !value)
    return std::nullopt;
  auto tree = json_tree::parse(*value);
  if (!tree)
    return std::nullopt;
  const auto* type = tree->find(tree->root(), "type");
  const auto* data = tree->find(tree->root(), "data");
  if (type == nullptr || type->is != json_node::kind::text || data == nullptr
      || data->is != json_node::kind::object)
    return std::nullopt;
  fault_list faults;
  field_reader event{*tree, tree->root(), "", faults};
  auto in = event.inside(*data, "/data");
  published_output o{.type = type->text,
                     .id = event.need_text("id"),
                     .team = in.need_text("team_id"),
                     .subject = event.need_text("subject"),
                     .lead_id = in.text("lead_id").value_or(""),
                     .owner = {.owner = in.text("owner"),
                               .epoch = static_cast<std::uint64_t>(
                                 in.integer("owner_epoch").value_or(0))},
                     .time = need(event, "time", time),
                     .causation_id = event.need_text("causationid"),
                     .traceparent = event.text("traceparent").value_or(""),
                     .sequence = sequence_of(event),
                     .cause = std::nullopt,
                     .timer = {},
                     .body = std::nullopt,
                     .faults = {}};
  read_cause(in, o);
  o.body = body_of(o.type, in);
  if (!faults.empty()) {
    o.body.reset();
    o.faults = faults.all();
  }
  return o;
}

std::optional<std::string> call_of(const output_body& body) {
  return std::visit(
    [](const auto& b) -> std::optional<std::string> {
      if constexpr (requires { b.call_id; })
        return b.call_id;
      else
        return std::nullopt;
    },
    body);
}

} // namespace fairlead
