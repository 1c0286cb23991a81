// What a lead's actor does at each kind of visit.

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/outcome/outcomes.hpp"
#include "actors/core/overload.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/inquiry.hpp"
#include "actors/core/owner/outreach.hpp"
#include "actors/core/owner/ownership.hpp"
#include "actors/core/visits/decide.hpp"

namespace fairlead {
namespace {

/// R15: tasks long overdue are out of our hands.
void drop_old_tasks(const step& s, visited_lead& lead) {
  std::vector<std::string> old;
  for (const auto& t : lead->tasks)
    if (s.now() - t.due_at >= limits::task_kept_after_due)
      old.push_back(t.task_id);
  for (const auto& id : old)
    lead.change(task_ended{id});
}

/// R14: the task is no longer moved or cancelled.
void complete_task(step& s, visited_lead& lead, const task_completed& e) {
  if (!lead->known)
    return s.reject(dead_letter_reason::unknown_lead,
                    "/data/lead_id names a lead that is not known");
  for (const auto& t : lead->tasks)
    if (t.task_id == e.task_id)
      return lead.change(task_ended{t.task_id});
  s.reject(dead_letter_reason::unknown_task,
           "/data/task_id names no open task of the lead");
}

void on_event(step& s, visited_lead& lead) {
  auto key = seen_key(s.event()->source, s.event()->id);
  if (lead->seen.has(key))
    return s.drop_duplicate();
  std::visit(
    overload{
      [&](const lead_received& e) { receive_lead(s, lead, e); },
      [&](const lead_assignment_requested& e) { assign_by_hand(s, lead, e); },
      [&](const lead_closed&) { close_lead(s, lead); },
      [&](const outreach_requested& e) { gate_outreach(s, lead, e); },
      [&](const task_completed& e) { complete_task(s, lead, e); },
      [](const auto&) {
        throw invariant_error{"an event that is not a lead's"};
      }},
    s.event()->body);
  if (s.rejected() || s.duplicate())
    return;
  lead.change(lead_seen{key});
  lead.change(lead_touched{s.now()});
}

} // namespace

void decide_lead(step& s, const visit& v) {
  if (auto h = s.team().head(v.id); h && forgotten(*h, s.now()))
    s.team().forget({entity_kind::lead, v.id});
  visited_lead lead{s, v.id};
  drop_old_tasks(s, lead);
  std::visit(
    overload{[&](const handle_event&) { on_event(s, lead); },
             [&](const handle_timer&) { refuse_overdue(s, lead); },
             [&](const timer_given_up&) { refuse_overdue(s, lead); },
             [&](const own_for_transfer&) {
               receive_transfer(s, lead,
                                std::get<transfer_requested>(s.event()->body));
               if (!s.rejected())
                 lead.change(lead_touched{s.now()});
             },
             [&](const outcome_due& o) {
               carry_out(s, lead, o);
               lead.change(lead_touched{s.now()});
             },
             [&](const assign_anew& e) {
               // The head still counted tasks that are too old by now (R15).
               bool theirs = !lead->tasks.empty() || (e.open && !lead->closed);
               if (theirs && lead->owner && !has_active_owner(s, lead))
                 find_owner(s, lead, need::abandoned);
             },
             [&](const try_again&) {
               if (lead->waiting())
                 find_owner(s, lead, need::arrived);
             },
             [&](const refuse_held&) {
               refuse_all(s, lead, refusal_reason::opted_out);
             },
             [&](const opt_in_again&) { lead.change(opted{false}); },
             [](const auto&) {
               throw invariant_error{"a visit to a lead that it does not "
                                     "expect"};
             }},
    v.what);
}

} // namespace fairlead
