#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace fairlead {

// The closed sets of words of the contract: for each its enum and, right below
// it, how its words are spelled on the wire and in stored snapshots. Decisions
// compare the enums; texts are only for those outside.

/// How the words of a set are spelled, in the order of its enumerators.
template <class Word>
inline constexpr std::array<std::string_view, 0> spelling{};

template <class Word>
concept closed_word = !spelling<Word>.empty();

template <class... Texts>
[[nodiscard]] consteval std::array<std::string_view, sizeof...(Texts)>
spelled(Texts... texts) {
  return {texts...};
}

/// How a word is spelled. Throws for an enumerator that is not on the wire.
template <closed_word Word>
[[nodiscard]] constexpr std::string_view to_string(Word w) {
  return spelling<Word>.at(static_cast<std::size_t>(w));
}

/// The word that is spelled like this; nothing if none of its set is.
template <closed_word Word>
[[nodiscard]] constexpr std::optional<Word> read(std::string_view text) {
  for (std::size_t i = 0; i < spelling<Word>.size(); ++i)
    if (spelling<Word>[i] == text)
      return static_cast<Word>(i);
  return std::nullopt;
}

/// A word of a closed set or, where a team may have words of its own, another
/// text. The same word is always the same value, whichever way it came in.
template <class Word>
class word_or_text {
public:
  word_or_text() = default;
  word_or_text(Word w) : it_{w} {}
  explicit word_or_text(std::string text) {
    if (auto w = read<Word>(text))
      it_ = *w;
    else
      it_ = std::move(text);
  }

  /// Null: it is a text of the team's own.
  [[nodiscard]] const Word* known() const { return std::get_if<Word>(&it_); }
  [[nodiscard]] std::string_view text() const {
    const auto* w = known();
    return w != nullptr ? to_string(*w)
                        : std::string_view{std::get<std::string>(it_)};
  }
  friend bool operator==(const word_or_text&, const word_or_text&) = default;
  friend bool operator==(const word_or_text& x, Word w) {
    return x.known() != nullptr && *x.known() == w;
  }

private:
  std::variant<std::string, Word> it_;
};

// -- documents ----------------------------------------------------------------

/// Whether a pool looks at duty hours and the call toggle (R7).
enum class assign_requires : std::uint8_t { none, schedule, available };
template <>
inline constexpr auto spelling<assign_requires> = spelled("none", "schedule",
                                                          "available");

/// The order in which a transfer rings (R20).
enum class ring_pattern : std::uint8_t {
  assigned_agent,
  simultaneous_group,
  assigned_then_group
};
template <>
inline constexpr auto spelling<ring_pattern> = spelled("assigned_agent",
                                                       "simultaneous_group",
                                                       "assigned_then_group");

/// Who is told, other than by their id (R40).
enum class role : std::uint8_t { owner, account_owner, answered_by };
template <>
inline constexpr auto spelling<role> = spelled("owner", "account_owner",
                                               "answered_by");

/// What an outcome asks for (R39).
enum class action_kind : std::uint8_t {
  assign,
  stage,
  cancel_cadence,
  pause_cadence,
  create_task,
  notify
};
template <>
inline constexpr auto
  spelling<action_kind> = spelled("assign", "stage", "cancel_cadence",
                                  "pause_cadence", "create_task", "notify");

// -- calls --------------------------------------------------------------------

/// The outcomes that every team has (R38).
enum class outcome : std::uint8_t {
  successful_transfer,
  missed_transfer,
  needs_follow_up,
  contact_later,
  opt_out,
  not_interested,
  unqualified,
  bad_number
};
template <>
inline constexpr auto
  spelling<outcome> = spelled("successful_transfer", "missed_transfer",
                              "needs_follow_up", "contact_later", "opt_out",
                              "not_interested", "unqualified", "bad_number");

/// What a call ends with: an outcome, or a tag of the team's own.
using outcome_tag = word_or_text<outcome>;

/// The steps of a cascade (R20).
enum class ring_step : std::uint8_t {
  owner,
  group,
  fallback,
  over /// nothing is left to ring; not on the wire
};
template <>
inline constexpr auto spelling<ring_step> = spelled("owner", "group",
                                                    "fallback");

/// Who won a call, as seen from its lead.
enum class answered_as : std::uint8_t { owner, group, fallback };
template <>
inline constexpr auto spelling<answered_as> = spelled("owner", "group",
                                                      "fallback");

/// Why a leg must ring no longer.
enum class cancel_reason : std::uint8_t {
  answered_elsewhere,
  lost_race, /// it was answered, and another leg had won (R27)
  late,      /// it was answered when it rang no longer, and nobody had won
  ring_timeout,
  caller_hung_up,
  target_unavailable
};
template <>
inline constexpr auto
  spelling<cancel_reason> = spelled("answered_elsewhere", "lost_race", "late",
                                    "ring_timeout", "caller_hung_up",
                                    "target_unavailable");

/// Why a transfer reached nobody (R31).
enum class miss_reason : std::uint8_t {
  no_answer,
  declined,
  busy,
  failed,
  machine,
  no_target,
  caller_hung_up,
  total_timeout,
  expired,
  bridge_failed
};
template <>
inline constexpr auto
  spelling<miss_reason> = spelled("no_answer", "declined", "busy", "failed",
                                  "machine", "no_target", "caller_hung_up",
                                  "total_timeout", "expired", "bridge_failed");

