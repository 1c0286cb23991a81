// The outsider's book of a race: who rings and who talks, from what goes in and
// comes out, and what the state must say of it.

#include "tests/property/race.hpp"
#include "tests/simulation/world.hpp" // broken_promise

#include <algorithm>
#include <chrono>
#include <cstdint>
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

/// Telephony knows how such a leg ended, so it is not told.
bool was_reported_over(leg_end e) {
  return e == leg_end::declined || e == leg_end::busy || e == leg_end::failed
         || e == leg_end::machine || e == leg_end::no_answer;
}

} // namespace

void race::note_input(const input_event& e) {
  std::string about = e.id;
  if (const auto* out = std::get_if<call_outcome>(&e.body))
    about += " " + out->call_id + " " + std::string{out->outcome.text()};
  else if (const auto* asked = std::get_if<transfer_requested>(&e.body))
    about += " " + asked->call_id + " of " + asked->lead_id;
  tell(std::string{type_of(e.body)} + " " + about);
  if (const auto* r = std::get_if<ring_reported>(&e.body)) {
    auto& c = calls_book_[r->call_id];
    if (r->report != leg_report::answered && r->report != leg_report::accepted)
      c.over.insert(r->leg_id);
    if (r->report == leg_report::machine)
      c.no_win.insert(r->leg_id);
    touched_.insert(r->call_id);
  } else if (const auto* b = std::get_if<call_bridge_failed>(&e.body)) {
    calls_book_[b->call_id].no_win.insert(b->leg_id);
    touched_.insert(b->call_id);
  } else if (const auto* h = std::get_if<caller_hung_up>(&e.body)) {
    calls_book_[h->call_id].end_sent = true;
    touched_.insert(h->call_id);
  } else if (const auto* x = std::get_if<call_ended>(&e.body)) {
    calls_book_[x->call_id].end_sent = true;
    touched_.insert(x->call_id);
  }
}

/// A transfer that was accepted: the first one of its call, or one more after
/// its miss (R44).
void race::note_routing(const transfer_requested& t) {
  auto& c = calls_book_[t.call_id];
  if (c.now == status::none)
    ++figures_.calls;
  else
    ++figures_.routed_again;
  must(c.now == status::none || c.now == status::missed,
       [&] { return "a call is routed that is on its way: " + t.call_id; });
  c.now = status::ringing;
  c.total_until = now_ + seconds{total_s_};
  c.waits_until.reset();
  touched_.insert(t.call_id);
}

/// Somebody and their number are busy with a call (R26, R51).
void race::take(const std::string& call, const leg_book& l, instant now) {
  auto& calls = on_line_[l.number];
  if (l.agent.empty()) {
    calls.erase(call);
    auto lines = l.number == "+15125550190"    ? lines_
                 : l.number.starts_with("sip") ? 1
                                               : INT64_MAX;
    must(static_cast<std::int64_t>(calls.size()) < lines,
         [&] { return "P4: too few lines of " + l.number + " for " + call; });
    calls.insert(call);
    return;
  }
  auto hold
    = [&](std::map<std::string, std::string>& of, const std::string& x) {
        auto [held, free] = of.emplace(x, call);
        must(free, [&] {
          return "P4: " + x + " is rung for " + call
                 + " and is still busy with " + held->second;
        });
        must(!wraps_up_.contains(x) || wraps_up_[x] <= now,
             [&] { return "R34: " + x + " is rung while wrapping up"; });
      };
  hold(busy_with_, l.agent);
  hold(held_by_, l.number);
  calls.insert(call);
}

void race::let_go(const std::string& call, const leg_book& l) {
  on_line_[l.number].erase(call);
  if (l.agent.empty())
    return;
  if (auto it = busy_with_.find(l.agent);
      it != busy_with_.end() && it->second == call)
    busy_with_.erase(it);
  if (auto it = held_by_.find(l.number);
      it != held_by_.end() && it->second == call)
    held_by_.erase(it);
}

/// What was won is not connected after all (R33): free at once, without
/// wrap-up.
void race::take_win_back(const std::string& call) {
  auto& c = calls_book_[call];
  let_go(call, c.legs[c.winner]);
  ++figures_.taken_back;
  c.now = status::ringing;
  c.winner.clear();
  c.waits_until.reset();
}

void race::note_rings(const ring_requested& r, instant now) {
  tell("  " + r.call_id + " rings, attempt " + std::to_string(r.attempt));
  touched_.insert(r.call_id);
  auto& c = calls_book_[r.call_id];
  if (c.now == status::connected) {
    must(c.no_win.contains(c.winner),
         [&] { return "P4: " + r.call_id + " rings although it is won"; });
    take_win_back(r.call_id);
    c.total_until = now + seconds{total_s_};
  }
  must(c.now == status::ringing,
       [&] { return "a call rings whose routing is over: " + r.call_id; });
  for (const auto& [id, l] : c.legs)
    must(!l.open || c.over.contains(id), [&] {
      return "an attempt begins while a leg of the one before rings: "
             + r.call_id;
    });
  for (const auto& l : r.legs) {
    ++figures_.rings;
    auto [leg, is_new] = c.legs.emplace(
      l.leg_id, leg_book{.agent = l.agent_id.value_or(""),
                         .number = l.number.phone + l.number.endpoint});
    must(is_new, [&] { return "a leg's id is used twice: " + l.leg_id; });
    take(r.call_id, leg->second, now);
  }
}

