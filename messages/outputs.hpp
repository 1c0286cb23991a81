#pragma once

#include "messages/position.hpp"
#include "messages/time.hpp"
#include "messages/topics.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fairlead {

// Every struct is the `data` of one output, without `team_id` and, where it is
// about a lead, without `lead_id`, `owner` and `owner_epoch`: these are the
// same for all outputs and are written from the frame (encode.hpp).

// -- assignments --------------------------------------------------------------

struct named_agent {
  std::string agent_id;
  std::string name;
};

/// `lead.assigned`, or `lead.reassigned` where `again` is set (R16).
struct lead_assigned {
  bool again = false;
  named_agent agent;
  std::optional<std::string> previous_owner;
  assign_reason reason = assign_reason::rotation;
  std::optional<std::string> rule_id, pool_id;
  std::optional<std::uint64_t> turn;
  std::optional<std::string> with; /// the lead that took this one along (R54)
  std::string decision_id;
  std::vector<std::string> warnings;
};

struct lead_unassigned {
  unassigned_reason reason = unassigned_reason::nobody_eligible;
};

struct lead_stage_changed {
  std::optional<std::string> from;
  std::string to;
};

struct lead_conflict {
  std::string kept_owner, other_owner;
  std::optional<std::string> phone, email; /// null on the wire if not there
};

struct action_failed {
  action_kind action = action_kind::assign;
  failure_reason reason = failure_reason::nobody_eligible;
  std::optional<std::string> call_id, agent_id;
};

struct agent_auto_unavailable {
  std::string agent_id;
  std::int64_t misses = 0;
};

// -- rings --------------------------------------------------------------------

/// What telephony dials: one of the two.
struct dialled {
  std::string phone;    /// as messages/phone.hpp keeps it; empty: an endpoint
  std::string endpoint; /// empty: a phone
  friend bool operator==(const dialled&, const dialled&) = default;
};

struct rung_leg {
  std::string leg_id;
  std::optional<std::string> agent_id;
  std::optional<std::string> name; /// only in ring.requested
  dialled number;
  std::optional<cancel_reason> reason; /// none in ring.requested
};

struct ring_requested {
  std::string call_id;
  std::int64_t attempt = 0;
  ring_step step = ring_step::owner;
  std::vector<rung_leg> legs;
  std::int64_t ring_timeout_s = 0;
  instant expires_at;
  bool confirm = false;
  std::optional<std::string> lead_name, lead_phone;
  std::optional<std::string> context; /// JSON text
  std::vector<std::string> warnings;
};

/// Nobody is free, but somebody may be soon (R52).
struct transfer_waiting {
  std::string call_id;
  instant until;
};

struct ring_cancelled {
  std::string call_id;
  std::vector<rung_leg> legs;
};

struct transfer_connected {
  std::string call_id;
  std::int64_t attempt = 0;
  std::string leg_id;
  answered_as kind = answered_as::owner;
  std::optional<std::string> agent_id;
  std::optional<std::string> name;
  dialled number;
  std::int64_t waited_ms = 0;
};

struct transfer_missed {
  std::string call_id;
  miss_reason reason = miss_reason::no_answer;
  std::int64_t attempts = 0;
  std::vector<std::string> warnings; /// of a transfer that rang nobody
};

struct outcome_corrected {
  std::string call_id;
  outcome_tag from = outcome::missed_transfer;
  outcome_tag to = outcome::successful_transfer;
};

// -- notifications, tasks -----------------------------------------------------

/// `notification_id` is the event's own id.
struct notification_requested {
  notification_kind kind = notification_kind::new_lead;
  std::string agent_id, name;
  std::optional<std::string> email, phone;
  std::string title, text;
  std::optional<std::string> call_id, task_id;
  std::optional<outcome_tag> outcome;
  std::optional<std::int64_t> count; /// how many leads it speaks of
};

/// `task_id` is the event's own id.
struct task_created {
  task_kind kind;
  std::optional<std::string> assignee;
  instant due_at;
  std::string title;
  std::optional<std::string> call_id;
};

struct task_moved {
  std::string task_id;
  std::optional<std::string> from, to;
};

/// Another miss of a lead whose call-back is still open (R41).
struct task_repeated {
  std::string task_id;
  std::optional<std::string> assignee;
  std::string call_id;
  std::int64_t misses = 0; /// with the first
};

struct task_cancelled {
  std::string task_id;
  task_cancel_reason reason = task_cancel_reason::lead_closed;
};

// -- outreach -----------------------------------------------------------------

enum class gate : std::uint8_t { released, held, refused };

struct outreach_gated {
  gate verdict = gate::released;
  std::string outreach_id, channel;
  std::optional<std::string> payload; /// JSON text
  std::optional<refusal_reason> reason;
};

struct cadence_cancelled {
  outcome_tag reason;
  std::optional<std::string> call_id;
};

/// The success that had cancelled it was none (R33).
struct cadence_resumed {
  std::string call_id;
};

struct cadence_paused {
  std::optional<instant> until;
  outcome_tag reason;
  std::optional<std::string> call_id;
};

// -- decisions ----------------------------------------------------------------

struct decision_candidate {
  std::string agent_id;
  std::optional<std::int64_t> pass;
  std::optional<exclusion> excluded; /// none: could be chosen
};

/// A rule that was not the one, and why (R19).
struct rule_passed_over {
  std::string rule_id;
  passed_over_because because = passed_over_because::not_active;
  bool missing = false; /// the lead lacks the field
};

/// `decision_id` is the event's own id; `at` and `cause` come from the frame.
struct decision_recorded {
  decision_kind kind = decision_kind::assignment;
  std::int64_t config_version = 0;
  std::optional<std::string> rule_id, pool_id;
  std::vector<rule_passed_over> passed_over; /// at most 20
  std::optional<std::int64_t> v_before;
  std::vector<decision_candidate> candidates;
  std::vector<std::string> chosen; /// one for an assignment, all who ring
  std::optional<enum tie_break> tie_break;
  std::optional<std::int64_t> pass_after;
  std::optional<std::string> call_id;
  std::optional<std::int64_t> attempt;
};

using output_body = std::variant<
  lead_assigned, lead_unassigned, lead_stage_changed, lead_conflict,
  action_failed, agent_auto_unavailable, ring_requested, transfer_waiting,
  ring_cancelled, transfer_connected, transfer_missed, outcome_corrected,
  notification_requested, task_created, task_moved, task_repeated,
  task_cancelled, outreach_gated, cadence_cancelled, cadence_resumed,
  cadence_paused, decision_recorded>;

/// One output of a step, complete but for what only the end of the step knows
/// (owner, epoch, sequence).
struct output {
  std::string id;         /// derived, see derive.hpp
  std::string subject;    /// a lead's id, else an agent's
  bool about_lead = true; /// else without the lead and its owner
  output_body body;
};

/// What all outputs of a step have in common.
struct output_frame {
  std::string_view team;
  instant now;
  std::string_view causation_id;
  std::string_view traceparent;  /// empty: none
  std::optional<position> cause; /// a record's, where it was first (R47)
  std::string_view timer;        /// or the timer's name
};

/// The topic and the CloudEvents `type` of an output.
[[nodiscard]] topic topic_of(const output_body& body);
[[nodiscard]] std::string_view type_of(const output_body& body);

/// The topic of the outputs of a type; nothing if no output has it.
[[nodiscard]] std::optional<topic> output_topic_of(std::string_view type);

} // namespace fairlead
