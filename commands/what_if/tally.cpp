#include "commands/what_if/tally.hpp"

#include <utility>
#include <variant>

namespace fairlead::what_if {

void tally::step(const fairlead::step& s) {
  if (s.rejected() || s.duplicate())
    return;
  auto now = s.now();
  bool inside = of_.has(now);
  if (const auto* e = s.event()) {
    if (const auto* l = std::get_if<lead_received>(&e->body)) {
      if (known_.insert(l->lead_id).second && inside)
        leads_[l->lead_id].came = now;
    } else if (const auto* t = std::get_if<transfer_requested>(&e->body)) {
      known_.insert(t->lead_id);
      if (inside)
        calls_.try_emplace(t->call_id, call_result::open);
    }
  }
  for (const auto& o : s.outputs()) {
    if (const auto* a = std::get_if<lead_assigned>(&o.body)) {
      known_.insert(o.subject);
      if (inside)
        assigned(*a, o.subject, now);
    } else if (std::holds_alternative<lead_unassigned>(o.body)) {
      if (inside)
        leads_[o.subject].waited = true;
    } else if (const auto* d = std::get_if<decision_recorded>(&o.body)) {
      if (inside)
        choices_.push_back(choice_of(*d, o.about_lead ? o.subject : "", now));
    } else if (const auto* w = std::get_if<transfer_connected>(&o.body)) {
      if (auto c = calls_.find(w->call_id); c != calls_.end())
        c->second = call_result::connected;
    } else if (const auto* m = std::get_if<transfer_missed>(&o.body)) {
      if (auto c = calls_.find(m->call_id); c != calls_.end())
        c->second = call_result::missed;
    }
  }
  // Whatever became of it in the run, nobody knows.
  for (const auto& o : s.outputs()) {
    const std::string* call = nullptr;
    if (const auto* w = std::get_if<transfer_connected>(&o.body))
      call = &w->call_id;
    else if (const auto* m = std::get_if<transfer_missed>(&o.body))
      call = &m->call_id;
    if (call != nullptr && unknown_.contains(*call))
      if (auto c = calls_.find(*call); c != calls_.end())
        c->second = call_result::unknown;
  }
}

void tally::assigned(const lead_assigned& a, const std::string& lead,
                     instant now) {
  auto& l = leads_[lead];
  if (!l.owned) {
    l.owned = now;
    l.agent = a.agent.agent_id;
    l.reason = a.reason;
    l.pool = a.pool_id;
  }
  l.last_agent = a.agent.agent_id;
  got_[a.agent.agent_id].emplace_back(lead, a.turn.has_value());
  if (a.turn && a.pool_id)
    ++pools_[*a.pool_id][a.agent.agent_id];
}

void tally::assume(const std::string& lead, const char* what, instant now) {
  if (of_.has(now))
    leads_[lead].assumes.insert(what);
}

void tally::unknown(const std::string& call, const std::string& lead,
                    instant now) {
  unknown_.insert(call);
  if (auto c = calls_.find(call); c != calls_.end())
    c->second = call_result::unknown;
  assume(lead, "unknown_call", now);
}

std::map<std::string, agent_figures> tally::agents() const {
  std::map<std::string, agent_figures> out;
  for (const auto& [agent, leads] : got_) {
    auto& f = out[agent];
    for (const auto& [lead, turn] : leads) {
      ++f.leads;
      f.turns += turn ? 1 : 0;
      auto l = leads_.find(lead);
      f.assumed += l != leads_.end() && !l->second.assumes.empty() ? 1 : 0;
    }
  }
  return out;
}

} // namespace fairlead::what_if
