// What must be true of the state inside a run: what is restored is what was
// committed, and what is live says the same.

#include "actors/core/state/snapshot.hpp"
#include "messages/phone.hpp"
#include "messages/reading/placeholder.hpp"
#include "tests/simulation/instances.hpp"

#include <algorithm>
#include <set>

namespace fairlead::test {
namespace {

std::map<std::string, std::string> contents(const snapshot_store& store) {
  std::map<std::string, std::string> out;
  store.each([&out](const state_name& n, std::string_view value) {
    out.emplace(state_key(n.team, n.kind, n.id), value);
  });
  return out;
}

} // namespace

void world::check_timers(const worker& w) const {
  if (figures_.timers_given_up != 0)
    return; // a timer that was given up is missing on purpose
  std::set<std::pair<std::string, std::int64_t>> stored;
  w.part.store().each([&](const state_name& n, std::string_view v) {
    if (has_timers(n.kind))
      if (auto due = stored_due(n.kind, v))
        stored.emplace(state_key(n.team, n.kind, n.id), ms_of(*due));
  });
  auto names = [](const auto& all) {
    std::string out;
    for (const auto& [key, due] : all)
      out += " " + key + "@" + std::to_string(due);
    return out;
  };
  std::set<std::pair<std::string, std::int64_t>> indexed;
  for (const auto& t : w.part.timers().in_order())
    indexed.emplace(state_key(t.team, t.entity.kind, t.entity.id),
                    ms_of(t.due));
  if (stored != indexed)
    promise(false, "timers of partition "
                     + std::to_string(w.part.config().number) + ": stored"
                     + names(stored) + ", in the index" + names(indexed));
}

void world::check_restored(const worker& w) const {
  auto number = w.part.config().number;
  auto has = contents(w.part.store());
  const auto& should = shadow_[static_cast<std::size_t>(number)];
  if (has != should) {
    std::string what;
    for (const auto& [key, value] : should)
      if (auto it = has.find(key); it == has.end())
        what += " lacks " + key;
      else if (it->second != value)
        what += " differs at " + key;
    for (const auto& [key, value] : has)
      if (!should.contains(key))
        what += " has " + key;
    promise(false,
            "the restored state of partition " + std::to_string(number) + what);
  }
  check_timers(w);
}

/// Whoever keeps a phone or an e-mail is found by it, whether a lead says so or
/// an entity of its own.
void world::check_known_by(team_state& team, const std::string& lead,
                           std::string_view bytes) const {
  auto kept = reaches_of(bytes);
  for (std::size_t i = 0; i < kept.count; ++i) {
    auto [kind, text] = kept.all[i];
    std::string reach{text};
    if (kind == phone_kind && is_placeholder(parts_of(reach).number))
      continue; // leads nowhere
    const auto& known = team.person(person_key{kind + reach});
    promise(known.oldest_left_out
              || std::find(known.leads.begin(), known.leads.end(), lead)
                   != known.leads.end(),
            "R12: the lead " + lead + " is not known by " + reach);
  }
}

/// The entities that are live say the same as their snapshots.
void world::check_at_rest() {
  for (auto& i : instances_)
    for (auto& w : i->workers) {
      check_restored(*w);
      promise(w->part.stats().unfair_choices == 0, "P5: an unfair choice");
      std::vector<std::array<std::string, 3>> keys;
      for (const auto& [key, value] : contents(w->part.store())) {
        auto n = split_state_key(key);
        keys.push_back(
          {std::string{n->team}, key.substr(n->team.size() + 1), value});
      }
      for (const auto& [team, rest, bytes] : keys) {
        auto& t = w->part.team(team);
        auto id = rest.substr(2);
        std::string live = bytes;
        switch (static_cast<entity_kind>(rest[0])) {
          case entity_kind::team:
            live = snapshot(t.counters());
            break;
          case entity_kind::agent:
            live = snapshot(*t.agent(id));
            break;
          case entity_kind::lead:
            live = snapshot(t.lead_cell(id).state);
            check_known_by(t, id, bytes);
            break;
          case entity_kind::call:
            live = snapshot(t.call_cell(id).state);
            break;
          case entity_kind::document:
            live = snapshot(*t.document());
            break;
          case entity_kind::pool:
            live = snapshot(t.rotation_of(id));
            break;
          case entity_kind::person:
            live = snapshot(t.person(person_key{id}));
            break;
          case entity_kind::opt_out:
            promise(t.opted_out(id), "an opt-out is not live");
            break;
        }
        if (live != bytes)
          promise(false, "the live state of " + team + "/" + rest
                           + " is not the stored one");
        if (rest[0] == static_cast<char>(entity_kind::call)) {
          auto phase = t.call_cell(id).state.phase;
          promise(phase != call_phase::ringing
                    && phase != call_phase::connected,
                  "P1: call " + id + " of " + team + " has no end");
        }
      }
    }
}

} // namespace fairlead::test
