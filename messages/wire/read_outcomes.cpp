#include "messages/wire/read_outcomes.hpp"

#include "messages/json/pointer.hpp"
#include "messages/reading/outcome.hpp"
#include "messages/utf8.hpp"

#include <optional>
#include <unordered_map>
#include <utility>

namespace fairlead {
namespace {

std::optional<recipient_ref> read_recipient(const field_reader& r,
                                            const json_node& n,
                                            const std::string& where) {
  if (n.is == json_node::kind::object) {
    auto who = r.inside(n, where);
    who.only({"agent"});
    return agent_ref{who.need_id("agent")};
  }
  if (n.is == json_node::kind::text)
    if (auto known = read<role>(n.text))
      return *known;
  r.faults().invalid(where, "must be owner, account_owner, answered_by or "
                            "{\"agent\":id}");
  return std::nullopt;
}

notify_action read_notify(const field_reader& r) {
  notify_action n;
  if (r.need("to") != nullptr)
    if (const auto* to = r.array("to"))
      r.elements(*to, r.at("to"),
                 [&](const json_node& x, const std::string& at) {
                   if (auto who = read_recipient(r, x, at))
                     n.to.push_back(*who);
                 });
  return n;
}

std::string read_kept_text(const field_reader& r, std::string_view key) {
  auto text = r.need_text(key);
  if (text.size() > kept_text_bytes_max)
    r.faults().invalid(r.at(key), "has more than 1024 bytes");
  return text;
}

/// A pool, an agent, or whoever won the call; exactly one.
assign_action read_assign(const field_reader& r,
                          const std::set<std::string>& pools) {
  r.only({"do", "agent", "pool", "to"});
  auto is_there
    = [&r](std::string_view key) { return r.find(key) != nullptr ? 1 : 0; };
  if (is_there("pool") + is_there("agent") + is_there("to") != 1) {
    r.faults().invalid(r.pointer(),
                       R"(must name a pool, an agent or "to":"answered_by")");
    return {};
  }
  if (is_there("agent") == 1)
    return {agent_ref{r.need_id("agent")}};
  if (is_there("pool") == 1)
    return {read_pool_ref(r, pools)};
  if (auto to = r.text("to"); to && *to != to_string(role::answered_by))
    r.faults().invalid(r.at("to"), "must be answered_by");
  return {answerer{}};
}

std::optional<action> read_action(const field_reader& r,
                                  const std::set<std::string>& pools) {
  auto kind = read<action_kind>(r.need_text("do"));
  if (!kind) {
    r.only({"do", "agent", "pool", "to", "kind", "due_in_s", "title"});
    if (const auto* n = r.find("do");
        n != nullptr && n->is == json_node::kind::text)
      r.faults().invalid(r.at("do"), "is not an action");
    return std::nullopt;
  }
  switch (*kind) {
    case action_kind::assign:
      return read_assign(r, pools);
    case action_kind::stage:
      r.only({"do", "to"});
      return stage_action{read_kept_text(r, "to")};
    case action_kind::cancel_cadence:
      r.only({"do"});
      return cancel_cadence_action{};
    case action_kind::pause_cadence:
      r.only({"do"});
      return pause_cadence_action{};
    case action_kind::create_task:
      r.only({"do", "kind", "due_in_s", "title"});
      return create_task_action{.kind = task_kind{read_kept_text(r, "kind")},
                                .due_in_s = r.integer("due_in_s", 0, year_s),
                                .title = r.text("title")};
    case action_kind::notify:
      r.only({"do", "to"});
      return read_notify(r);
  }
  return std::nullopt;
}

} // namespace

pool_ref read_pool_ref(const field_reader& r,
                       const std::set<std::string>& pools) {
  auto pool = r.need_id("pool");
  if (!pool.empty() && !pools.contains(pool))
    r.faults().invalid(r.at("pool"), "is no pool of the team");
  return {std::move(pool)};
}

std::vector<outcome_actions> read_outcomes(const field_reader& r,
                                           const std::set<std::string>& pools) {
  std::vector<outcome_actions> all;
  const auto* outcomes = r.object("outcomes");
  if (outcomes == nullptr)
    return all;
  auto pointer = r.at("outcomes");
  std::unordered_map<std::string_view, const json_node*> last;
  for (const auto* n = r.tree().first(*outcomes); n != nullptr;
       n = r.tree().next(*n))
    last[n->key] = n;
  std::unordered_map<std::string, std::string_view> listed;
  for (const auto* n = r.tree().first(*outcomes); n != nullptr;
       n = r.tree().next(*n)) {
    if (last[n->key] != n || n->is == json_node::kind::null)
      continue; // a later member of that name counts; null is absent
    outcome_actions o{
      .outcome = read_outcome_tag(n->key), .listed = n->key, .actions = {}};
    if (!is_id(n->key)) {
      r.faults().invalid(pointer,
                         std::string{"has a name that "} + rule_of_ids);
      continue;
    }
    auto where = pointer + "/" + json::pointer_step(n->key);
    if (o.outcome.text().empty()) {
      r.faults().invalid(where, "reads as nothing");
      continue;
    }
    auto [twin, is_new] = listed.emplace(o.outcome.text(), n->key);
    if (!is_new)
      r.faults().invalid(where,
                         "reads the same as " + std::string{twin->second});
    if (n->is != json_node::kind::array) {
      r.faults().wrong(where, "must be a list");
      continue;
    }
    r.elements(*n, where, [&](const json_node& a, const std::string& at) {
      if (a.is != json_node::kind::object)
        return r.faults().wrong(at, "must be an object");
      if (auto x = read_action(r.inside(a, at), pools))
        o.actions.push_back(std::move(*x));
    });
    all.push_back(std::move(o));
  }
  return all;
}

} // namespace fairlead
