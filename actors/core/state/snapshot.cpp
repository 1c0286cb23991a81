#include "actors/core/state/snapshot.hpp"

#include "actors/core/state/archive.hpp"
#include "messages/reading/outcome.hpp"

#include <algorithm>

namespace fairlead {

// -- documents ----------------------------------------------------------------

template <class A>
void fields(A& a, window& x) {
  all(a, x.from_min, x.to_min);
}
/// Before format 3 no window named holidays: those without days named all.
template <class A>
void days_of(A& a, weekday_set& x) {
  for (std::size_t i = 0; i < holiday; ++i)
    field(a, x[i]);
  if (has_fields_of(a, 3))
    field(a, x[holiday]);
  else
    x[holiday]
      = std::all_of(x.begin(), x.begin() + holiday, [](bool on) { return on; });
}
template <class A>
void fields(A& a, weekly_window& x) {
  days_of(a, x.days);
  field(a, x.hours);
}
template <class A>
void fields(A& a, date_override& x) {
  all(a, x.date, x.hours);
}
template <class A>
void fields(A& a, schedule& x) {
  all(a, x.weekly, x.overrides);
}
template <class A>
void fields(A& a, absence& x) {
  all(a, x.from, x.to);
}
template <class A>
void fields(A& a, fallback_entry& x) {
  all(a, x.phone, x.endpoint, x.lines, x.hours, x.time_zone);
}
/// Before format 3 they were phones and nothing else.
template <class A>
void fallbacks(A& a, std::vector<fallback_entry>& xs) {
  if (has_fields_of(a, 3))
    return field(a, xs);
  std::vector<std::string> phones;
  field(a, phones);
  xs.clear();
  for (auto& p : phones)
    xs.push_back({.phone = std::move(p),
                  .endpoint = {},
                  .lines = {},
                  .hours = {},
                  .time_zone = {}});
}
template <class A>
void fields(A& a, never_matched& x) {
  all(a, x.phones, x.emails, x.domains);
}
template <class A>
void fields(A& a, dialled& x) {
  all(a, x.phone, x.endpoint);
}
template <class A>
void fields(A& a, pool_member& x) {
  all(a, x.agent_id, x.weight);
}
template <class A>
void fields(A& a, pool_document& x) {
  all(a, x.id, x.members, x.requires_, x.catch_up_turns);
}
template <class A>
void fields(A& a, pool_ref& x) {
  all(a, x.id);
}
template <class A>
void fields(A& a, agent_ref& x) {
  all(a, x.id);
}
template <class A>
void fields(A& a, rule_conditions& x) {
  all(a, x.sources, x.lead_types, x.tags, x.cities, x.zips, x.states,
      x.timeframes, x.min_price, x.max_price);
  if (has_fields_of(a, 3))
    field(a, x.languages);
}
template <class A>
void fields(A& a, routing_rule& x) {
  all(a, x.id, x.when, x.active, x.assign);
}
template <class A>
void fields(A& a, transfer_settings& x) {
  all(a, x.pattern, x.ring_timeout_s, x.total_timeout_s, x.max_age_s);
  fallbacks(a, x.fallback_numbers);
  all(a, x.confirm_agents, x.confirm_fallback);
  if (has_fields_of(a, 3))
    all(a, x.answer_grace_s, x.wait_s, x.group_size, x.confirm_s);
}
template <class A>
void fields(A& a, call_settings& x) {
  all(a, x.wrap_up_s, x.max_call_s, x.auto_unavailable_after);
  if (has_fields_of(a, 3))
    all(a, x.min_talk_s, x.cover_after_s);
}
template <class A>
void fields(A&, answerer&) {
}
template <class A>
void fields(A& a, assign_action& x) {
  all(a, x.to);
}
template <class A>
void fields(A& a, stage_action& x) {
  all(a, x.to);
}
template <class A>
void fields(A&, cancel_cadence_action&) {
}
template <class A>
void fields(A&, pause_cadence_action&) {
}
template <class A>
void fields(A& a, create_task_action& x) {
  all(a, x.kind, x.due_in_s, x.title);
}
template <class A>
void fields(A& a, notify_action& x) {
  all(a, x.to);
}
template <class A>
void fields(A& a, outcome_actions& x) {
  all(a, x.outcome, x.actions);
  if (has_fields_of(a, 3)) {
    all(a, x.listed);
  } else {
    x.listed = x.outcome.text();
    x.outcome = read_outcome_tag(x.listed);
  }
}
template <class A>
void fields(A& a, team_document& x) {
  all(a, x.team_id, x.version, x.name, x.time_zone, x.region, x.account_owner,
      x.default_owner, x.assigned_stage, x.pools, x.rules, x.transfer, x.calls,
      x.outcomes);
  if (has_fields_of(a, 3))
    all(a, x.holidays, x.reassign_inactive, x.never_match);
}
template <class A>
void fields(A& a, agent_document& x) {
  all(a, x.agent_id, x.version, x.name, x.phone, x.email, x.active,
      x.accepting_leads, x.available_for_calls, x.daily_cap, x.time_zone,
      x.hours);
  if (has_fields_of(a, 3))
    all(a, x.endpoint, x.absences);
}

// -- entities -----------------------------------------------------------------

template <class A, std::size_t N>
void fields(A& a, seen_window<N>& x) {
  if constexpr (A::writing) {
    a.unsigned_varint(x.keys.size());
  } else {
    auto n = a.unsigned_varint();
    require(n <= N, "snapshot has a window that is too long");
    x.keys.resize(n);
  }
  for (auto& key : x.keys)
    a.word(key);
}
template <class A>
void fields(A& a, lead_details& x) {
  all(a, x.source, x.lead_type, x.tags, x.city, x.zip, x.state, x.price,
      x.timeframe);
  if (has_fields_of(a, 3))
    field(a, x.language);
}
template <class A>
void fields(A& a, held_outreach& x) {
  all(a, x.outreach_id, x.channel, x.payload, x.until);
}
template <class A>
void fields(A& a, open_task& x) {
  all(a, x.task_id, x.kind, x.call_id, x.assignee, x.due_at);
  if (has_fields_of(a, 3))
    field(a, x.misses);
  else
    x.misses = x.kind == default_task::call_back ? 1 : 0;
}
/// The head's part is stored once, in front of the body.
template <class A>
void fields(A& a, lead_head& x) {
  all(a, x.known, x.closed, x.opted_out, x.has_tasks, x.has_held, x.waiting_no,
      x.epoch, x.touched, x.owned, x.last_owner);
  if (has_fields_of(a, 3))
    all(a, x.owner_no, x.lent_tasks, x.opted_in);
}
/// Before format 3 a lead had one phone and one e-mail, and what was typed.
template <class A>
void one_of_each(A& a, std::vector<std::string>& kept) {
  std::optional<std::string> typed, read;
  all(a, typed, read);
  kept.clear();
  if (read)
    kept.push_back(std::move(*read));
}
template <class A>
void fields(A& a, lead_state& x) {
  all(a, x.unreceived, x.name);
  if (has_fields_of(a, 3)) {
    all(a, x.phones, x.emails);
  } else {
    one_of_each(a, x.phones);
    one_of_each(a, x.emails);
  }
  all(a, x.details, x.stage, x.warnings, x.held, x.tasks, x.seen);
  if (has_fields_of(a, 3))
    all(a, x.unread, x.told_at, x.opted_in, x.unsaid, x.quiet);
}
template <class A>
void fields(A& a, agent_state& x) {
  all(a, x.document, x.phone, x.removed, x.accepting_leads,
      x.available_for_calls, x.ringing_for, x.on_call, x.wrap_up_until,
      x.misses, x.turns_date, x.turns_today, x.covered_no, x.seen);
  if (has_fields_of(a, 3))
    return all(a, x.held, x.rung_no, x.away_until, x.busy_until,
               x.version_known);
  x.version_known = x.document.version;
  // Before format 3 the number was the agent's present one.
  if (x.phone && (x.ringing_for || x.on_call || x.wrap_up_until != instant{}))
    x.held.phone = *x.phone;
}
template <class A>
void fields(A&, everybody&) {
}
template <class A>
void fields(A& a, group_choice& x) {
  all(a, x.group, x.rule_id);
}
template <class A>
void fields(A& a, leg& x) {
  all(a, x.leg_id, x.agent_id, x.number.phone, x.attempt, x.step, x.end);
  if (has_fields_of(a, 3))
    all(a, x.number.endpoint, x.answered);
}
template <class A>
void fields(A& a, routing_settings& x) {
  all(a, x.pattern, x.ring_timeout_s, x.total_timeout_s, x.max_age_s);
  fallbacks(a, x.fallback_numbers);
  all(a, x.confirm_agents, x.confirm_fallback, x.wrap_up_s, x.max_call_s,
      x.auto_unavailable_after);
  if (has_fields_of(a, 3))
    all(a, x.cover_after_s, x.answer_grace_s, x.confirm_s, x.wait_s,
        x.group_size, x.min_talk_s);
}
template <class A, class X, class Y>
void fields(A& a, std::pair<X, Y>& x) {
  all(a, x.first, x.second);
}
template <class A>
void fields(A& a, raw_record& x) {
  all(a, x.on, x.partition, x.offset, x.timestamp, x.log_append_time, x.key,
      x.value, x.headers);
}
template <class A>
void fields(A& a, parked_event& x) {
  all(a, x.record, x.until);
}
template <class A>
void fields(A& a, notice& x) {
  as_text(a, x.kind);
  field(a, x.agent_id);
  if (has_fields_of(a, 3))
    field(a, x.concerned);
}
template <class A>
void fields(A& a, created_task& x) {
  all(a, x.kind, x.task_id);
}
template <class A>
void fields(A& a, call_ledger& x) {
  as_text(a, x.transfer_outcome);
  if (has_fields_of(a, 3))
    return all(a, x.derived, x.success_done, x.tag_applied, x.failed_win,
               x.cadence, x.others_cancel, x.told, x.tasks, x.repeats);
  bool miss_done = false;
  bool cancelled = false;
  all(a, x.success_done, miss_done, x.tag_applied, cancelled, x.told, x.tasks);
  // Which outcome had cancelled the cadence was not kept: the success, if
  // there was no other.
  bool others = miss_done || x.tag_applied;
  if (cancelled)
    x.cadence
      = others ? cadence_state::cancelled : cadence_state::cancelled_by_success;
  x.others_cancel = cancelled && others;
}
/// Before format 3 the ledger did not say what the routing tells.
void ledger_of_before(call_state& x) {
  bool rings = x.phase == call_phase::ringing;
  x.ledger.derived
    = rings ? x.ledger.success_done : x.phase != call_phase::unrouted;
  if (!rings || x.ledger.transfer_outcome != outcome::successful_transfer)
    return;
  for (const auto& l : x.legs)
    if (l.end == leg_end::taken_back)
      x.ledger.failed_win = l.leg_id;
}
/// Before format 3 a call had the group of one rule.
template <class A>
void groups_of(A& a, call_state& x) {
  if (has_fields_of(a, 3))
    return all(a, x.groups, x.group_no, x.group_rang);
  group_choice only;
  field(a, only);
  x.groups.clear();
  if (x.routed())
    x.groups.push_back(std::move(only));
}
/// Before format 3 only a bridge that had failed could take a win back.
template <class A>
void failure_of(A& a, call_state& x) {
  if (has_fields_of(a, 3))
    return as_text(a, x.failure);
  bool rang_since = true;
  field(a, rang_since);
  if (!rang_since)
    x.failure = miss_reason::bridge_failed;
}
template <class A>
void fields(A& a, call_state& x) {
  all(a, x.phase, x.lead_id, x.settings);
  groups_of(a, x);
  all(a, x.context, x.started, x.total_until, x.attempt_until, x.attempts,
      x.step, x.next_fallback, x.legs);
  as_text(a, x.last_reason);
  failure_of(a, x);
  all(a, x.winner, x.busy_until, x.ended, x.ledger, x.parked, x.seen,
      x.touched);
  if (has_fields_of(a, 3))
    return all(a, x.warnings, x.time_over, x.earlier_attempts, x.wait_until,
               x.connected, x.caller_gone);
  ledger_of_before(x);
  for (const auto& l : x.legs) {
    x.group_rang = x.group_rang || l.step == ring_step::group;
    x.caller_gone = x.caller_gone || l.end == leg_end::caller_hung_up;
  }
}
template <class A>
void fields(A& a, rotation_member& x) {
  all(a, x.agent_id, x.weight, x.pass, x.assigned_no, x.was_eligible);
}
template <class A>
void fields(A& a, gone_member& x) {
  all(a, x.agent_id, x.weight, x.pass, x.assigned_no, x.left);
}
template <class A>
void fields(A& a, rotation& x) {
  all(a, x.v, x.u, x.turns, x.clock, x.catch_up_turns, x.members);
  if (has_fields_of(a, 3))
    all(a, x.gone, x.removed);
}
template <class A>
void fields(A& a, mass_work& x) {
  all(a, x.kind, x.agent_id, x.after, x.after_no);
}
template <class A>
void fields(A& a, line_taken& x) {
  all(a, x.number, x.legs);
}
template <class A>
void fields(A& a, routing_waits& x) {
  all(a, x.started, x.call_id);
}
template <class A>
void fields(A& a, team_counters& x) {
  all(a, x.sequence, x.now, x.waiting_last, x.cover_last, x.documents_applied,
      x.leads_unconfigured, x.parked, x.timers_fired, x.retry_at, x.mass,
      x.mass_due, x.seen);
  if (has_fields_of(a, 3))
    all(a, x.owner_last, x.rung_last, x.version_known, x.round_minute, x.lines,
        x.waiting, x.wrap_up_ends);
}
template <class A>
void fields(A& a, person_state& x) {
  // An empty id in front says that the oldest were left out.
  if constexpr (A::writing) {
    a.unsigned_varint(x.leads.size() + (x.oldest_left_out ? 1 : 0));
    if (x.oldest_left_out)
      a.text({});
    for (const auto& id : x.leads)
      a.text(id);
  } else {
    field(a, x.leads);
    x.oldest_left_out = !x.leads.empty() && x.leads.front().empty();
    if (x.oldest_left_out)
      x.leads.erase(x.leads.begin());
  }
}

namespace {

template <class State>
std::optional<instant> due_of(const State& s) {
  if constexpr (requires { next_due(s); })
    return next_due(s);
  else
    return std::nullopt;
}

template <class State>
std::string write(const State& s) {
  growing_text out{256};
  out.put(static_cast<char>(snapshot_format));
  archive_writer a{out};
  auto due = due_of(s);
  field(a, due);
  if constexpr (std::is_same_v<State, lead_state>) {
    auto head = head_of(s);
    field(a, head);
  }
  // The archive names the fields once for both directions, so it takes them
  // by reference; writing does not change them.
  field(a,
        const_cast<State&>(s)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
  return out.take();
}

/// Of stored bytes what stands before the head or the body.
struct front {
  std::optional<instant> due;
  archive_reader rest;
};

front read_front(std::string_view bytes) {
  front f{{}, {bytes.substr(1), read_format(bytes)}};
  field(f.rest, f.due);
  return f;
}

template <class State>
void read(std::string_view bytes, State& s) {
  s = State{};
  auto a = read_front(bytes).rest;
  if constexpr (std::is_same_v<State, lead_state>) {
    lead_head head;
    field(a, head);
    s.known = head.known;
    s.closed = head.closed;
    s.waiting_no = head.waiting_no;
    s.epoch = head.epoch;
    s.touched = head.touched;
    s.opted_out = head.opted_out;
    s.last_owner = head.last_owner;
    s.owner = head.owner();
    s.owner_no = head.owner_no;
  }
  field(a, s);
  require(a.left() == 0, "snapshot is longer than its entity");
}

} // namespace

std::string snapshot(const lead_state& s) {
  return write(s);
}
std::string snapshot(const agent_state& s) {
  return write(s);
}
std::string snapshot(const call_state& s) {
  return write(s);
}
std::string snapshot(const rotation& s) {
  return write(s);
}
std::string snapshot(const team_counters& s) {
  return write(s);
}
std::string snapshot(const team_document& s) {
  return write(s);
}
std::string snapshot(const person_state& s) {
  return write(s);
}

void restore(std::string_view b, lead_state& s) {
  read(b, s);
}
void restore(std::string_view b, agent_state& s) {
  read(b, s);
}
void restore(std::string_view b, call_state& s) {
  read(b, s);
}
void restore(std::string_view b, rotation& s) {
  read(b, s);
}
void restore(std::string_view b, team_counters& s) {
  read(b, s);
}
void restore(std::string_view b, team_document& s) {
  read(b, s);
}
void restore(std::string_view b, person_state& s) {
  read(b, s);
}

std::optional<instant> stored_due(entity_kind, std::string_view bytes) {
  return read_front(bytes).due;
}

int read_format(std::string_view bytes) {
  require(!bytes.empty(), "snapshot is empty");
  auto format = static_cast<unsigned char>(bytes.front());
  if (format > snapshot_format)
    throw invariant_error{"the state was written by a newer fairlead: format "
                          + std::to_string(format)
                          + ", and this one reads up to "
                          + std::to_string(snapshot_format)};
  require(format >= oldest_snapshot_format, "snapshot of a forgotten format");
  return format;
}

lead_head stored_head(std::string_view bytes) {
  auto a = read_front(bytes).rest;
  lead_head head;
  field(a, head);
  return head;
}

stored_reaches reaches_of(std::string_view bytes) {
  auto a = read_front(bytes).rest;
  lead_head head;
  field(a, head);
  bool there = false; // as fields(lead_state) has them
  field(a, there);
  auto optional_text = [&a]() -> std::optional<std::string_view> {
    bool is_there = false;
    field(a, is_there);
    return is_there ? std::optional{a.view()} : std::nullopt;
  };
  (void)optional_text();
  stored_reaches out;
  for (auto kind : {phone_kind, email_kind}) {
    auto add = [&](std::string_view text) {
      require(out.count < out.all.size(), "a stored lead keeps too much");
      out.all[out.count++] = {kind, text};
    };
    if (has_fields_of(a, 3)) {
      for (auto n = a.unsigned_varint(); n > 0; --n)
        add(a.view());
    } else {
      (void)optional_text();
      if (auto read = optional_text())
        add(*read);
    }
  }
  return out;
}

} // namespace fairlead
