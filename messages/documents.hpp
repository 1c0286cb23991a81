#pragma once

#include "messages/words.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fairlead {

/// Some 30 000 years: a longer time ends as late as this one.
inline constexpr std::int64_t seconds_max = 1'000'000'000'000;

/// The longest that an attempt may ring (contract).
inline constexpr std::int64_t ring_timeout_max_s = 3'600;

/// A local wall-clock window `[from, to)` in minutes after midnight (R2). One
/// whose `to` is not after its `from` runs past midnight and belongs to the
/// day it starts on; equal ends are 24 hours.
struct window {
  int from_min = 0;
  int to_min = 0;
  friend bool operator==(const window&, const window&) = default;
};

/// The days of a window: the weekdays, Monday first, and behind them holidays,
/// which are no weekday (R49).
using weekday_set = std::array<bool, 8>;
inline constexpr std::size_t holiday = 7;

/// A window with the days it starts on.
struct weekly_window {
  weekday_set days{};
  window hours;
  friend bool operator==(const weekly_window&, const weekly_window&) = default;
};

/// What replaces the weekly windows that start on one local date (R2).
struct date_override {
  int date = 0;                /// days since 1970-01-01
  std::optional<window> hours; /// none: closed
  friend bool operator==(const date_override&, const date_override&) = default;
};

/// When somebody works or may be rung, in their zone.
struct schedule {
  std::vector<weekly_window> weekly;
  std::vector<date_override> overrides;
  friend bool operator==(const schedule&, const schedule&) = default;
};

/// Local dates, both included, on which an agent is away (R50).
struct absence {
  int from = 0, to = 0; /// days since 1970-01-01
  friend bool operator==(const absence&, const absence&) = default;
};

/// A number that is rung after everybody (R25): a phone or an endpoint.
struct fallback_entry {
  std::string phone;    /// as messages/phone.hpp keeps it; empty: an endpoint
  std::string endpoint; /// a text for telephony
  std::optional<std::int64_t> lines;    /// R51; none: any number of calls
  std::optional<schedule> hours;        /// none: always
  std::optional<std::string> time_zone; /// none: the team's
  friend bool operator==(const fallback_entry&, const fallback_entry&)
    = default;
};

/// What leads to nobody (R53): the office's own number, the portal's e-mail.
/// Each list is sorted.
struct never_matched {
  std::vector<std::string> phones;  /// as messages/phone.hpp keeps them
  std::vector<std::string> emails;  /// in lower case
  std::vector<std::string> domains; /// of `*@domain`, in lower case
  friend bool operator==(const never_matched&, const never_matched&) = default;
};

struct pool_member {
  std::string agent_id;
  int weight = 1; /// 1..100
  friend bool operator==(const pool_member&, const pool_member&) = default;
};

struct pool_document {
  std::string id;
  std::vector<pool_member> members;
  enum assign_requires requires_ = assign_requires::none;
  std::int64_t catch_up_turns = 0;
  friend bool operator==(const pool_document&, const pool_document&) = default;
};

/// What a rule or an `assign` action hands a lead to (R4, R42).
struct pool_ref {
  std::string id;
  friend bool operator==(const pool_ref&, const pool_ref&) = default;
};
struct agent_ref {
  std::string id;
  friend bool operator==(const agent_ref&, const agent_ref&) = default;
};
using assign_target = std::variant<pool_ref, agent_ref>;

/// The conditions of a rule (R4); an empty one matches everything. Texts are
/// kept as they were written and compared as R53 folds them.
struct rule_conditions {
  std::vector<std::string> sources, lead_types, tags, cities, zips, states,
    timeframes, languages;
  std::optional<std::int64_t> min_price, max_price;
  friend bool operator==(const rule_conditions&, const rule_conditions&)
    = default;
};

struct routing_rule {
  std::string id;
  rule_conditions when;
  std::optional<weekly_window> active; /// in the team's zone; none: always
  assign_target assign;
  friend bool operator==(const routing_rule&, const routing_rule&) = default;
};

