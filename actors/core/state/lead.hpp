#pragma once

#include "actors/core/state/seen.hpp"
#include "messages/inputs.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

// The state of a lead, the records that change it, and apply(), the only code
// that does. Written by the lead's actor alone.

/// Outreach that waits for an owner (R18).
struct held_outreach {
  std::string outreach_id, channel;
  std::optional<std::string> payload; /// JSON text
  instant until;                      /// then it is refused (R15)
  friend bool operator==(const held_outreach&, const held_outreach&) = default;
};

/// A task that nobody has completed or cancelled, as far as we know (R41).
struct open_task {
  std::string task_id;
  task_kind kind;
  std::string call_id;
  std::optional<std::string> assignee; /// stays when the owner is lost (R17)
  instant due_at;
  std::int64_t misses = 0; /// that it calls back for (R41); 0: for none
  friend bool operator==(const open_task&, const open_task&) = default;
};

struct lead_state {
  bool known = false;      /// received, or first known from a transfer
  bool unreceived = false; /// known from a transfer only (R32)
  std::optional<std::string> name;
  /// What it was given and could be read (R53), at most five of each; the last
  /// one is its phone, its e-mail. Those that match nobody stand in front.
  std::vector<std::string> phones; /// as messages/phone.hpp keeps them
  std::vector<std::string> emails; /// in lower case
  lead_details details;
  std::optional<std::string> owner;
  std::optional<std::string> last_owner; /// the last one it had (R12)
  std::uint64_t epoch = 0;               /// R16
  std::uint64_t owner_no = 0; /// the team's count when it got its owner (R12)
  std::optional<std::string> stage;
  bool closed = false;
  bool opted_out = false; /// by this lead itself (R18)
  /// Phones and e-mails, as the index has them, whose opt-out this lead has
  /// lifted for itself (R18): they cover it no more, until one opts out anew.
  std::vector<std::string> opted_in;
  std::uint64_t waiting_no = 0; /// place among those waiting; 0: not
  bool unsaid = false;          /// it waits, and nobody has said so yet (R11)
  bool quiet = false;           /// until it has an owner (R40)
  std::vector<std::string> warnings; /// kept until it is assigned
  std::vector<std::string> unread;   /// the same in words, for the owner
  instant told_at;                   /// of the last `re_inquiry` (R40)
  std::vector<held_outreach> held;   /// oldest first
  std::vector<open_task> tasks;      /// oldest first
  seen_window<16> seen;
  instant touched;
  friend bool operator==(const lead_state&, const lead_state&) = default;

  [[nodiscard]] bool waiting() const { return waiting_no != 0; }
};

// -- records ------------------------------------------------------------------

/// What a lead is known by after an inquiry; unset parts stay as they are.
struct lead_data {
  std::optional<std::string> name;
  /// All that it keeps from now on, the latest last.
  std::optional<std::vector<std::string>> phones, emails;
  lead_details details;
  bool received = false;
};
struct owner_taken {
  std::string agent_id;
  std::uint64_t no = 0; /// the team's count (R12)
};
struct owner_lost {};
struct stage_set {
  std::string to;
};
struct lead_open {
  bool open = true;
};
struct opted {
  bool out = true;
};
/// What covers the lead no more, though it has opted out.
struct opted_in_again {
  std::vector<std::string> keys;
};
struct waits {
  std::uint64_t no = 0; /// 0: waits no longer
  bool unsaid = false;
};
struct warned {
  std::vector<std::string> warnings, unread;
};
struct quieted {
  bool on = true;
};
/// A `re_inquiry` went out, or the time of the last one is taken over (R40).
struct re_inquiry_told {
  instant at;
};
struct outreach_held {
  held_outreach item;
};
struct outreach_let_go {
  std::size_t oldest = 0; /// how many of the oldest
};
struct task_opened {
  open_task task;
};
struct tasks_moved {
  std::string to;
  std::optional<std::string> whose; /// none: all of them
};
struct task_ended {
  std::string task_id;
};
/// It calls back for one more miss (R41).
struct task_repeats {
  std::string task_id;
};
struct lead_seen {
  std::uint64_t key = 0;
};
struct lead_touched {
  instant at;
};
struct lead_forgotten {}; /// R15

void apply(lead_state& s, const lead_data& r);
void apply(lead_state& s, const owner_taken& r);
void apply(lead_state& s, const owner_lost& r);
void apply(lead_state& s, const stage_set& r);
void apply(lead_state& s, const lead_open& r);
void apply(lead_state& s, const opted& r);
void apply(lead_state& s, const opted_in_again& r);
void apply(lead_state& s, const waits& r);
void apply(lead_state& s, const warned& r);
void apply(lead_state& s, const quieted& r);
void apply(lead_state& s, const re_inquiry_told& r);
void apply(lead_state& s, const outreach_held& r);
void apply(lead_state& s, const outreach_let_go& r);
void apply(lead_state& s, const task_opened& r);
void apply(lead_state& s, const tasks_moved& r);
void apply(lead_state& s, const task_ended& r);
void apply(lead_state& s, const task_repeats& r);
void apply(lead_state& s, const lead_seen& r);
void apply(lead_state& s, const lead_touched& r);
void apply(lead_state& s, const lead_forgotten& r);

/// What can be read of a stored lead without decoding it: enough for masses
/// of leads (R17), the index (R12) and the outputs' `owner`.
struct lead_head {
  bool known = false, closed = false, opted_out = false;
  bool has_tasks = false, has_held = false;
  bool lent_tasks = false; /// some are not the owner's (R17)
  bool opted_in = false;   /// of something that has opted out (R18)
  std::uint64_t waiting_no = 0, epoch = 0, owner_no = 0;
  instant touched;
  bool owned = false; /// the last owner is the present one
  std::optional<std::string> last_owner;
  [[nodiscard]] std::optional<std::string> owner() const {
    return owned ? last_owner : std::nullopt;
  }
};

[[nodiscard]] lead_head head_of(const lead_state& s);

/// When the lead's next timer is due: the end of the oldest held outreach.
[[nodiscard]] std::optional<instant> next_due(const lead_state& s);

/// True if a lead last touched like this is forgotten at `now` (R15).
[[nodiscard]] bool forgotten(const lead_head& h, instant now);
[[nodiscard]] bool forgotten(const lead_state& s, instant now);

/// Bytes of held outreach that count towards R15's bound.
[[nodiscard]] std::size_t held_bytes(const lead_state& s);

} // namespace fairlead
