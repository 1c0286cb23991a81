#include "actors/core/outcome/outcomes.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/outcome/actions.hpp"
#include "actors/core/outcome/task_plan.hpp"
#include "actors/core/outcome/words.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/ownership.hpp"
#include "actors/core/owner/stage.hpp"
#include "actors/core/owner/stand_in.hpp"
#include "actors/core/owner/tasks.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

bool cancels_cadence(const action& a) {
  return std::holds_alternative<cancel_cadence_action>(a);
}

bool notifies(const action& a) {
  return std::holds_alternative<notify_action>(a);
}

/// What is to be done this time: no action but `notify` runs twice for the
/// success of a call (R33), except that one which corrects a miss cancels the
/// cadence once more (R38).
std::vector<action> actions_due(const team_state& team, const outcome_due& o) {
  auto actions = actions_of(team, o.tag);
  if (o.again)
    std::erase_if(actions, [&o](const action& a) {
      return !notifies(a) && !(o.corrects && cancels_cadence(a));
    });
  return actions;
}

/// The carrying out of one outcome: what its parts need from each other.
class carrier {
public:
  carrier(step& s, visited_lead& lead, outcome_due o)
    : s_{s},
      lead_{lead},
      o_{std::move(o)},
      tag_{as_listed(s.team(), o_.tag)},
      actions_{actions_due(s.team(), o_)} {}

  /// What was done about the outcome that stood before (R38, R33).
  void correct();
  /// R42, R17, R41: who owns the lead from now on. False: somebody else than
  /// before, and the rest comes in a visit of its own.
  bool settle_owner();
  /// All that is said and done with that owner.
  void act();
  outcome_due take() { return std::move(o_); }

private:
  void end_call_backs(bool all_of_them);
  void resume_cadence();
  void assign(const assign_action& a);
  void assign_agent(const std::string& id);
  void assign_pool(const pool_ref& ref);
  void assignment_failed(failure_reason why, std::optional<std::string> agent);
  void change_cadence(const action& a);
  void create_task(const create_task_action& a);
  bool has_task(const create_task_action& a);
  bool repeat_task();
  [[nodiscard]] std::string title_of(const task_kind& kind) const;
  void tell(const recipient_ref& to);
  [[nodiscard]] notification_requested words_for(const std::string& to) const;
  void ask_for_cover();
  [[nodiscard]] std::optional<std::string>
  resolve(const recipient_ref& to) const;
  bool tell_once(const std::string& agent, notification_requested n);
  [[nodiscard]] bool missed() const {
    return o_.tag == outcome::missed_transfer;
  }
  template <class Action, class Do>
  void each(Do what) {
    for (const auto& a : actions_)
      if (const auto* x = std::get_if<Action>(&a))
        what(*x);
  }

  step& s_;
  visited_lead& lead_;
  outcome_due o_;
  outcome_tag tag_; // as the team lists it
  std::vector<action> actions_;
  std::optional<std::string> task_; // the last one, created or repeated
  std::optional<call_back_news> news_;
};

void carrier::correct() {
  if (std::exchange(o_.corrected, true))
    return;
  if (o_.corrects)
    s_.emit(lead_.id(),
            outcome_corrected{.call_id = o_.call_id,
                              .from = as_listed(s_.team(), *o_.corrects),
                              .to = tag_});
  if (o_.tag == outcome::successful_transfer && (o_.corrects || !o_.again))
    end_call_backs(!o_.again);
  if (missed() && o_.corrects)
    resume_cadence();
}

/// R38: somebody has talked to the lead. The first success of a call ends all
/// call-backs of misses, a later one only what its own miss had led to.
void carrier::end_call_backs(bool all_of_them) {
  auto& ledger = o_.ledger;
  auto is_own = [&ledger](const open_task& t) {
    return ledger.repeats == t.task_id
           || std::any_of(ledger.tasks.begin(), ledger.tasks.end(),
                          [&t](const created_task& made) {
                            return made.task_id == t.task_id;
                          });
  };
  auto tasks = lead_->tasks;
  for (const auto& t : tasks) {
    bool own = is_own(t);
    if (t.misses == 0 || (!own && !all_of_them))
      continue;
    cancel_task(s_, lead_, t,
                own ? task_cancel_reason::outcome_corrected
                    : task_cancel_reason::reached);
    std::erase_if(ledger.tasks, [&t](const created_task& made) {
      return made.task_id == t.task_id;
    });
  }
  ledger.repeats.reset();
}