struct transfer_settings {
  ring_pattern pattern = ring_pattern::assigned_then_group;
  std::int64_t ring_timeout_s = 35;
  std::int64_t total_timeout_s = 180;
  std::int64_t max_age_s = 60;
  std::int64_t answer_grace_s = 2;        /// R24
  std::int64_t wait_s = 0;                /// R52; 0: nobody is waited for
  std::optional<std::int64_t> group_size; /// R20; none: all at once
  std::vector<fallback_entry> fallback_numbers;
  bool confirm_agents = false;
  bool confirm_fallback = false;
  std::int64_t confirm_s = 10; /// R28
  friend bool operator==(const transfer_settings&, const transfer_settings&)
    = default;
};

struct call_settings {
  std::int64_t wrap_up_s = 0;
  std::int64_t max_call_s = 14400;
  std::int64_t min_talk_s = 0;             /// R33; 0: any talk counts
  std::int64_t auto_unavailable_after = 0; /// R35; 0: off
  std::int64_t cover_after_s = 259'200;    /// R41
  friend bool operator==(const call_settings&, const call_settings&) = default;
};

/// Whoever won the call (R42).
struct answerer {
  friend bool operator==(const answerer&, const answerer&) = default;
};

/// The actions of an outcome (R39).
struct assign_action {
  std::variant<pool_ref, agent_ref, answerer> to;
  friend bool operator==(const assign_action&, const assign_action&) = default;
};
struct stage_action {
  std::string to;
  friend bool operator==(const stage_action&, const stage_action&) = default;
};
struct cancel_cadence_action {
  friend bool operator==(const cancel_cadence_action&,
                         const cancel_cadence_action&)
    = default;
};
struct pause_cadence_action {
  friend bool operator==(const pause_cadence_action&,
                         const pause_cadence_action&)
    = default;
};
struct create_task_action {
  task_kind kind;
  std::optional<std::int64_t> due_in_s;
  std::optional<std::string> title;
  friend bool operator==(const create_task_action&, const create_task_action&)
    = default;
};
using recipient_ref = std::variant<role, agent_ref>;
struct notify_action {
  std::vector<recipient_ref> to;
  friend bool operator==(const notify_action&, const notify_action&) = default;
};
using action
  = std::variant<assign_action, stage_action, cancel_cadence_action,
                 pause_cadence_action, create_task_action, notify_action>;

/// What a team wants done at one outcome; the list replaces the defaults.
struct outcome_actions {
  outcome_tag outcome; /// as tags are compared (messages/reading/outcome.hpp)
  std::string listed;  /// as the team lists it, and as it goes out
  std::vector<action> actions;
  friend bool operator==(const outcome_actions&, const outcome_actions&)
    = default;
};

/// A team's configuration, checked and with all defaults filled in.
struct team_document {
  std::string team_id;
  std::optional<std::int64_t> version;
  std::string name;
  std::string time_zone = "UTC";
  std::string region = "US";
  std::string account_owner;
  std::string default_owner;
  std::optional<std::string> assigned_stage = "working"; /// none: no stages
  std::vector<int> holidays;      /// days since 1970-01-01, sorted (R49)
  bool reassign_inactive = false; /// R17
  never_matched never_match;
  std::vector<pool_document> pools;
  std::vector<routing_rule> rules;
  transfer_settings transfer;
  call_settings calls;
  std::vector<outcome_actions> outcomes; /// in the document's order
  friend bool operator==(const team_document&, const team_document&) = default;
};

/// An agent's configuration. `phone` is the text as it came: which region it
/// is read in depends on the team's document (R46, contract).
struct agent_document {
  std::string agent_id;
  std::optional<std::int64_t> version;
  std::string name;
  std::optional<std::string> phone;
  std::optional<std::string> endpoint; /// rung where there is no phone
  std::optional<std::string> email;
  bool active = true;
  bool accepting_leads = true;
  bool available_for_calls = true;
  std::optional<std::int64_t> daily_cap; /// none: no cap
  std::optional<std::string> time_zone;  /// none: the team's
  std::optional<schedule> hours;         /// none: always on duty
  std::vector<absence> absences;
  friend bool operator==(const agent_document&, const agent_document&)
    = default;
};

/// R45: a document whose version is not above the highest known one.
[[nodiscard]] constexpr bool outdated(std::optional<std::int64_t> known,
                                      std::optional<std::int64_t> news) {
  return known && news && *news <= *known;
}

/// The highest version known after one more document (R45).
[[nodiscard]] constexpr std::optional<std::int64_t>
newest(std::optional<std::int64_t> known, std::optional<std::int64_t> news) {
  return !news || outdated(known, news) ? known : news;
}

} // namespace fairlead