void race::note_output(const output& o, instant now) {
  misses_.read(team_, o);
  if (const auto* r = std::get_if<ring_requested>(&o.body)) {
    note_rings(*r, now);
  } else if (const auto* q = std::get_if<transfer_waiting>(&o.body)) {
    tell("  " + q->call_id + " waits");
    touched_.insert(q->call_id);
    if (calls_book_[q->call_id].now == status::connected) {
      take_win_back(q->call_id);
      calls_book_[q->call_id].total_until = now + seconds{total_s_};
    }
    must(!calls_book_[q->call_id].waits_until,
         [&] { return "R52: a routing begins to wait twice: " + q->call_id; });
    calls_book_[q->call_id].waits_until = q->until;
    ++figures_.waited;
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
      let_go(x->call_id, leg);
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
    ++figures_.connected;
  } else if (const auto* m = std::get_if<transfer_missed>(&o.body)) {
    tell("  " + m->call_id
         + " is missed: " + std::string{to_string(m->reason)});
    auto& c = calls_book_[m->call_id];
    touched_.insert(m->call_id);
    if (c.now == status::connected) {
      // Failed, or over too soon to be a talk.
      must(c.no_win.contains(c.winner) || (min_talk_s_ > 0 && c.end_sent),
           [&] { return "a won transfer is missed: " + m->call_id; });
      take_win_back(m->call_id);
    }
    must(c.now == status::ringing,
         [&] { return "a routing has a second end: " + m->call_id; });
    c.now = status::missed;
    ++figures_.missed;
  } else if (const auto* k = std::get_if<outcome_corrected>(&o.body)) {
    tell("  " + k->call_id + " becomes " + std::string{k->to.text()});
    ++figures_.corrected;
  } else if (const auto* t = std::get_if<task_created>(&o.body)) {
    tell("  " + t->call_id.value_or("?") + " has the task " + o.id);
  } else if (const auto* z = std::get_if<task_cancelled>(&o.body)) {
    tell("  the task " + z->task_id + " is "
         + std::string{to_string(z->reason)});
  } else if (const auto* n = std::get_if<task_repeated>(&o.body)) {
    tell("  " + n->call_id + " repeats the task " + n->task_id);
    ++figures_.repeated;
  }
}

/// What ends without a word of ours, before what is said of the step: a leg
/// that was reported over, and a conversation. Whoever waits for these people
/// rings them at once (R52).
void race::note_silent_ends(step& s) {
  for (const auto& id : touched_)
    alive_.insert(id);
  for (const auto& id : alive_) {
    auto& c = calls_book_[id];
    const auto& call = s.team().call_cell(id).state;
    for (auto& [leg, l] : c.legs)
      if (const auto* inside = call.find(leg);
          l.open && inside != nullptr && was_reported_over(inside->end)) {
        must(c.over.contains(leg),
             [&, id = leg] { return "a leg has ended by itself: " + id; });
        l.open = false;
        let_go(id, l);
      }
    if (c.now == status::connected && call.phase == call_phase::ended)
      note_end(id, s);
  }
}

void race::note_end(const std::string& id, const step& s) {
  auto& c = calls_book_[id];
  bool by_time = s.event() == nullptr;
  must(by_time || c.end_sent,
       [&] { return "a call has ended by itself: " + id; });
  const auto& leg = c.legs[c.winner];
  let_go(id, leg);
  if (!leg.agent.empty())
    for (const auto& x : {leg.agent, leg.number})
      wraps_up_[x] = s.now() + seconds{by_time ? 0 : wrap_up_s_};
  c.now = status::ended;
}

void race::check(step& s) {
  auto& team = s.team();
  for (const auto& id : touched_)
    alive_.insert(id);
  for (auto it = alive_.begin(); it != alive_.end();) {
    auto& c = calls_book_[*it];
    const auto& call = team.call_cell(*it).state;
    // The same of what began in this step.
    for (auto& [id, l] : c.legs) {
      const auto* inside = call.find(id);
      must(inside != nullptr, [&] { return "a leg is not known: " + id; });
      bool rings
        = inside->end == leg_end::none && call.phase == call_phase::ringing;
      if (l.open && !rings) {
        must(c.over.contains(id),
             [&] { return "a leg ends and nobody is told: " + id; });
        l.open = false;
        let_go(*it, l);
      }
      must(l.open == rings, [&] { return "a leg rings on: " + id; });
    }
    if (c.now == status::connected && call.phase == call_phase::ended)
      note_end(*it, s);
    bool rings = std::any_of(c.legs.begin(), c.legs.end(),
                             [](const auto& l) { return l.second.open; });
    bool waits = c.waits_until && s.now() <= *c.waits_until;
    must(c.now != status::ringing || rings || waits,
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
  must(busy_with_.empty() && held_by_.empty(),
       [] { return "somebody is busy for ever"; });
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
  }
  if (auto fault = misses_.fault())
    throw broken_promise{*fault};
  must(part_.stats().unfair_choices == 0,
       [] { return "P5: an unfair choice"; });
}

} // namespace fairlead::test
