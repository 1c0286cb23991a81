#include "actors/core/outcome/outcomes.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/group.hpp"
#include "actors/core/owner/ownership.hpp"
#include "actors/core/owner/schedule.hpp"
#include "actors/core/owner/stage.hpp"
#include "actors/core/step/notify.hpp"

#include <algorithm>

namespace fairlead {
namespace {

const outcome_actions* listed(const team_state& team, const outcome_tag& tag) {
  if (team.document())
    for (const auto& o : team.document()->outcomes)
      if (o.outcome == tag)
        return &o;
  return nullptr;
}

create_task_action task_of(default_task kind) {
  return {.kind = kind, .due_in_s = {}, .title = {}};
}

/// R39's defaults.
std::vector<action> defaults_of(outcome o) {
  switch (o) {
    case outcome::successful_transfer:
      return {cancel_cadence_action{},
              notify_action{{role::owner, role::account_owner}}};
    case outcome::missed_transfer:
      return {task_of(default_task::call_back), notify_action{{role::owner}}};
    case outcome::needs_follow_up:
      return {pause_cadence_action{}, task_of(default_task::follow_up),
              notify_action{{role::owner}}};
    case outcome::contact_later:
      return {pause_cadence_action{}};
    case outcome::opt_out:
    case outcome::not_interested:
    case outcome::bad_number:
      return {cancel_cadence_action{}};
    case outcome::unqualified:
      break;
  }
  return {};
}

/// The carrying out of one outcome: what its parts need from each other.
class carrier {
public:
  carrier(step& s, visited_lead& lead, const outcome_due& o)
    : s_{s}, lead_{lead}, o_{o}, ledger_{o.ledger} {}

  void correct();
  void act();
  [[nodiscard]] call_ledger ledger() const { return ledger_; }

private:
  void assign(const assign_action& a);
  void assignment_failed(failure_reason why, std::optional<std::string> agent);
  void change_cadence(const action& a);
  void create_task(const create_task_action& a);
  [[nodiscard]] std::string title_of(const task_kind& kind) const;
  void tell(const recipient_ref& to);
  void ask_for_cover();
  [[nodiscard]] std::optional<std::string>
  resolve(const recipient_ref& to) const;
  [[nodiscard]] instant due_at(std::int64_t due_in_s) const;
  bool tell_once(const std::string& agent, notification_requested n);
  template <class Action, class Do>
  void each(const std::vector<action>& actions, Do what) {
    for (const auto& a : actions)
      if (const auto* x = std::get_if<Action>(&a))
        what(*x);
  }