/// R33: the success was none, and nothing else has ended the follow-up.
void carrier::resume_cadence() {
  auto& ledger = o_.ledger;
  if (ledger.cadence != cadence_state::cancelled_by_success
      || ledger.others_cancel
      || std::any_of(actions_.begin(), actions_.end(), cancels_cadence))
    return;
  s_.emit(lead_.id(), cadence_resumed{.call_id = o_.call_id});
  ledger.cadence = cadence_state::untouched;
}

bool carrier::settle_owner() {
  auto epoch = lead_->epoch;
  std::size_t place = 0;
  for (const auto& x : actions_) {
    const auto* a = std::get_if<assign_action>(&x);
    if (a == nullptr || place++ < o_.assigned)
      continue;
    o_.assigned = place;
    assign(*a);
    if (lead_->epoch != epoch)
      return false;
  }
  if (std::exchange(o_.owner_ensured, true))
    return true;
  // A lead whose owner has gone is touched (R17); one without an owner only
  // for the sake of a task (R41), whether it waits or is closed.
  bool with_task
    = std::any_of(actions_.begin(), actions_.end(), [](const action& a) {
        return std::holds_alternative<create_task_action>(a);
      });
  if (lead_->owner || with_task)
    ensure_owner(s_, lead_);
  return lead_->epoch == epoch;
}

void carrier::act() {
  each<stage_action>([this](const auto& a) { set_stage(s_, lead_, a.to); });
  for (const auto& a : actions_)
    change_cadence(a);
  each<create_task_action>([this](const auto& a) { create_task(a); });
  each<notify_action>([this](const auto& a) {
    for (const auto& to : a.to)
      tell(to);
  });
  if (missed())
    ask_for_cover();
}

void carrier::assign(const assign_action& a) {
  if (const auto* pool = std::get_if<pool_ref>(&a.to))
    return assign_pool(*pool);
  if (const auto* agent = std::get_if<agent_ref>(&a.to))
    return assign_agent(agent->id);
  // Nobody has won the call, or a number that is no agent's: nothing (R42).
  if (o_.answered_by && o_.answered_by->agent_id)
    assign_agent(*o_.answered_by->agent_id);
}

void carrier::assign_agent(const std::string& id) {
  if (lead_->owner == id)
    return;
  const auto* agent = s_.team().agent(id);
  if (agent == nullptr)
    return assignment_failed(failure_reason::unknown_agent, id);
  if (!agent->active())
    return assignment_failed(failure_reason::inactive_agent, id);
  give(s_, lead_, choose_agent(s_, id, assign_reason::outcome));
}

void carrier::assign_pool(const pool_ref& ref) {
  const auto* pool = s_.team().pool(ref.id);
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
  auto n = words_of_failure(s_, lead_, tag_, why, agent);
  s_.emit(lead_.id(), action_failed{.action = action_kind::assign,
                                    .reason = why,
                                    .call_id = o_.call_id,
                                    .agent_id = std::move(agent)});
  if (s_.team().document())
    tell_once(s_.team().document()->account_owner, std::move(n));
}

void carrier::change_cadence(const action& a) {
  auto& ledger = o_.ledger;
  bool success = o_.tag == outcome::successful_transfer;
  if (cancels_cadence(a)) {
    ledger.others_cancel = ledger.others_cancel || !success;
    if (ledger.cadence == cadence_state::untouched) {
      s_.emit(lead_.id(),
              cadence_cancelled{.reason = tag_, .call_id = o_.call_id});
      ledger.cadence = success ? cadence_state::cancelled_by_success
                               : cadence_state::cancelled;
    }
  }
  if (std::holds_alternative<pause_cadence_action>(a))
    s_.emit(
      lead_.id(),
      cadence_paused{.until = o_.until, .reason = tag_, .call_id = o_.call_id});
}

void carrier::create_task(const create_task_action& a) {
  bool calls_back = missed() && a.kind == default_task::call_back;
  if (has_task(a) || (calls_back && repeat_task()))
    return;
  std::chrono::seconds due_in{a.due_in_s.value_or(limits::task_due_in_s)};
  auto plan = calls_back ? plan_call_back(
                s_, lead_, due_in, std::chrono::seconds{o_.cover_after_s})
                         : plan_task(s_, lead_, due_in);
  auto id = s_.emit(lead_.id(),
                    task_created{.kind = a.kind,
                                 .assignee = plan.assignee,
                                 .due_at = plan.due_at,
                                 .title = a.title ? *a.title : title_of(a.kind),
                                 .call_id = o_.call_id});
  lead_.change(task_opened{{.task_id = id,
                            .kind = a.kind,
                            .call_id = o_.call_id,
                            .assignee = plan.assignee,
                            .due_at = plan.due_at,
                            .misses = calls_back ? 1 : 0}});
  o_.ledger.tasks.push_back({a.kind, id});
  task_ = id;
  if (calls_back)
    news_ = call_back_news{.assignee = plan.assignee, .misses = 1};
}

