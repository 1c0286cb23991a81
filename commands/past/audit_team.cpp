#include "commands/past/audit_team.hpp"

#include "actors/core/overload.hpp"
#include "messages/dead_letters.hpp"
#include "messages/wire/read_outputs.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <utility>

namespace fairlead {
namespace {

/// The cause `timer:K:c-1:7` without its number, which the journal does not
/// have.
std::string timer_cause(const entity_name& e) {
  return std::string{"timer:"} + static_cast<char>(e.kind) + ":" + e.id + ":";
}

} // namespace

void audit_team::fault(audit_counts& c, std::string sentence) const {
  c.faults.push_back("team " + id_ + ": " + std::move(sentence));
}

void audit_team::input(const input_event& e, const position& where,
                       instant now) {
  taken_step s{.cause = e.id,
               .is_timer = false,
               .now = now,
               .where = where,
               .what = no_effect{}};
  std::visit(
    overload{
      [&](const lead_received& l) { leads_.emplace_back(l.lead_id, where); },
      [&](const transfer_requested& t) {
        transfers_.emplace_back(t.call_id, where);
      },
      [&](const ring_reported& r) {
        if (r.report != leg_report::answered
            && r.report != leg_report::accepted)
          s.what = frees_leg{r.call_id, r.leg_id};
      },
      [&](const caller_hung_up& h) { s.what = frees_winner{h.call_id}; },
      [&](const call_ended& h) { s.what = frees_winner{h.call_id}; },
      [&](const call_bridge_failed& b) {
        s.what = undoes_win{b.call_id, b.leg_id};
      },
      [&](const team_configured& t) {
        sets_pools set;
        for (const auto& p : t.document.pools) {
          auto& w = set.pools[p.id];
          w.catch_up_turns = p.catch_up_turns;
          for (const auto& m : p.members) {
            w.of[m.agent_id] = m.weight;
            w.u = std::lcm(w.u, static_cast<std::int64_t>(m.weight));
          }
        }
        s.what = std::move(set);
      },
      [](const auto&) {}},
    e.body);
  journal_causes_.insert(e.id);
  steps_.push_back(std::move(s));
}

void audit_team::timer(const entity_name& entity, instant now) {
  taken_step s{.cause = timer_cause(entity),
               .is_timer = true,
               .now = now,
               .where = {},
               .what = no_effect{}};
  // The call's own timer frees a connected agent as well (R34).
  if (entity.kind == entity_kind::call)
    s.what = frees_winner{entity.id};
  journal_causes_.insert(s.cause);
  steps_.push_back(std::move(s));
}

void audit_team::output(const raw_record& r) {
  auto o = read_output(r);
  if (!o)
    return;
  sequences_.push_back(o->sequence);
  causes_.insert(o->causation_id);
  if (!o->body) {
    unreadable_.push_back("output " + std::to_string(o->sequence)
                          + " can't be checked: " + sentence(o->faults));
    return;
  }
  auto keep = [&](auto what) {
    written_.push_back({.sequence = o->sequence,
                        .cause = o->causation_id,
                        .time = r.timestamp,
                        .what = std::move(what)});
  };
  auto verdict = [&](call_facts& c, bool is_miss) {
    if (o->sequence < c.verdict_at)
      return;
    c.verdict_at = o->sequence;
    c.standing_miss = is_miss;
  };
  std::visit(
    overload{[&](const lead_assigned&) { assigned_.insert(o->lead_id); },
             [&](const lead_unassigned&) { unassigned_.insert(o->lead_id); },
             [&](const task_created& b) {
               ++tasks_;
               if (b.call_id && b.kind == default_task::call_back)
                 ++calls_[*b.call_id].tasks;
             },
             [&](const transfer_connected& b) {
               auto& c = calls_[b.call_id];
               ++c.connected;
               verdict(c, false);
               keep(won{b.call_id, b.leg_id, b.agent_id.value_or("")});
             },
             [&](const transfer_missed& b) {
               auto& c = calls_[b.call_id];
               ++c.missed;
               verdict(c, true);
             },
             [&](const outcome_corrected& b) {
               verdict(calls_[b.call_id], b.to == outcome::missed_transfer);
             },
             [&](const ring_requested& b) {
               ++rings_;
               auto& c = calls_[b.call_id];
               c.expires_at
                 = std::max(c.expires_at.value_or(b.expires_at), b.expires_at);
               ring_begins begins{.call = b.call_id, .legs = {}};
               for (const auto& l : b.legs)
                 begins.legs.emplace_back(l.leg_id, l.agent_id.value_or(""));
               keep(std::move(begins));
             },
             [&](const ring_cancelled& b) {
               ring_ends ends{.call = b.call_id, .legs = {}};
               for (const auto& l : b.legs)
                 ends.legs.push_back(l.leg_id);
               keep(std::move(ends));
             },
             [&](const decision_recorded& b) {
               // A choice that finds nobody changes nothing (R8).
               if (b.kind != decision_kind::assignment || !b.pool_id
                   || !b.v_before || b.chosen.empty())
                 return;
               choice c{.pool = *b.pool_id, .v = *b.v_before, .eligible = {}};
               for (const auto& one : b.candidates)
                 if (!one.excluded && one.pass)
                   c.eligible.emplace_back(one.agent_id, *one.pass);
               keep(std::move(c));
             },
             [](const auto&) {}},
    *o->body);
}

// -- P1 -----------------------------------------------------------------------

void audit_team::check_leads(audit_counts& c,
                             const std::set<position>& rejected) {
  std::set<std::string> seen;
  for (const auto& [lead, at] : leads_) {
    if (rejected.contains(at) || !seen.insert(lead).second)
      continue;
    ++c.leads;
    if (!assigned_.contains(lead) && !unassigned_.contains(lead))
      fault(c, "P1: lead " + lead + " came (" + to_string(at)
                 + "), but was neither assigned nor reported as unassigned");
  }
  c.assigned = assigned_.size();
  for (const auto& lead : unassigned_)
    c.unassigned += assigned_.contains(lead) ? 0 : 1;
}

void audit_team::check_calls(audit_counts& c, instant until,
                             const std::set<position>& rejected) {
  for (const auto& [call, at] : transfers_)
    if (!rejected.contains(at))
      calls_[call].requested = true;
  for (const auto& [call, f] : calls_) {
    c.transfers += f.requested ? 1 : 0;
    c.connected += f.connected > 0 ? 1 : 0;
    c.missed += f.missed > 0 ? 1 : 0;
    if (f.requested && f.connected + f.missed == 0) {
      if (f.expires_at && *f.expires_at >= until)
        ++c.open;
      else
        fault(c, "P1: the transfer of call " + call
                   + " is neither connected nor missed");
    }
    if (f.missed > 1)
      fault(c, "P1: call " + call + " was missed " + std::to_string(f.missed)
                 + " times");
    if (f.standing_miss && f.missed > 0 && f.tasks != 1)
      fault(c, "P1: the miss of call " + call + " has "
                 + std::to_string(f.tasks) + " call_back tasks instead of one");
    else if (f.tasks > 1)
      fault(c, "P1: call " + call + " has " + std::to_string(f.tasks)
                 + " call_back tasks");
  }
  c.tasks = tasks_;
  c.rings = rings_;
}

// -- P2, P3 -------------------------------------------------------------------

void audit_team::check_sequence(audit_counts& c) {
  c.outputs = sequences_.size();
  for (const auto& what : unreadable_)
    fault(c, what);
  std::sort(sequences_.begin(), sequences_.end());
  for (std::size_t i = 1; i < sequences_.size(); ++i) {
    if (sequences_[i] == sequences_[i - 1])
      fault(c,
            "P2: output " + std::to_string(sequences_[i]) + " is there twice");
    else if (sequences_[i] != sequences_[i - 1] + 1)
      fault(c, "P2: outputs " + std::to_string(sequences_[i - 1] + 1) + " to "
                 + std::to_string(sequences_[i] - 1) + " are missing");
  }
  for (const auto& cause : causes_) {
    auto known = cause;
    if (cause.starts_with("timer:"))
      known.erase(known.rfind(':') + 1);
    if (!journal_causes_.contains(known) && !journal_causes_.contains(cause))
      fault(c, "P3: the outputs of " + cause + " have no step in the journal");
  }
}

// -- P4, P5: inputs and outputs in their common order -------------------------

void audit_team::apply(const effect& e, ringing& now) {
  std::visit(
    overload{[](const no_effect&) {},
             [&](const frees_leg& l) { now.legs.erase(l.leg); },
             [&](const frees_winner& o) { now.connected.erase(o.call); },
             [&](const undoes_win& b) {
               if (auto it = now.winners.find(b.call);
                   it != now.winners.end() && it->second == b.leg) {
                 now.winners.erase(it);
                 now.connected.erase(b.call);
               }
             },
             [&](const sets_pools& s) {
               for (auto it = eligible_before_.begin();
                    it != eligible_before_.end();)
                 it = s.pools.contains(it->first) ? std::next(it)
                                                  : eligible_before_.erase(it);
               pools_ = s.pools;
             }},
    e);
}

void audit_team::apply(const written& w, ringing& now, audit_counts& c) {
  std::visit(
    overload{[&](const ring_begins& b) {
               for (const auto& [leg, agent] : b.legs) {
                 if (agent.empty())
                   continue;
                 auto at_once = [&, who = agent](const char* does,
                                                 const std::string& call) {
                   fault(c, "P4: " + who + " is rung for call " + b.call
                              + " while " + does + " call " + call);
                 };
                 for (const auto& [other, whose] : now.legs)
                   if (whose.second == agent)
                     at_once("ringing for", whose.first);
                 for (const auto& [call, whose] : now.connected)
                   if (whose == agent)
                     at_once("connected to", call);
                 now.legs[leg] = {b.call, agent};
               }
             },
             [&](const ring_ends& e) {
               for (const auto& leg : e.legs)
                 now.legs.erase(leg);
             },
             [&](const won& x) {
               now.legs.erase(x.leg);
               if (auto it = now.winners.find(x.call); it != now.winners.end())
                 fault(c, "P4: call " + x.call
                            + " is connected to a second target");
               now.winners[x.call] = x.leg;
               if (!x.agent.empty())
                 now.connected[x.call] = x.agent;
             },
             [&](const choice& x) { check_choice(x, w.sequence, c); }},
    w.what);
}

void audit_team::check_choice(const choice& x, std::uint64_t sequence,
                              audit_counts& c) {
  ++c.choices;
  auto& before = eligible_before_[x.pool];
  std::set<std::string> eligible;
  const auto pool = pools_.find(x.pool);
  for (const auto& [agent, pass] : x.eligible) {
    eligible.insert(agent);
    if (pool == pools_.end() || pool->second.catch_up_turns != 0
        || !before.contains(agent))
      continue;
    auto weight = pool->second.of.find(agent);
    if (weight == pool->second.of.end())
      continue;
    auto stride = pool->second.u / weight->second;
    if (pass < x.v || pass > x.v + stride)
      fault(c, "P5: at output " + std::to_string(sequence) + " " + agent
                 + " in pool " + x.pool + " has pass " + std::to_string(pass)
                 + ", outside " + std::to_string(x.v) + " to "
                 + std::to_string(x.v + stride));
  }
  before = std::move(eligible);
}

void audit_team::check_order(audit_counts& c,
                             const std::set<position>& rejected) {
  std::sort(
    written_.begin(), written_.end(),
    [](const written& a, const written& b) { return a.sequence < b.sequence; });
  ringing now;
  std::size_t next = 0;
  auto is_of = [](const written& w, const taken_step& s) {
    return s.is_timer ? w.cause.starts_with(s.cause) : w.cause == s.cause;
  };
  std::set<std::string> applied;
  for (const auto& s : steps_) {
    // Outputs whose step is not in the journal any more are older than this.
    while (next < written_.size() && written_[next].time < s.now
           && !is_of(written_[next], s))
      apply(written_[next++], now, c);
    // The same event again changes nothing (R44).
    auto again = !s.is_timer && !applied.insert(s.cause).second;
    if (!again && !rejected.contains(s.where))
      apply(s.what, now);
    while (next < written_.size() && is_of(written_[next], s)
           && written_[next].time <= s.now)
      apply(written_[next++], now, c);
  }
  while (next < written_.size())
    apply(written_[next++], now, c);
}

audit_counts audit_team::finish(instant until,
                                const std::set<position>& rejected) {
  audit_counts c;
  check_leads(c, rejected);
  check_calls(c, until, rejected);
  check_sequence(c);
  check_order(c, rejected);
  return c;
}

} // namespace fairlead