  step& s_;
  visited_lead& lead_;
  const outcome_due& o_;
  call_ledger ledger_;
  std::optional<std::string> task_; // the last one that this outcome created
};

void carrier::correct() {
  if (!o_.corrects)
    return;
  s_.emit(lead_.id(), outcome_corrected{.call_id = o_.call_id,
                                        .from = *o_.corrects,
                                        .to = *o_.tag.known()});
  if (o_.tag != outcome::successful_transfer)
    return;
  for (const auto& made : ledger_.tasks) {
    auto open = std::any_of(
      lead_->tasks.begin(), lead_->tasks.end(),
      [&made](const open_task& t) { return t.task_id == made.task_id; });
    if (made.kind != default_task::call_back || !open)
      continue;
    s_.emit(lead_.id(),
            task_cancelled{.task_id = made.task_id,
                           .reason = task_cancel_reason::outcome_corrected});
    lead_.change(task_ended{made.task_id});
  }
}

void carrier::act() {
  auto actions = actions_of(s_.team(), o_.tag);
  // A success that comes back after a bridge had failed: nothing runs twice,
  // but the one who owns the lead by now is told (R38, R40).
  if (o_.only_tell)
    std::erase_if(actions, [](const action& a) {
      return !std::holds_alternative<notify_action>(a);
    });
  each<assign_action>(actions, [this](const auto& a) { assign(a); });
  bool with_task
    = std::any_of(actions.begin(), actions.end(), [](const action& a) {
        return std::holds_alternative<create_task_action>(a);
      });
  // A lead whose owner has gone is touched (R17); one without an owner only
  // for the sake of a task (R41), whether it waits or is closed.
  if (lead_->owner || with_task)
    ensure_owner(s_, lead_);
  each<stage_action>(actions,
                     [this](const auto& a) { set_stage(s_, lead_, a.to); });
  for (const auto& a : actions)
    change_cadence(a);
  each<create_task_action>(actions, [this](const auto& a) { create_task(a); });
  each<notify_action>(actions, [this](const auto& a) {
    for (const auto& to : a.to)
      tell(to);
  });
  if (o_.tag == outcome::missed_transfer)
    ask_for_cover();
}

void carrier::assign(const assign_action& a) {
  if (const auto* to = std::get_if<agent_ref>(&a.to)) {
    if (lead_->owner == to->id)
      return;
    const auto* agent = s_.team().agent(to->id);
    if (agent == nullptr)
      return assignment_failed(failure_reason::unknown_agent, to->id);
    if (!agent->active())
      return assignment_failed(failure_reason::inactive_agent, to->id);
    return give(s_, lead_, choose_agent(s_, to->id, assign_reason::outcome));
  }
  const auto* pool = s_.team().pool(std::get<pool_ref>(a.to).id);
  require(pool != nullptr, "an action with an unknown pool was let in");
  if (lead_->owner
      && std::any_of(
        pool->members.begin(), pool->members.end(),
        [this](const pool_member& m) { return m.agent_id == lead_->owner; }))
    return;
  auto c = choose_from_pool(s_, *pool, pool->requires_, assign_reason::outcome,
                            std::nullopt);
  if (c.agent)
    return give(s_, lead_, std::move(c));
  s_.emit(lead_.id(), std::move(c.why));
  assignment_failed(failure_reason::nobody_eligible, std::nullopt);
}

void carrier::assignment_failed(failure_reason why,
                                std::optional<std::string> agent) {
  notification_requested n;
  n.kind = notification_kind::action_failed;
  n.title = "A hand-over failed";
  n.text = name_of(lead_) + " could not be handed over after ";
  n.text += o_.tag.text();
  n.text += ": ";
  n.text += to_string(why);
  n.text += '.';
  s_.emit(lead_.id(), action_failed{.action = action_kind::assign,
                                    .reason = why,
                                    .call_id = o_.call_id,
                                    .agent_id = std::move(agent)});
  if (s_.team().document())
    tell_once(s_.team().document()->account_owner, std::move(n));
}

void carrier::change_cadence(const action& a) {
  if (std::holds_alternative<cancel_cadence_action>(a)
      && !ledger_.cadence_cancelled) {
    s_.emit(lead_.id(),
            cadence_cancelled{.reason = o_.tag, .call_id = o_.call_id});
    ledger_.cadence_cancelled = true;
  }
  if (std::holds_alternative<pause_cadence_action>(a))
    s_.emit(lead_.id(), cadence_paused{.until = o_.until,
                                       .reason = o_.tag,
                                       .call_id = o_.call_id});
}

instant carrier::due_at(std::int64_t due_in_s) const {
  auto in = std::chrono::seconds{due_in_s};
  const auto* a = lead_->owner ? s_.team().agent(*lead_->owner) : nullptr;
  if (a == nullptr || on_schedule(s_.team(), *a, s_.now()))
    return s_.now() + in;
  auto start = next_start(*a->document.hours, s_.team().zone_of(*a), s_.now());
  return start.value_or(s_.now()) + in;
}

void carrier::create_task(const create_task_action& a) {
  // One task per call and kind (R41), but a miss that stands again after a
  // bridge failed has no task yet.
  auto same = [&a](const created_task& t) { return t.kind == a.kind; };
  if (std::any_of(ledger_.tasks.begin(), ledger_.tasks.end(), same))
    return;
  auto due = due_at(a.due_in_s.value_or(limits::task_due_in_s));
  auto id = s_.emit(lead_.id(),
                    task_created{.kind = a.kind,
                                 .assignee = lead_->owner,
                                 .due_at = due,
                                 .title = a.title ? *a.title : title_of(a.kind),
                                 .call_id = o_.call_id});
  lead_.change(task_opened{{.task_id = id,
                            .kind = a.kind,
                            .call_id = o_.call_id,
                            .assignee = lead_->owner,
                            .due_at = due}});
  ledger_.tasks.push_back({a.kind, id});
  task_ = id;
}

std::string carrier::title_of(const task_kind& kind) const {
  auto who = name_of(lead_);
  if (kind == default_task::call_back)
    return "Call back " + who;
  if (kind == default_task::follow_up)
    return "Follow up with " + who;
  return std::string{kind.text()} + ": " + who;
}

std::optional<std::string> carrier::resolve(const recipient_ref& to) const {
  if (const auto* a = std::get_if<agent_ref>(&to))
    return a->id;
  switch (std::get<role>(to)) {
    case role::owner:
      return lead_->owner;
    case role::account_owner:
      return s_.team().document()
               ? std::optional{s_.team().document()->account_owner}
               : std::nullopt;
    case role::answered_by:
      return o_.answered_by;
  }
  return std::nullopt;
}

bool carrier::tell_once(const std::string& agent, notification_requested n) {
  notice key{n.kind, agent};
  if (std::find(ledger_.told.begin(), ledger_.told.end(), key)
      != ledger_.told.end())
    return false;
  n.call_id = o_.call_id;
  if (!notify(s_, lead_, agent, std::move(n)))
    return false;
  ledger_.told.push_back(std::move(key));
  return true;
}

void carrier::tell(const recipient_ref& to) {
  auto agent = resolve(to);
  if (!agent)
    return;
  auto who = name_of(lead_);
  notification_requested n;
  if (o_.tag == outcome::successful_transfer) {
    n.kind = notification_kind::transfer_answered;
    n.title = "Call with " + who + " was answered";
    n.text = "The live call with " + who + " was taken"
             + (o_.answered_by ? " by " + *o_.answered_by : "") + ".";
  } else if (o_.tag == outcome::missed_transfer) {
    n.kind = notification_kind::transfer_missed;
    n.title = "Missed call: " + who;
    n.text = who + " wanted to talk and nobody answered. Please call back.";
  } else {
    std::string tag{o_.tag.text()};
    n.kind = notification_kind::outcome;
    n.title = who + ": " + tag;
    n.text = "A call with " + who + " ended with " + tag + ".";
  }
  n.task_id = task_;
  n.outcome = o_.tag;
  tell_once(*agent, std::move(n));
}

void carrier::ask_for_cover() {
  const auto* owner = lead_->owner ? s_.team().agent(*lead_->owner) : nullptr;
  if (owner == nullptr || on_schedule(s_.team(), *owner, s_.now()))
    return;
  auto group = o_.group ? *o_.group
                        : group_for(s_.team(), lead_->details, s_.now()).group;
  std::optional<std::string> best;
  for (const auto& id : members_of(s_.team(), group)) {
    if (id == lead_->owner || ring_exclusion(s_.team(), id, s_.now()))
      continue;
    if (!best
        || s_.team().agent(id)->covered_no < s_.team().agent(*best)->covered_no)
      best = id;
  }
  if (!best)
    return;
  auto who = name_of(lead_);
  notification_requested n;
  n.kind = notification_kind::cover;
  n.title = "Can you cover? " + who + " was missed";
  n.text = who + " called outside the owner's hours and nobody answered.";
  n.task_id = task_;
  if (tell_once(*best, std::move(n)))
    s_.next(to_agent(*best, cover_requested{}));
}

} // namespace

bool is_outcome(const team_state& team, const outcome_tag& tag) {
  return tag.known() != nullptr || listed(team, tag) != nullptr;
}

std::vector<action> actions_of(const team_state& team, const outcome_tag& tag) {
  std::vector<action> actions;
  if (const auto* own = listed(team, tag))
    actions = own->actions;
  else if (tag.known() != nullptr)
    actions = defaults_of(*tag.known());
  auto is_call_back = [](const action& a) {
    const auto* t = std::get_if<create_task_action>(&a);
    return t != nullptr && t->kind == default_task::call_back;
  };
  if (tag == outcome::missed_transfer
      && std::none_of(actions.begin(), actions.end(), is_call_back))
    actions.emplace_back(task_of(default_task::call_back));
  return actions;
}

void carry_out(step& s, visited_lead& lead, const outcome_due& o) {
  // What is held is refused first, the other leads' too (contract, order of
  // outputs): the lead is visited once more for the rest.
  if (o.tag == outcome::opt_out && !o.refused_already) {
    opt_out(s, lead);
    auto rest = o;
    rest.refused_already = true;
    return s.next(to_lead(lead.id(), std::move(rest)));
  }
  carrier c{s, lead, o};
  c.correct();
  c.act();
  s.next(to_call(o.call_id, keep_ledger{c.ledger()}));
}

} // namespace fairlead
