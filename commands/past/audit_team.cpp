#include "commands/past/audit_team.hpp"

#include "actors/core/overload.hpp"
#include "commands/words/counts.hpp"
#include "messages/dead_letters.hpp"
#include "messages/english/in_words.hpp"
#include "messages/reading/fallback.hpp"
#include "messages/wire/read_outputs.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <utility>

namespace fairlead {
namespace {

/// R9: what is taken out of a document is remembered for so long.
constexpr auto gone_kept = std::chrono::days{7};
/// R24, R28: after `expires_at` an attempt may go on for `answer_grace_s` (30
/// at most), and then for `confirm_s` (60 at most).
constexpr auto attempt_ends_after = std::chrono::seconds{90};

/// R5: the least common multiple of the weights, or 10^9.
std::int64_t common_multiple(std::int64_t u, std::int64_t weight) {
  constexpr std::int64_t u_max = 1'000'000'000;
  return std::min(u_max, u == u_max ? u : std::lcm(u, weight));
}

/// The cause `timer:K:c-1:7` without its number, which the journal does not
/// have.
std::string timer_cause(const entity_name& e) {
  return std::string{"timer:"} + static_cast<char>(e.kind) + ":" + e.id + ":";
}

} // namespace

void audit_team::fault(audit_counts& c, std::string sentence) const {
  c.faults.push_back("team " + id_ + ": " + std::move(sentence));
}

bool audit_team::repeats(const input_event& e, const position& where) const {
  return journal_causes_.contains(e.id)
         && std::any_of(steps_.begin(), steps_.end(), [&](const auto& s) {
              return s.cause == e.id && s.source == e.source && !s.is_timer
                     && s.where != where;
            });
}

void audit_team::input(const input_event& e, const position& where, instant now,
                       int edition, bool forwarded) {
  if (forwarded)
    forwarded_.insert(where);
  taken_step s{.source = e.source,
               .cause = e.id,
               .is_timer = false,
               .edition = edition,
               .now = now,
               .where = where,
               .forwarded = forwarded,
               .what = no_effect{}};
  std::visit(
    overload{
      [&](const lead_received& l) { leads_.emplace_back(l.lead_id, where); },
      [&](const transfer_requested& t) {
        transfers_.push_back({t.call_id, where, repeats(e, where)});
        s.what = starts_routing{t.call_id, t.fallback_numbers};
      },
      [&](const ring_reported& r) {
        if (r.report == leg_report::machine)
          s.what = finds_machine{r.call_id, r.leg_id};
        else if (r.report != leg_report::answered
                 && r.report != leg_report::accepted)
          s.what = frees_leg{r.call_id, r.leg_id};
      },
      [&](const caller_hung_up& h) { s.what = frees_winner{h.call_id}; },
      [&](const call_ended& h) { s.what = frees_winner{h.call_id}; },
      [&](const call_bridge_failed& b) {
        s.what = undoes_win{b.call_id, b.leg_id};
      },
      [&](const team_configured& t) {
        configures c{t.document};
        c.document.rules.clear();
        c.document.outcomes.clear();
        s.what = std::move(c);
      },
      [](const auto&) {}},
    e.body);
  journal_causes_.insert(e.id);
  steps_.push_back(std::move(s));
}

void audit_team::timer(const entity_name& entity, instant now) {
  taken_step s{.source = {},
               .cause = timer_cause(entity),
               .is_timer = true,
               .edition = 1, // its outputs tell more
               .now = now,
               .where = {},
               .forwarded = false,
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
  auto stands = [&](const std::string& call, verdict v) {
    calls_[call].verdicts.emplace_back(o->sequence, v);
  };
  auto undecided = [&](const std::string& call, instant until) {
    auto& c = calls_[call];
    c.open_until = std::max(c.open_until.value_or(until), until);
  };
  std::visit(
    overload{
      [&](const lead_assigned&) { assigned_.insert(o->lead_id); },
      [&](const lead_unassigned&) { unassigned_.insert(o->lead_id); },
      [&](const task_created& b) {
        ++tasks_;
        if (b.kind != default_task::call_back)
          return;
        task_facts_[o->id].created = o->sequence;
        if (b.call_id)
          calls_[*b.call_id].tasks.push_back({o->sequence, o->id, o->lead_id});
      },
      [&](const task_repeated& b) {
        ++repeated_;
        calls_[b.call_id].tasks.push_back({o->sequence, b.task_id, o->lead_id});
      },
      [&](const task_cancelled& b) {
        task_facts_[b.task_id].cancelled = o->sequence;
      },
      [&](const transfer_connected& b) {
        ++calls_[b.call_id].connected;
        stands(b.call_id, verdict::connected);
        keep(won{b.leg_id, {b.call_id, b.agent_id.value_or(""), b.number}});
      },
      [&](const transfer_missed& b) {
        ++calls_[b.call_id].missed;
        calls_[b.call_id].lead = o->lead_id;
        stands(b.call_id, verdict::missed);
        keep(missed{b.call_id});
      },
      [&](const outcome_corrected& b) {
        stands(b.call_id, b.to == outcome::successful_transfer
                            ? verdict::corrected_to_success
                            : verdict::corrected_to_miss);
      },
      [&](const transfer_waiting& b) { undecided(b.call_id, b.until); },
      [&](const ring_requested& b) {
        ++rings_;
        undecided(b.call_id, b.expires_at + attempt_ends_after);
        ring_begins begins{.call = b.call_id, .legs = {}};
        for (const auto& l : b.legs)
          begins.legs.emplace_back(
            l.leg_id, target{b.call_id, l.agent_id.value_or(""), l.number});
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
        if (b.kind != decision_kind::assignment || !b.pool_id || !b.v_before
            || b.chosen.empty())
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
  // Where the outputs do not begin with the team's first, retention has deleted
  // some, or they stand in the topics that the state was copied from: a lead
  // may have got its owner there.
  bool begins_later
    = !sequences_.empty()
      && *std::min_element(sequences_.begin(), sequences_.end()) > 1;
  std::set<std::string> seen;
  for (const auto& [lead, at] : leads_) {
    if (rejected.contains(at) || !seen.insert(lead).second)
      continue;
    ++c.leads;
    if (!begins_later && !assigned_.contains(lead)
        && !unassigned_.contains(lead))
      fault(c, "P1: lead " + lead + " came (" + to_string(at)
                 + "), but was neither assigned nor reported as unassigned");
  }
  c.assigned = assigned_.size();
  for (const auto& lead : unassigned_)
    c.unassigned += assigned_.contains(lead) ? 0 : 1;
}

void audit_team::check_calls(audit_counts& c, instant until,
                             const std::set<position>& rejected) {
  std::map<std::string, std::uint64_t> requests;
  std::set<position> counted;
  std::set<std::string> asked; // by an event of their own
  for (const auto& t : transfers_)
    if (!rejected.contains(t.where) && counted.insert(t.where).second) {
      ++requests[t.call];
      calls_.try_emplace(t.call);
      if (!t.repeats)
        asked.insert(t.call);
    }
  for (auto& [call, f] : calls_) {
    auto requested = requests.contains(call) ? requests.at(call) : 0;
    // R44: an event with the source and id of another one changed nothing.
    if (!asked.contains(call) && f.connected + f.missed == 0)
      requested = 0;
    c.transfers += requested > 0 ? 1 : 0;
    c.connected += f.connected > 0 ? 1 : 0;
    c.missed += f.missed > 0 ? 1 : 0;
    if (requested > 0 && f.connected + f.missed == 0) {
      if (f.open_until && *f.open_until >= until)
        ++c.open;
      else
        fault(c, "P1: the transfer of call " + call
                   + " is neither connected nor missed");
    }
    // A call may be routed once more after its miss (R44).
    if (f.missed > std::max<std::uint64_t>(requested, 1))
      fault(c, "P1: call " + call + " was missed " + std::to_string(f.missed)
                 + " times, and asked for " + count_of(requested, "transfer"));
    check_task(c, call, f);
  }
  c.tasks = tasks_;
  c.repeated = repeated_;
  c.rings = rings_;
}

/// A standing miss has one task: its own, or the one that it repeats. One that
/// had been cancelled before the miss does not count.
void audit_team::check_task(audit_counts& c, const std::string& call,
                            call_facts& f) const {
  std::sort(f.verdicts.begin(), f.verdicts.end());
  std::uint64_t since = 0; // the miss that stands
  bool success = false;
  bool ever_success = false;
  for (const auto& [at, v] : f.verdicts) {
    // After a success, a miss of another routing changes nothing (R38, R44).
    if (v == verdict::missed && success)
      continue;
    success = v == verdict::connected || v == verdict::corrected_to_success;
    ever_success = ever_success || success;
    since = success ? 0 : since > 0 ? since : at;
  }
  std::size_t tasks = 0;
  bool tagged = false;
  for (const auto& [at, id, lead] : f.tasks) {
    // A call that was only tagged, for another lead, has started anew.
    if (lead != f.lead)
      continue;
    tagged = tagged || at < since;
    auto t = task_facts_.find(id);
    auto cancelled
      = t == task_facts_.end() ? std::nullopt : t->second.cancelled;
    if (cancelled && *cancelled < at)
      fault(c, "P1: call " + call + " repeats task " + id
                 + ", which was cancelled before");
    tasks += cancelled && *cancelled < std::max(since, at) ? 0 : 1;
  }
  // A miss that had been tagged is not told a second time (R38).
  if (tasks == 0 && tagged && !ever_success)
    return;
  if (since > 0 && f.missed > 0 && tasks != 1)
    fault(c, "P1: the miss of call " + call + " has " + std::to_string(tasks)
               + " call_back tasks instead of one");
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

void audit_team::apply(const taken_step& s, ringing& now) {
  auto free_leg = [&now](const std::string& leg) {
    // A report may come before its leg rings, parked with others (R45).
    if (now.legs.erase(leg) == 0)
      now.over.insert(leg);
  };
  auto undo_win = [&now](const std::string& call, const std::string& leg) {
    auto it = now.winners.find(call);
    if (it == now.winners.end() || it->second != leg)
      return;
    now.winners.erase(it);
    now.connected.erase(call);
  };
  std::visit(
    overload{
      [](const no_effect&) {}, [&](const frees_leg& l) { free_leg(l.leg); },
      [&](const frees_winner& o) { now.connected.erase(o.call); },
      [&](const undoes_win& b) { undo_win(b.call, b.leg); },
      [&](const finds_machine& m) {
        free_leg(m.leg);
        if (s.edition > 1)
          undo_win(m.call, m.leg);
      },
      [&](const starts_routing& r) {
        // While a routing runs, another request is a duplicate; after
        // its miss the call may be routed once more (R44).
        if (now.fallback.contains(r.call) && now.missed.erase(r.call) == 0)
          return;
        transfer_requested request;
        request.fallback_numbers = r.numbers;
        auto own = read_fallback_numbers(request, region_).numbers;
        now.fallback[r.call]
          = own ? std::make_shared<const std::vector<fallback_entry>>(
              std::move(*own))
                : fallback_;
      },
      [&](const configures& d) { configure(d.document, s.now, s.edition); }},
    s.what);
}

void audit_team::configure(const team_document& d, instant at, int edition) {
  if (outdated(version_, d.version))
    return;
  // The first edition forgot it with a document that had none (R45).
  if (d.version || edition == 1)
    version_ = d.version;
  region_ = d.region;
  fallback_ = std::make_shared<const std::vector<fallback_entry>>(
    d.transfer.fallback_numbers);
  std::set<std::string> there;
  for (const auto& p : d.pools) {
    there.insert(p.id);
    reweigh(pools_[p.id], &p, at, edition);
  }
  for (auto& [id, w] : pools_)
    if (!there.contains(id))
      reweigh(w, nullptr, at, edition);
  for (auto& [id, eligible] : eligible_before_)
    std::erase_if(eligible, [&, &of = pools_[id].of](const std::string& agent) {
      return !of.contains(agent);
    });
}

/// `pool`: null, the document does not have it any more.
void audit_team::reweigh(weights& w, const pool_document* pool, instant at,
                         int edition) {
  auto before = std::exchange(w.of, {});
  if (pool != nullptr) {
    w.catch_up_turns = pool->catch_up_turns;
    for (const auto& m : pool->members)
      w.of[m.agent_id] = m.weight;
  }
  std::erase_if(w.gone, [&](const auto& g) {
    return at - g.second.left >= gone_kept || w.of.contains(g.first);
  });
  if (edition > 1) // the first one remembered nobody
    for (const auto& [agent, weight] : before)
      if (!w.of.contains(agent))
        w.gone[agent] = {weight, at};
  w.u = 1;
  for (const auto& [unused, weight] : w.of)
    w.u = common_multiple(w.u, weight);
  for (const auto& [unused, g] : w.gone)
    w.u = common_multiple(w.u, g.weight);
}

void audit_team::apply(const written& w, int edition, ringing& now,
                       audit_counts& c) {
  std::visit(overload{[&](const ring_begins& b) {
                        for (const auto& [leg, who] : b.legs) {
                          check_ring(who, edition, now, c);
                          if (!now.over.contains(leg))
                            now.legs[leg] = who;
                        }
                      },
                      [&](const ring_ends& e) {
                        for (const auto& leg : e.legs)
                          now.legs.erase(leg);
                      },
                      [&](const won& x) {
                        const auto& call = x.who.call;
                        now.legs.erase(x.leg);
                        if (now.winners.contains(call))
                          fault(c, "P4: call " + call
                                     + " is connected to a second target");
                        now.winners[call] = x.leg;
                        now.connected[call] = x.who;
                      },
                      [&](const missed& m) {
                        now.missed.insert(m.call);
                        now.winners.erase(m.call);
                        now.connected.erase(m.call);
                      },
                      [&](const choice& x) { check_choice(x, w.sequence, c); }},
             w.what);
}

void audit_team::check_ring(const target& t, int edition, const ringing& now,
                            audit_counts& c) const {
  std::uint64_t on_the_number = 0;
  auto look = [&](const target& other, const char* does) {
    auto at_once = [&](const std::string& who) {
      fault(c, "P4: " + who + " is rung for call " + t.call + " while " + does
                 + " call " + other.call);
    };
    if (!t.agent.empty() && other.agent == t.agent)
      at_once(t.agent);
    else if (edition > 1 && other.number == t.number) { // R51
      ++on_the_number;
      if (!t.agent.empty() && !other.agent.empty())
        at_once("the number of " + t.agent + ", " + in_words(t.number) + ",");
    }
  };
  for (const auto& [unused, other] : now.legs)
    look(other, "ringing for");
  for (const auto& [unused, other] : now.connected)
    look(other, "connected to");
  // A number of nobody's may have several lines.
  auto entries = now.fallback.find(t.call);
  if (!t.agent.empty() || entries == now.fallback.end()
      || entries->second == nullptr)
    return;
  const auto& list = *entries->second;
  auto entry
    = std::find_if(list.begin(), list.end(), [&t](const fallback_entry& e) {
        return dialled{e.phone, e.endpoint} == t.number;
      });
  if (entry == list.end() || !entry->lines
      || on_the_number < static_cast<std::uint64_t>(*entry->lines))
    return;
  fault(c, "P4: " + in_words(t.number) + " is rung for call " + t.call
             + " although it has "
             + count_of(static_cast<std::uint64_t>(*entry->lines), "line")
             + ", and " + std::to_string(on_the_number) + " are in use");
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
    // Rounded up where U is not a multiple of the weight (R5).
    auto stride = (pool->second.u + weight->second - 1) / weight->second;
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
  pools_.clear();
  eligible_before_.clear();
  version_.reset();
  fallback_.reset();
  ringing now;
  std::size_t next = 0;
  auto is_of = [](const written& w, const taken_step& s) {
    return s.is_timer ? w.cause.starts_with(s.cause) : w.cause == s.cause;
  };
  std::set<std::string> applied;
  int edition = 1; // of the steps so far
  for (const auto& s : steps_) {
    // Another partition's step, at a time of its own.
    if (!s.is_timer && !s.forwarded && forwarded_.contains(s.where))
      continue;
    // Outputs whose step is not in the journal any more are older than this.
    while (next < written_.size() && written_[next].time < s.now
           && !is_of(written_[next], s))
      apply(written_[next++], edition, now, c);
    edition = std::max(edition, s.edition);
    // The same event again changes nothing (R44).
    auto again
      = !s.is_timer && !applied.insert(s.source + '\x1f' + s.cause).second;
    if (!again && !rejected.contains(s.where))
      apply(s, now);
    while (next < written_.size() && is_of(written_[next], s)
           && written_[next].time <= s.now)
      apply(written_[next++], edition, now, c);
  }
  while (next < written_.size())
    apply(written_[next++], edition, now, c);
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
