#include "actors/core/outcome/tags.hpp"

#include "actors/core/limits.hpp"

#include <utility>

namespace fairlead {
namespace {

/// The first other tag of a call counts, and an opt-out again once the call is
/// no longer known (R15).
bool counts(const step& s, const visited_call& call, const outcome_tag& tag) {
  bool tagged = call->ledger.tag_applied;
  bool old = call->routed()
               ? faded(*call, s.now())
               : tagged && s.now() - call->touched >= limits::ended_call_kept;
  return old ? tag == outcome::opt_out : !tagged;
}

} // namespace

bool is_transfer_tag(const outcome_tag& tag) {
  return tag == outcome::successful_transfer || tag == outcome::missed_transfer;
}

void apply_transfer_tag(step& s, visited_call& call, const call_outcome& e) {
  auto ledger = call->ledger;
  bool success = e.outcome == outcome::successful_transfer;
  bool first = !ledger.transfer_outcome;
  bool corrects
    = success && ledger.transfer_outcome == outcome::missed_transfer;
  if (!first && !corrects)
    return;
  outcome_due due;
  due.call_id = call.id();
  due.tag = e.outcome;
  if (corrects)
    due.corrects = ledger.transfer_outcome;
  due.until = e.until;
  if (call->routed())
    due.group = call->group;
  due.only_tell = success && ledger.success_done;
  ledger.transfer_outcome
    = success ? outcome::successful_transfer : outcome::missed_transfer;
  (success ? ledger.success_done : ledger.miss_done) = true;
  call.change(ledger_written{ledger});
  due.ledger = std::move(ledger);
  s.next(to_lead(e.lead_id, std::move(due)));
}

void apply_other_tag(step& s, visited_call& call, const call_outcome& e) {
  if (!counts(s, call, e.outcome))
    return;
  auto ledger = call->ledger;
  ledger.tag_applied = true;
  call.change(ledger_written{ledger});
  if (call->lead_id.empty())
    call.change(lead_named{e.lead_id});
  outcome_due due;
  due.call_id = call.id();
  due.tag = e.outcome;
  due.until = e.until;
  if (call->winner)
    due.answered_by = call->find(*call->winner)->agent_id;
  due.ledger = std::move(ledger);
  s.next(to_lead(e.lead_id, std::move(due)));
}

} // namespace fairlead
