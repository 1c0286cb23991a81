#include "actors/core/outcome/tags.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

/// R38: the first other tag of a call counts, and an opt-out always; of a call
/// that is over for a day nothing else does (R15).
bool counts(const step& s, const visited_call& call, const outcome_tag& tag) {
  return tag == outcome::opt_out
         || (!call->ledger.tag_applied
             && !(call->routed() && faded(*call, s.now())));
}

reached whom(const leg& l) {
  return {.agent_id = l.agent_id, .number = l.number};
}

/// What every outcome of a call tells its lead.
outcome_due due_of(const step& s, const visited_call& call, outcome_tag tag) {
  outcome_due o;
  o.call_id = call.id();
  o.tag = std::move(tag);
  if (call->winner)
    o.answered_by = whom(*call->find(*call->winner));
  // R37: as it was when the transfer started.
  o.cover_after_s = call->routed() ? call->settings.cover_after_s
                    : s.team().document()
                      ? s.team().document()->calls.cover_after_s
                      : call_settings{}.cover_after_s;
  return o;
}

/// Sends the step to the lead, which brings the ledger back.
void send(step& s, visited_call& call, const std::string& lead_id,
          outcome_due o, call_ledger ledger) {
  call.change(ledger_written{ledger});
  o.ledger = std::move(ledger);
  s.next(to_lead(lead_id, std::move(o)));
}

/// One of the two transfer outcomes: `missed < successful`, and only a win that
/// was taken back goes the other way (R38, R33).
void count(step& s, visited_call& call, const std::string& lead_id,
           outcome found, std::optional<instant> until, bool goes_back) {
  auto ledger = call->ledger;
  auto stood = ledger.transfer_outcome;
  bool success = found == outcome::successful_transfer;
  bool changes = !stood || (*stood != found && (success || goes_back));
  bool told_anew = success && stood == found && ledger.failed_win;
  auto failed = std::exchange(ledger.failed_win, std::nullopt);
  // People are told anew of a second winner (R40).
  if (failed)
    std::erase_if(ledger.told, [](const notice& n) {
      return n.kind == notification_kind::transfer_answered;
    });
  if (!changes && !told_anew)
    return call.change(ledger_written{std::move(ledger)});
  auto o = due_of(s, call, found);
  if (changes)
    o.corrects = stood;
  o.until = until;
  if (success && failed)
    o.instead_of = whom(*call->find(*failed));
  o.again = success && ledger.success_done;
  ledger.transfer_outcome = found;
  ledger.success_done = ledger.success_done || success;
  send(s, call, lead_id, std::move(o), std::move(ledger));
}

} // namespace

bool is_transfer_tag(const outcome_tag& tag) {
  return tag == outcome::successful_transfer || tag == outcome::missed_transfer;
}

void apply_transfer_tag(step& s, visited_call& call, const call_outcome& e) {
  count(s, call, e.lead_id, *e.outcome.known(), e.until, false);
}

void apply_other_tag(step& s, visited_call& call, const call_outcome& e) {
  if (!counts(s, call, e.outcome))
    return;
  auto ledger = call->ledger;
  ledger.tag_applied = true;
  if (call->lead_id.empty())
    call.change(lead_named{e.lead_id});
  auto o = due_of(s, call, e.outcome);
  o.until = e.until;
  send(s, call, e.lead_id, std::move(o), std::move(ledger));
}

void derive_outcome(step& s, visited_call& call, outcome found) {
  auto ledger = call->ledger;
  // A routing's miss stands although a tag that came long before the transfer
  // said otherwise: every miss has its task (P1).
  bool goes_back = !std::exchange(ledger.derived, true) || ledger.failed_win;
  call.change(ledger_written{std::move(ledger)});
  count(s, call, call->lead_id, found, std::nullopt, goes_back);
}

void forget_task(visited_call& call, const std::string& task_id) {
  auto ledger = call->ledger;
  auto gone = std::erase_if(ledger.tasks, [&task_id](const created_task& t) {
    return t.task_id == task_id;
  });
  if (gone != 0)
    call.change(ledger_written{std::move(ledger)});
}

} // namespace fairlead