// -- leads --------------------------------------------------------------------

/// Why a lead got its owner.
enum class assign_reason : std::uint8_t {
  rotation,
  relaxed,
  rule_agent,
  direct,
  manual,
  existing_owner,
  default_owner,
  account_owner,
  owner_inactive,
  outcome
};
template <>
inline constexpr auto spelling<assign_reason> = spelled(
  "rotation", "relaxed", "rule_agent", "direct", "manual", "existing_owner",
  "default_owner", "account_owner", "owner_inactive", "outcome");

/// Why a lead got no owner (R11).
enum class unassigned_reason : std::uint8_t {
  nobody_eligible,
  no_rule,
  unknown_team
};
template <>
inline constexpr auto spelling<unassigned_reason> = spelled("nobody_eligible",
                                                            "no_rule",
                                                            "unknown_team");

/// Why an assignment that was asked for was not made (R13, R42).
enum class failure_reason : std::uint8_t {
  unknown_agent,
  inactive_agent,
  unknown_pool,
  nobody_eligible,
  stale
};
template <>
inline constexpr auto
  spelling<failure_reason> = spelled("unknown_agent", "inactive_agent",
                                     "unknown_pool", "nobody_eligible",
                                     "stale");

/// Why outreach is refused (R18, R15).
enum class refusal_reason : std::uint8_t {
  opted_out,
  held_too_long,
  too_many,
  lead_closed
};
template <>
inline constexpr auto
  spelling<refusal_reason> = spelled("opted_out", "held_too_long", "too_many",
                                     "lead_closed");

// -- people -------------------------------------------------------------------

/// What a person is told (R40).
enum class notification_kind : std::uint8_t {
  new_lead,
  re_inquiry,
  reassigned,
  transfer_answered,
  transfer_missed,
  outcome,
  cover,
  auto_unavailable,
  action_failed,
  leads_left
};
template <>
inline constexpr auto
  spelling<notification_kind> = spelled("new_lead", "re_inquiry", "reassigned",
                                        "transfer_answered", "transfer_missed",
                                        "outcome", "cover", "auto_unavailable",
                                        "action_failed", "leads_left");

/// The tasks that outcomes create by default (R39).
enum class default_task : std::uint8_t { call_back, follow_up };
template <>
inline constexpr auto spelling<default_task> = spelled("call_back",
                                                       "follow_up");

/// What a task is for: one of these, or a kind of the team's own.
using task_kind = word_or_text<default_task>;

/// Why a task need not be done any more.
enum class task_cancel_reason : std::uint8_t {
  outcome_corrected,
  lead_closed,
  reached /// a later call was answered (R38)
};
template <>
inline constexpr auto
  spelling<task_cancel_reason> = spelled("outcome_corrected", "lead_closed",
                                         "reached");

// -- decisions ----------------------------------------------------------------

/// What was decided (R19).
enum class decision_kind : std::uint8_t { assignment, ring_attempt };
template <>
inline constexpr auto spelling<decision_kind> = spelled("assignment",
                                                        "ring_attempt");

/// Why a candidate could not be chosen (R7, R22, R13, R23); of several, the
/// first of these (R19).
enum class exclusion : std::uint8_t {
  unknown,
  inactive,
  absent,
  paused,
  capped,
  off_schedule,
  unavailable,
  no_phone,
  reserved,
  on_call,
  wrap_up,
  phone_busy,
  already_rung,
  current_owner
};
template <>
inline constexpr auto
  spelling<exclusion> = spelled("unknown", "inactive", "absent", "paused",
                                "capped", "off_schedule", "unavailable",
                                "no_phone", "reserved", "on_call", "wrap_up",
                                "phone_busy", "already_rung", "current_owner");

/// Why a rule was not the one (R19); of several, the first of these.
enum class passed_over_because : std::uint8_t {
  not_active,
  source,
  lead_type,
  tags,
  city,
  zip,
  state,
  price,
  timeframe,
  language,
  nobody_eligible
};
template <>
inline constexpr auto spelling<passed_over_because> = spelled(
  "not_active", "source", "lead_type", "tags", "city", "zip", "state", "price",
  "timeframe", "language", "nobody_eligible");

/// What decided between members with the same pass (R5).
enum class tie_break : std::uint8_t { least_recently_assigned, position };
template <>
inline constexpr auto spelling<tie_break> = spelled("least_recently_assigned",
                                                    "position");

// -- dead letters -------------------------------------------------------------

/// Why a record can't be processed (R46).
enum class dead_letter_reason : std::uint8_t {
  malformed_json,
  not_a_cloud_event,
  missing_team,
  missing_field,
  wrong_type,
  unknown_type,
  invalid_value,
  invalid_document,
  too_large,
  too_old,
  unknown_call,
  unknown_team,
  unknown_lead,
  unknown_agent,
  unknown_task,
  unknown_leg,
  internal_error
};
template <>
inline constexpr auto spelling<dead_letter_reason> = spelled(
  "malformed_json", "not_a_cloud_event", "missing_team", "missing_field",
  "wrong_type", "unknown_type", "invalid_value", "invalid_document",
  "too_large", "too_old", "unknown_call", "unknown_team", "unknown_lead",
  "unknown_agent", "unknown_task", "unknown_leg", "internal_error");

} // namespace fairlead
