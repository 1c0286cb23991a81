// The outsider's book of a race: who rings and who talks, from what goes in and
// comes out, and what the state must say of it.

#include "tests/property/race.hpp"
#include "tests/simulation/world.hpp" // broken_promise

#include <algorithm>
#include <chrono>
#include <optional>

namespace fairlead::test {
namespace {

using std::chrono::seconds;

/// A promise whose text is only made if it is broken.
template <class Text>
void must(bool kept, Text text) {
  if (!kept)
    throw broken_promise{text()};
}

} // namespace

void race::note_input(const input_event& e) {
  tell(std::string{type_of(e.body)} + " " + e.id);
  if (const auto* t = std::get_if<transfer_requested>(&e.body)) {
    auto& c = calls_book_[t->call_id];
    if (c.now == status::none) {
      c.now = status::ringing;
      c.total_until = now_ + seconds{total_s_};
      ++figures_.calls;
    }
    touched_.insert(t->call_id);
  } else if (const auto* r = std::get_if<ring_reported>(&e.body)) {
    if (r->report != leg_report::answered && r->report != leg_report::accepted)
      calls_book_[r->call_id].over.insert(r->leg_id);
    touched_.insert(r->call_id);
  } else if (const auto* b = std::get_if<call_bridge_failed>(&e.body)) {
    calls_book_[b->call_id].failed_bridges.insert(b->leg_id);
    touched_.insert(b->call_id);
  } else if (const auto* h = std::get_if<caller_hung_up>(&e.body)) {
    calls_book_[h->call_id].end_sent = true;
    touched_.insert(h->call_id);
  } else if (const auto* x = std::get_if<call_ended>(&e.body)) {
    calls_book_[x->call_id].end_sent = true;
    touched_.insert(x->call_id);
  }
}

void race::note_output(const output& o, instant now) {
  if (const auto* r = std::get_if<ring_requested>(&o.body)) {
    tell("  " + r->call_id + " rings, attempt " + std::to_string(r->attempt));
    touched_.insert(r->call_id);
    auto& c = calls_book_[r->call_id];
    if (c.now == status::connected) {
      must(c.failed_bridges.contains(c.winner),
           [&] { return "P4: " + r->call_id + " rings although it is won"; });
      busy_with_.erase(c.legs[c.winner].agent);
      ++figures_.taken_back;
      c.now = status::ringing;
      c.winner.clear();
      c.total_until = now + seconds{total_s_};
    }
    must(c.now == status::ringing,
         [&] { return "a call rings whose routing is over: " + r->call_id; });
    for (const auto& [id, l] : c.legs)
      must(!l.open || c.over.contains(id), [&] {
        return "an attempt begins while a leg of the one before rings: "
               + r->call_id;
      });
    for (const auto& l : r->legs) {
      ++figures_.rings;
      auto agent = l.agent_id.value_or("");
      must(c.legs.emplace(l.leg_id, leg_book{.agent = agent}).second,
           [&] { return "a leg's id is used twice: " + l.leg_id; });
      if (agent.empty())
        continue;
      // A leg of this call that was reported over frees its agent silently.
      if (auto it = busy_with_.find(agent);
          it != busy_with_.end() && it->second == r->call_id)
        busy_with_.erase(it);
      auto [busy, free] = busy_with_.emplace(agent, r->call_id);
      must(free, [&] {
        return "P4: " + agent + " is rung for " + r->call_id
               + " and is still busy with " + busy->second;
      });
      must(!wraps_up_.contains(agent) || wraps_up_[agent] <= now,
           [&] { return "R34: " + agent + " is rung while wrapping up"; });
    }
  } else if (const auto* x = std::get_if<ring_cancelled>(&o.body)) {
    auto& c = calls_book_[x->call_id];
    touched_.insert(x->call_id);
    for (const auto& l : x->legs) {
      auto& leg = c.legs.at(l.leg_id);
      bool after = l.reason == cancel_reason::lost_race
                   || l.reason == cancel_reason::late;
      must(leg.open != after, [&] {
        return "a leg is cancelled as " + std::string{to_string(*l.reason)}
               + (after ? " that still rings: " : " that had ended: ")
               + l.leg_id;
      });
      if (!leg.open)
        continue;
      leg.open = false;
      if (!leg.agent.empty())
        busy_with_.erase(leg.agent);
    }
  } else if (const auto* w = std::get_if<transfer_connected>(&o.body)) {
    tell("  " + w->call_id + " is won by " + w->leg_id);
    auto& c = calls_book_[w->call_id];
    touched_.insert(w->call_id);
    must(c.now == status::ringing,
         [&] { return "a routing has a second end: " + w->call_id; });
    auto& leg = c.legs.at(w->leg_id);
    must(leg.open,
         [&] { return "P4: a leg wins that had ended: " + w->leg_id; });
    leg.open = false; // its agent stays busy, now talking
    c.winner = w->leg_id;
    c.now = status::connected;
    c.standing = "successful_transfer";
    ++figures_.connected;
  } else if (const auto* m = std::get_if<transfer_missed>(&o.body)) {
    tell("  " + m->call_id
         + " is missed: " + std::string{to_string(m->reason)});
    auto& c = calls_book_[m->call_id];
    touched_.insert(m->call_id);
    if (c.now == status::connected) {
      must(c.failed_bridges.contains(c.winner),
           [&] { return "a won transfer is missed: " + m->call_id; });
      busy_with_.erase(c.legs[c.winner].agent);
      c.now = status::ringing;
      ++figures_.taken_back;
    }
    must(c.now == status::ringing,
         [&] { return "a routing has a second end: " + m->call_id; });
    c.now = status::missed;
    c.standing = "missed_transfer";
    ++figures_.missed;
  } else if (const auto* k = std::get_if<outcome_corrected>(&o.body)) {
    calls_book_[k->call_id].standing = k->to.text();
    ++figures_.corrected;
  } else if (const auto* t = std::get_if<task_created>(&o.body)) {
    if (t->kind != default_task::call_back)
      return;
    auto& c = calls_book_[*t->call_id];
    ++c.tasks;
    ++c.open_tasks;
    task_call_[o.id] = *t->call_id;
  } else if (const auto* z = std::get_if<task_cancelled>(&o.body)) {
    if (auto it = task_call_.find(z->task_id); it != task_call_.end())
      --calls_book_[it->second].open_tasks;
  }
}

void race::check(step& s) {
  auto& team = s.team();
  for (const auto& id : touched_)
    alive_.insert(id);
  for (auto it = alive_.begin(); it != alive_.end();) {
    auto& c = calls_book_[*it];
    const auto& call = team.call_cell(*it).state;
    // What ends without a word of ours: a leg that was reported over, and a
    // conversation.
    for (auto& [id, l] : c.legs) {
      const auto* inside = call.find(id);
      must(inside != nullptr, [&] { return "a leg is not known: " + id; });
      bool rings
        = inside->end == leg_end::none && call.phase == call_phase::ringing;
      if (l.open && !rings) {
        must(c.over.contains(id),
             [&] { return "a leg ends and nobody is told: " + id; });
        l.open = false;
        if (!l.agent.empty() && busy_with_[l.agent] == *it)
          busy_with_.erase(l.agent);
      }
      must(l.open == rings, [&] { return "a leg rings on: " + id; });
    }
    if (c.now == status::connected && call.phase == call_phase::ended) {
      bool by_time = s.event() == nullptr;
      must(by_time || c.end_sent,
           [&] { return "a call has ended by itself: " + *it; });
      const auto& agent = c.legs[c.winner].agent;
      if (!agent.empty()) {
        busy_with_.erase(agent);
        wraps_up_[agent] = s.now() + seconds{by_time ? 0 : wrap_up_s_};
      }
      c.now = status::ended;
    }
    bool rings = std::any_of(c.legs.begin(), c.legs.end(),
                             [](const auto& l) { return l.second.open; });
    must(c.now != status::ringing || rings,
         [&] { return "a routing goes on with nobody to answer: " + *it; });
    must(c.now == status::ringing || !rings,
         [&] { return "a leg rings although the routing is over: " + *it; });
    bool over = c.now == status::missed || c.now == status::ended
                || c.now == status::none;
    it = over ? alive_.erase(it) : std::next(it);
  }
  // P4 and R26, at every moment: an agent is reserved for exactly the call
  // that rings, and on exactly the call that was won.
  for (const auto& [id, cell] : team.roster()) {
    const auto& a = cell.state;
    auto it = busy_with_.find(id);
    std::optional<std::string> rings;
    std::optional<std::string> talks;
    if (it != busy_with_.end())
      (calls_book_[it->second].now == status::connected ? talks : rings)
        = it->second;
    must(a.ringing_for == rings, [&] {
      return "R26: " + id + " is reserved for " + a.ringing_for.value_or("none")
             + " and rings for " + rings.value_or("none");
    });
    must(a.on_call == talks, [&] {
      return "R34: " + id + " is on " + a.on_call.value_or("none")
             + " and talks on " + talks.value_or("none");
    });
  }
}

void race::check_at_the_end() {
  must(busy_with_.empty(), [] { return "somebody is busy for ever"; });
  must(figures_.calls == static_cast<std::uint64_t>(calls_),
       [] { return "not every transfer was routed"; });
  for (const auto& [id, cell] : part_.team(team_).roster())
    must(!cell.state.ringing_for && !cell.state.on_call,
         [&] { return "R26: a reservation of " + id + " is left"; });
  for (const auto& [id, c] : calls_book_) {
    if (c.now == status::none)
      continue; // its transfer never came
    must(c.now == status::missed || c.now == status::ended, [&] {
      return "P1: a transfer is neither connected nor missed: " + id;
    });
    for (const auto& [leg, l] : c.legs)
      must(!l.open, [&] { return "a leg is left ringing: " + leg; });
    int wanted = c.standing == "missed_transfer" ? 1 : 0;
    must(c.open_tasks == wanted && c.tasks <= 1, [&] {
      return "P1: " + std::to_string(c.open_tasks) + " open tasks for " + id
             + ", whose outcome stands as " + c.standing;
    });
  }
  must(part_.stats().unfair_choices == 0,
       [] { return "P5: an unfair choice"; });
}

} // namespace fairlead::test
