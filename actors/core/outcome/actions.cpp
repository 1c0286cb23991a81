#include "actors/core/outcome/actions.hpp"

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

} // namespace

bool is_outcome(const team_state& team, const outcome_tag& tag) {
  return tag.known() != nullptr || listed(team, tag) != nullptr;
}

outcome_tag as_listed(const team_state& team, const outcome_tag& tag) {
  const auto* own = listed(team, tag);
  return own == nullptr ? tag : outcome_tag{own->listed};
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

} // namespace fairlead
