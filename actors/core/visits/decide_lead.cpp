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

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead {
namespace {

/// R15: a task long overdue is out of our hands.
bool out_of_hand(const step& s, const open_task& t) {
  return s.now() - t.due_at >= limits::task_kept_after_due;
}

void drop_old_tasks(const step& s, visited_lead& lead) {
  std::vector<std::string> old;
  for (const auto& t : lead->tasks)
    if (out_of_hand(s, t))
      old.push_back(t.task_id);
  for (const auto& id : old)
    lead.change(task_ended{id});
}

/// R14: the task is no longer moved or cancelled.
void complete_task(step& s, visited_lead& lead, const task_completed& e) {
  if (!lead->known)
    return s.reject({dead_letter_reason::unknown_lead,
                     {{"/data/lead_id", "names a lead that is not known"}}});
  auto open = std::any_of(lead->tasks.begin(), lead->tasks.end(),
                          [&](const open_task& t) {
                            return t.task_id == e.task_id && !out_of_hand(s, t);
                          });
  if (!open)
    return s.reject({dead_letter_reason::unknown_task,
                     {{"/data/task_id", "names no open task of the lead"}}});
  drop_old_tasks(s, lead);
  lead.change(task_ended{e.task_id});
}

/// R44: an event is known by its source and id and, as long as it is held,
/// outreach by its own id, too.
bool was_applied(const input_event& e, std::uint64_t key,
                 const visited_lead& lead) {
  if (lead->seen.has(key))
    return true;
  const auto* o = std::get_if<outreach_requested>(&e.body);
  return o != nullptr
         && std::any_of(lead->held.begin(), lead->held.end(),
                        [o](const held_outreach& h) {
                          return h.outreach_id == o->outreach_id;
                        });
}

/// R17: an agent has gone. Their lead gets another owner; a task of theirs on
/// somebody else's lead goes to its owner.
void without_agent(step& s, visited_lead& lead, const assign_anew& e) {
  if (lead->owner == e.agent_id) {
    // The head still counted tasks that are too old by now (R15).
    if (!lead->tasks.empty() || (e.open && !lead->closed))
      replace_owner(s, lead);
    return;
  }
  if (!lead->owner)
    return;
  for (const auto& t : lead->tasks)
    if (t.assignee == e.agent_id)
      s.emit(lead.id(), task_moved{.task_id = t.task_id,
                                   .from = t.assignee,
                                   .to = lead->owner});
  lead.change(tasks_moved{*lead->owner, e.agent_id});
}

void on_event(step& s, visited_lead& lead) {
  const auto& event = *s.event();
  auto key = seen_key(event.source, event.id);
  if (was_applied(event, key, lead))
    return s.drop_duplicate();
  // A task that is completed may turn out to be none of the lead's, and then
  // nothing has changed. Whatever else is rejected is about an unknown lead,
  // which has no tasks.
  if (!std::holds_alternative<task_completed>(event.body))
    drop_old_tasks(s, lead);
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
    event.body);
  if (s.rejected())
    return;
  lead.change(lead_seen{key});
  lead.change(lead_touched{s.now()});
}

} // namespace

void decide_lead(step& s, const visit& v) {
  visited_lead lead{s, v.id};
  if (!std::holds_alternative<handle_event>(v.what))
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
             [&](const assign_anew& e) { without_agent(s, lead, e); },
             [&](const try_again&) { try_again_for(s, lead); },
             [&](const its_turn& e) { take_turn(s, lead, e); },
             [&](const gate_opened&) {
               let_through(s, lead,
                           std::get<outreach_requested>(s.event()->body));
             },
             [&](const go_along& e) { go_with(s, lead, e); },
             [&](const refuse_held& e) { refuse_with(s, lead, e); },
             [&](const opt_in_again&) { lead.change(opted{false}); },
             [](const auto&) {
               throw invariant_error{"a visit to a lead that it does not "
                                     "expect"};
             }},
    v.what);
}

} // namespace fairlead
