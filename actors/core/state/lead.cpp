#include "actors/core/state/lead.hpp"

#include "actors/core/limits.hpp"

#include <algorithm>

namespace fairlead {
namespace {

template <class T>
void take(std::optional<T>& field, const std::optional<T>& news) {
  if (news)
    field = news;
}

bool out_of_time(instant touched, bool closed, instant now) {
  // One that was never touched is not there at all.
  return touched != instant{}
         && now - touched
              >= (closed ? limits::closed_lead_kept : limits::open_lead_kept);
}

} // namespace

void apply(lead_state& s, const lead_data& r) {
  s.unreceived = r.received ? false : (s.known ? s.unreceived : true);
  s.known = true;
  take(s.name, r.name);
  if (r.phones)
    s.phones = *r.phones;
  if (r.emails)
    s.emails = *r.emails;
  take(s.details.source, r.details.source);
  take(s.details.lead_type, r.details.lead_type);
  take(s.details.tags, r.details.tags);
  take(s.details.city, r.details.city);
  take(s.details.zip, r.details.zip);
  take(s.details.state, r.details.state);
  take(s.details.price, r.details.price);
  take(s.details.timeframe, r.details.timeframe);
  take(s.details.language, r.details.language);
}

void apply(lead_state& s, const owner_taken& r) {
  s.owner = r.agent_id;
  s.last_owner = r.agent_id;
  s.owner_no = r.no;
  ++s.epoch;
  s.waiting_no = 0;
  s.unsaid = false;
  s.quiet = false;
  s.warnings.clear();
  s.unread.clear();
}

void apply(lead_state& s, const owner_lost&) {
  s.owner.reset();
  ++s.epoch;
}

void apply(lead_state& s, const stage_set& r) {
  s.stage = r.to;
}

void apply(lead_state& s, const lead_open& r) {
  s.closed = !r.open;
}

void apply(lead_state& s, const opted& r) {
  s.opted_out = r.out;
}

void apply(lead_state& s, const opted_in_again& r) {
  s.opted_in = r.keys;
}

void apply(lead_state& s, const waits& r) {
  s.waiting_no = r.no;
  s.unsaid = r.unsaid;
}

void apply(lead_state& s, const warned& r) {
  s.warnings = r.warnings;
  s.unread = r.unread;
}

void apply(lead_state& s, const quieted& r) {
  s.quiet = r.on;
}

void apply(lead_state& s, const re_inquiry_told& r) {
  s.told_at = r.at;
}

void apply(lead_state& s, const outreach_held& r) {
  s.held.push_back(r.item);
}

void apply(lead_state& s, const outreach_let_go& r) {
  s.held.erase(s.held.begin(),
               s.held.begin() + static_cast<std::ptrdiff_t>(r.oldest));
}

void apply(lead_state& s, const task_opened& r) {
  // Of too many, the oldest are out of our hands: they no longer move (R15).
  if (s.tasks.size() >= limits::tasks_per_lead)
    s.tasks.erase(s.tasks.begin());
  s.tasks.push_back(r.task);
}

void apply(lead_state& s, const tasks_moved& r) {
  for (auto& t : s.tasks)
    if (!r.whose || t.assignee == r.whose)
      t.assignee = r.to;
}

void apply(lead_state& s, const task_ended& r) {
  std::erase_if(s.tasks,
                [&r](const open_task& t) { return t.task_id == r.task_id; });
}

void apply(lead_state& s, const task_repeats& r) {
  for (auto& t : s.tasks)
    if (t.task_id == r.task_id)
      ++t.misses;
}

void apply(lead_state& s, const lead_seen& r) {
  s.seen.add(r.key);
}

void apply(lead_state& s, const lead_touched& r) {
  s.touched = r.at;
}

void apply(lead_state& s, const lead_forgotten&) {
  s = {};
}

lead_head head_of(const lead_state& s) {
  return {.known = s.known,
          .closed = s.closed,
          .opted_out = s.opted_out,
          .has_tasks = !s.tasks.empty(),
          .has_held = !s.held.empty(),
          .lent_tasks = std::any_of(
            s.tasks.begin(), s.tasks.end(),
            [&s](const open_task& t) { return t.assignee != s.owner; }),
          .opted_in = !s.opted_in.empty(),
          .waiting_no = s.waiting_no,
          .epoch = s.epoch,
          .owner_no = s.owner_no,
          .touched = s.touched,
          .owned = s.owner.has_value(),
          .last_owner = s.last_owner};
}

std::optional<instant> next_due(const lead_state& s) {
  if (s.held.empty())
    return std::nullopt;
  return s.held.front().until;
}

bool forgotten(const lead_head& h, instant now) {
  return out_of_time(h.touched, h.closed, now);
}

bool forgotten(const lead_state& s, instant now) {
  return out_of_time(s.touched, s.closed, now);
}

std::size_t held_bytes(const lead_state& s) {
  std::size_t n = 0;
  for (const auto& h : s.held)
    n += h.outreach_id.size() + h.channel.size()
         + (h.payload ? h.payload->size() : 0);
  return n;
}

} // namespace fairlead