/// R41: one task per call and kind. A call-back that some other outcome of the
/// call asked for is the miss's own, from now on.
bool carrier::has_task(const create_task_action& a) {
  const auto& made = o_.ledger.tasks;
  auto it = std::find_if(made.begin(), made.end(),
                         [&a](const auto& t) { return t.kind == a.kind; });
  if (it == made.end())
    return false;
  auto open = std::find_if(
    lead_->tasks.begin(), lead_->tasks.end(),
    [&it](const open_task& t) { return t.task_id == it->task_id; });
  if (missed() && a.kind == default_task::call_back
      && open != lead_->tasks.end() && open->misses == 0)
    lead_.change(task_repeats{it->task_id});
  return true;
}

/// R41: a lead is called back once, however many of its calls were missed.
bool carrier::repeat_task() {
  if (o_.ledger.repeats)
    return true;
  auto open = std::find_if(lead_->tasks.rbegin(), lead_->tasks.rend(),
                           [](const open_task& t) { return t.misses > 0; });
  if (open == lead_->tasks.rend())
    return false;
  auto id = open->task_id;
  news_
    = call_back_news{.assignee = open->assignee, .misses = open->misses + 1};
  s_.emit(lead_.id(), task_repeated{.task_id = id,
                                    .assignee = news_->assignee,
                                    .call_id = o_.call_id,
                                    .misses = news_->misses});
  lead_.change(task_repeats{id});
  o_.ledger.repeats = id;
  task_ = id;
  return true;
}

std::string carrier::title_of(const task_kind& kind) const {
  auto who = name_of(s_, lead_);
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
      return o_.answered_by ? o_.answered_by->agent_id : std::nullopt;
  }
  return std::nullopt;
}

/// R40: one per recipient, call and kind.
bool carrier::tell_once(const std::string& agent, notification_requested n) {
  notice key{.kind = n.kind, .agent_id = agent, .concerned = {}};
  auto& told = o_.ledger.told;
  if (std::find(told.begin(), told.end(), key) != told.end())
    return false;
  n.call_id = o_.call_id;
  if (!notify(s_, lead_, agent, std::move(n)))
    return false;
  told.push_back(std::move(key));
  return true;
}

notification_requested carrier::words_for(const std::string& to) const {
  if (o_.tag == outcome::successful_transfer)
    return words_of_success(s_, lead_, o_);
  return missed() ? words_of_miss(s_, lead_, news_, to)
                  : words_of_tag(s_, lead_, tag_);
}

void carrier::tell(const recipient_ref& to) {
  auto agent = resolve(to);
  if (!agent)
    return;
  auto n = words_for(*agent);
  n.task_id = task_;
  n.outcome = tag_;
  tell_once(*agent, std::move(n));
}

/// R41: somebody else is asked to see to a lead whose owner is not there.
void carrier::ask_for_cover() {
  const auto* owner = lead_->owner ? s_.team().agent(*lead_->owner) : nullptr;
  if (owner == nullptr || !is_off(s_, *owner))
    return;
  auto stand_in = stand_in_of(s_, lead_);
  if (!stand_in)
    return;
  auto n = words_of_cover(s_, lead_, news_, *stand_in);
  n.task_id = task_;
  if (tell_once(*stand_in, std::move(n)))
    count_as_asked(s_, lead_);
}

} // namespace

void carry_out(step& s, visited_lead& lead, outcome_due o) {
  // What is held is refused first, the other leads' too (contract, order of
  // outputs): the lead is visited once more for the rest.
  if (o.tag == outcome::opt_out && !std::exchange(o.refused, true)) {
    opt_out(s, lead);
    return s.next(to_lead(lead.id(), std::move(o)));
  }
  carrier c{s, lead, std::move(o)};
  c.correct();
  if (!c.settle_owner())
    return s.next(to_lead(lead.id(), c.take()));
  c.act();
  auto done = c.take();
  s.next(to_call(done.call_id, keep_ledger{std::move(done.ledger)}));
}

} // namespace fairlead
