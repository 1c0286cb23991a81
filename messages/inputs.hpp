#pragma once

#include "messages/dead_letters.hpp"
#include "messages/documents.hpp"
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

// -- roster -------------------------------------------------------------------

struct team_configured {
  team_document document;
};

/// `faults` are those that the document shows by itself; whether its phone can
/// be read is known only with the team's region. An event with faults becomes
/// one dead letter `invalid_document` that names them all.
struct agent_configured {
  agent_document document;
  std::vector<fault> faults;
};

struct agent_availability_changed {
  std::string agent_id;
  std::optional<bool> available_for_calls;
  std::optional<bool> accepting_leads;
  std::optional<bool> busy;          /// on a call that is none of ours (R22)
  std::optional<instant> away_until; /// R50
};

struct agent_removed {
  std::string agent_id;
  bool reassign = false;
};

// -- leads --------------------------------------------------------------------

/// What is to be said of a field that was not quite as it should be (R46): on
/// the wire `ignored:/price`, and so on.
struct reading_note {
  enum class what : std::uint8_t { ignored, read, unmatched };
  what kind = what::ignored;
  std::string pointer; /// into `data`
  std::string text;    /// what stood there, cut, for people
  friend bool operator==(const reading_note&, const reading_note&) = default;
};
using reading_notes = std::vector<reading_note>;

/// A phone or an e-mail as it came. Which it is, and whether it is one at all,
/// only the team's region tells (messages/reading/contact.hpp).
struct typed_text {
  std::string text;
  bool was_number = false; /// a JSON number, written as its digits
  friend bool operator==(const typed_text&, const typed_text&) = default;
};

struct contact {
  std::optional<std::string> name; /// or first and last name, joined
  std::optional<typed_text> phone, email;
  /// Phones and e-mails that the lead has no longer (R53). One that is neither
  /// text nor number keeps its place, without one; so does an empty text.
  std::vector<std::optional<typed_text>> forget;
  /// What is to be said of its shape, in the contract's order of fields.
  reading_notes notes;
  friend bool operator==(const contact&, const contact&) = default;
};

/// What can be said of a lead besides who it is (R4 matches on it). Read as
/// R53 has it, except zips and states, which are read when they are compared.
struct lead_details {
  std::optional<std::string> source, lead_type;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> city, zip, state;
  std::optional<std::int64_t> price;
  std::optional<std::string> timeframe, language;
  friend bool operator==(const lead_details&, const lead_details&) = default;
};

struct lead_received {
  std::string lead_id;
  struct contact contact;
  lead_details details;
  std::optional<std::string> assigned_agent;
  bool opt_in = false;
  bool quiet = false; /// R40
  /// Of the fields behind `contact`, in the contract's order.
  reading_notes notes;
};

struct lead_assignment_requested {
  std::string lead_id;
  std::optional<std::string> agent_id, pool_id; /// at most one
  std::optional<std::int64_t> if_owner_epoch;   /// R13
};

struct lead_closed {
  std::string lead_id;
};

struct outreach_requested {
  std::string lead_id;
  std::string outreach_id;
  std::string channel;
  std::optional<std::string> payload; /// the JSON text that went in
};

struct task_completed {
  std::string lead_id;
  std::string task_id;
};

// -- calls --------------------------------------------------------------------

struct transfer_requested {
  std::string call_id;
  std::string lead_id;
  std::optional<ring_pattern> pattern;
  std::optional<std::int64_t> ring_timeout_s;
  /// Their phones as they came: the team's region reads them
  /// (messages/reading/fallback.hpp). One that is at fault keeps its place.
  std::optional<std::vector<std::optional<fallback_entry>>> fallback_numbers;
  struct contact contact;
  /// Of all its fields but `contact`, in the contract's order.
  reading_notes notes;
  std::optional<std::string> context; /// the JSON text that went in
};

/// What became of one leg: the seven `ring.*` events, told apart by `report`.
enum class leg_report : std::uint8_t {
  answered,
  accepted,
  declined,
  busy,
  failed,
  machine,
  no_answer
};

struct ring_reported {
  std::string call_id;
  std::string leg_id;
  leg_report report = leg_report::answered;
};

struct call_bridge_failed {
  std::string call_id;
  std::string leg_id;
};

struct caller_hung_up {
  std::string call_id;
};

struct call_ended {
  std::string call_id;
};

struct call_outcome {
  std::string call_id;
  std::string lead_id;
  outcome_tag outcome; /// as tags are compared (messages/reading/outcome.hpp)
  std::optional<instant> until;
};

using input_body
  = std::variant<team_configured, agent_configured, agent_availability_changed,
                 agent_removed, lead_received, lead_assignment_requested,
                 lead_closed, outreach_requested, task_completed,
                 transfer_requested, ring_reported, call_bridge_failed,
                 caller_hung_up, call_ended, call_outcome>;

/// One event that came in: the attributes of its CloudEvent that matter, and
/// its data, checked as far as it can be without the team's state.
struct input_event {
  std::string team;
  std::string source;
  std::string id;
  std::string traceparent; /// empty: none
  input_body body;
  /// Its `partitionkey` names another team than the record's key, which counts.
  bool key_differs = false;
};

/// The names of the seven ring reports, `ring.answered` and so on.
[[nodiscard]] std::string_view type_of(leg_report r);

/// The CloudEvents `type` of an input.
[[nodiscard]] std::string_view type_of(const input_body& body);

/// The usual topic of inputs of a type (contract); `leads` for unknown ones.
[[nodiscard]] topic input_topic_of(std::string_view type);

} // namespace fairlead
