#include "tests/property/race.hpp"

#include "messages/derive.hpp"
#include "tests/simulation/world.hpp" // broken_promise

#include <algorithm>
#include <optional>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t steps_per_batch = 300;
constexpr std::size_t story_lines = 60;

/// A promise whose text is only made if it is broken.
template <class Text>
void must(bool kept, Text text) {
  if (!kept)
    throw broken_promise{text()};
}

} // namespace

race::race(std::uint64_t seed, int calls, bool trace)
  : trace_{trace},
    dice_{seed},
    history_{dice_, {}},
    calls_{calls},
    part_{{.number = 0,
           .count = 1,
           .consumer_group = {},
           .batch_bytes_max = 1 << 30,
           .batch_steps_max = 1 << 30,
           .sweep_per_batch = 1},
          json_decoder()},
    agents_{dice_.between(2, 6)},
    leads_{dice_.between(12, 40)},
    wrap_up_s_{dice_.pick({0, 0, 1, 20})},
    ring_s_{dice_.between(5, 20)},
    total_s_{dice_.pick<std::int64_t>({ring_s_, 2 * ring_s_, 60, 180})},
    confirm_{dice_.chance(250)},
    now_{at_ms(1'772'463'600'000)} {
  (void)part_.restored();
}

race::~race() = default;

void race::tell(const std::string& line) {
  if (!trace_)
    return;
  if (story_.size() >= story_lines)
    story_.erase(story_.begin());
  story_.push_back(to_rfc3339(now_) + " " + line);
}

// -- what is going to happen --------------------------------------------------

void race::plan(wish w, instant at) {
  // Of those at one instant chance says who is first: the order of a call's
  // events is nothing that telephony promises.
  queue_.emplace(std::pair{std::max(at, now_), dice_.next()}, std::move(w));
}

std::string race::fallbacks() const {
  return R"(["+15125550190","+15125550191"])";
}

void race::prepare() {
  json_object d;
  std::vector<std::string> members;
  for (std::int64_t i = 1; i <= agents_; ++i)
    members.push_back(
      json_object{}.text("agent_id", "a" + std::to_string(i)).str());
  d.text("team_id", team_).text("account_owner", "a1");
  d.json("pools", json_list({json_object{}
                               .text("id", "all")
                               .json("members", json_list(members, false))
                               .str()},
                            false));
  d.json("routing_rules", R"([{"id":"r","assign":{"pool":"all"}}])");
  json_object t;
  t.text("pattern", dice_.pick({"assigned_agent", "simultaneous_group",
                                "assigned_then_group", "assigned_then_group"}))
    .number("ring_timeout_s", ring_s_)
    .number("total_timeout_s", total_s_);
  if (dice_.chance(500))
    t.json("fallback_numbers", fallbacks());
  if (confirm_)
    t.json("confirm", R"({"agents":true,"fallback":true})");
  d.json("transfer", t.str());
  json_object c;
  c.number("max_call_s", dice_.pick({60, 300})).number("wrap_up_s", wrap_up_s_);
  if (dice_.chance(400))
    c.number("auto_unavailable_after", dice_.between(1, 3));
  d.json("calls", c.str());
  plan(history_.make(topic::roster, "team.configured", team_, d.str()), now_);
  now_ += milliseconds{1};
  for (std::int64_t i = 1; i <= agents_; ++i)
    plan(history_.make(topic::roster, "agent.configured", team_,
                       json_object{}
                         .text("agent_id", "a" + std::to_string(i))
                         .text("name", "Agent " + std::to_string(i))
                         .text("phone", "+1512555010" + std::to_string(i))
                         .str()),
         now_);
  now_ += milliseconds{1};
  for (std::int64_t i = 1; i <= leads_; ++i)
    plan(history_.make(
           topic::leads, "lead.received", team_,
           json_object{}.text("lead_id", "l" + std::to_string(i)).str()),
         now_);
  now_ += milliseconds{1};
}

void race::plan_call() {
  auto call = "c" + std::to_string(++planned_);
  // Calls come in bunches, and now and then everybody is left in peace.
  auto at = now_
            + milliseconds{dice_.pick<std::int64_t>(
              {0, 0, 0, 1, 1000, dice_.between(0, 10'000), 1000 * ring_s_,
               dice_.between(0, 60'000)})};
  // Some callers are not known yet.
  auto lead = dice_.chance(100)
                ? "n" + std::to_string(planned_)
                : "l" + std::to_string(dice_.between(1, leads_));
  plan(history_.make(
         topic::calls, "transfer.requested", team_,
         json_object{}.text("call_id", call).text("lead_id", lead).str()),
       at);
  auto total = at + seconds{total_s_};
  auto expires = at + seconds{ring_s_};
  auto named = json_object{}.text("call_id", call).str();
  if (dice_.chance(150))
    plan(history_.make(topic::calls,
                       dice_.pick({"caller.hung_up", "call.ended"}), team_,
                       named),
         dice_.chance(200) ? at - milliseconds{dice_.between(0, 5000)}
                           : near(expires, total));
  if (dice_.chance(60)) // telephony is faster than the request (R45)
    report(call, leg_id(team_, call, 1, dice_.between(0, 1)),
           dice_.pick({"ring.answered", "ring.declined", "call.bridge_failed",
                       "ring.accepted"}),
           at - milliseconds{dice_.between(0, 3000)});
  if (dice_.chance(30))
    plan(history_.make(topic::calls, "call.outcome", team_,
                       json_object{}
                         .text("call_id", call)
                         .text("lead_id", lead)
                         .text("outcome", dice_.pick({"successful_transfer",
                                                      "missed_transfer"}))
                         .str()),
         at + milliseconds{dice_.between(-3000, 3000)});
  if (dice_.chance(250)) {
    json_object t;
    t.text("agent_id", "a" + std::to_string(dice_.between(1, agents_)))
      .flag("available_for_calls", dice_.chance(850));
    plan(history_.make(topic::roster, "agent.availability_changed", team_,
                       t.str()),
         near(expires, total));
  }
  if (dice_.chance(15)) {
    auto agent = "a" + std::to_string(dice_.between(1, agents_));
    auto when = near(expires, total);
    plan(history_.make(topic::roster, "agent.removed", team_,
                       json_object{}
                         .text("agent_id", agent)
                         .flag("reassign", dice_.chance(500))
                         .str()),
         when);
    plan(history_.make(topic::roster, "agent.configured", team_,
                       json_object{}
                         .text("agent_id", agent)
                         .text("name", "Agent back")
                         .text("phone", "+1512555010" + agent.substr(1))
                         .str()),
         when + milliseconds{dice_.between(0, 20'000)});
  }
}

/// An instant at which something else happens, too, or just beside it.
instant race::near(instant expires, instant total) {
  auto beside = milliseconds{dice_.between(-1, 1)};
  switch (dice_.below(6)) {
    case 0:
      ++figures_.on_the_instant;
      return expires;
    case 1:
      return expires + beside;
    case 2:
      ++figures_.on_the_instant;
      return total;
    case 3:
      return total + beside;
    case 4:
      return now_ + milliseconds{dice_.between(0, 3)};
    default:
      return now_ + milliseconds{dice_.between(0, 1000 * ring_s_)};
  }
}

void race::report(const std::string& call, const std::string& leg,
                  const char* type, instant at) {
  auto w = history_.make(
    topic::calls, type, team_,
    json_object{}.text("call_id", call).text("leg_id", leg).str());
  if (dice_.chance(200)) // the same event again
    plan(w, at
              + milliseconds{dice_.pick<std::int64_t>(
                {0, 1, 1000 * ring_s_, dice_.between(0, 30'000)})});
  plan(std::move(w), at);
}

void race::act_on(const ring_requested& r) {
  const auto& book = calls_book_.at(r.call_id);
  auto moment = [&] { return near(r.expires_at, book.total_until); };
  for (const auto& l : r.legs)
    for (int n = dice_.chance(150) ? 2 : 1; n > 0; --n) {
      // Two reports of one leg contradict each other, or not.
      auto fate = dice_.below(100);
      if (fate < 30)
        report(r.call_id, l.leg_id, "ring.answered", moment());
      else if (fate < 48)
        report(r.call_id, l.leg_id, "ring.declined", moment());
      else if (fate < 75)
        report(r.call_id, l.leg_id,
               dice_.pick({"ring.busy", "ring.failed", "ring.machine",
                           "ring.no_answer"}),
               moment());
      if (fate < 30 && (confirm_ || dice_.chance(100)) && dice_.chance(800))
        report(r.call_id, l.leg_id, "ring.accepted", moment());
    }
}

void race::act_on(const transfer_connected& c) {
  auto soon = [&] {
    return now_
           + milliseconds{dice_.pick<std::int64_t>(
             {0, 1, dice_.between(0, 2000), dice_.between(0, 60'000), 60'000,
              300'000})};
  };
  if (dice_.chance(300))
    report(c.call_id, c.leg_id, "call.bridge_failed", soon());
  if (dice_.chance(600))
    plan(history_.make(topic::calls,
                       dice_.pick({"call.ended", "caller.hung_up"}), team_,
                       json_object{}.text("call_id", c.call_id).str()),
         soon());
}

void race::act_on_miss(const std::string& call) {
  if (!dice_.chance(200))
    return;
  const auto lead = part_.team(team_).call_cell(call).state.lead_id;
  plan(history_.make(
         topic::calls, "call.outcome", team_,
         json_object{}
           .text("call_id", call)
           .text("lead_id", lead)
           .text("outcome",
                 dice_.pick({"successful_transfer", "successful_transfer",
                             "missed_transfer", "needs_follow_up"}))
           .str()),
       now_ + milliseconds{dice_.between(0, 10'000)});
}

// -- the run ------------------------------------------------------------------

void race::run() {
  prepare();
  std::int64_t waiting = 0;
  part_.begin({.records = {}, .wall = {}});
  for (;;) {
    auto due = part_.first_due();
    if (queue_.empty() && !due)
      break;
    // R1: a record stamped at the due time goes first.
    if (!queue_.empty() && (!due || queue_.begin()->first.first <= *due)) {
      auto it = queue_.begin();
      raw_record r;
      r.on = it->second.on;
      r.offset = offset_++;
      r.timestamp = it->first.first;
      r.key = it->second.team;
      r.value = it->second.value;
      bool transfer = it->second.type == "transfer.requested";
      queue_.erase(it);
      take(r);
      // As many on their way as keep most of the agents busy.
      waiting -= transfer ? 1 : 0;
      while (planned_ < calls_ && waiting < 1 + agents_ / 3) {
        plan_call();
        ++waiting;
      }
    } else {
      fire(*part_.timers().in_order().begin());
    }
    if (++in_batch_ >= steps_per_batch)
      commit();
  }
  commit();
  check_at_the_end();
}

void race::commit() {
  part_.committed(part_.result(no_positions));
  part_.begin({.records = {}, .wall = {}});
  in_batch_ = 0;
}

void race::take(const raw_record& r) {
  now_ = r.timestamp;
  // Some records are old news when they are taken up (R43).
  auto wall = dice_.chance(10) ? now_ + seconds{70} : now_;
  if (auto* s = part_.replay_record(r, wall))
    follow(*s);
}

void race::fire(const due_timer& t) {
  now_ = t.due;
  ++figures_.timers;
  auto wall = dice_.chance(5) ? now_ + seconds{70} : now_;
  tell("timer of " + t.entity.id);
  follow(*part_.replay_timer(t, t.due, wall));
}

void race::follow(step& s) {
  ++figures_.steps;
  touched_.clear();
  if (s.event() != nullptr)
    note_input(*s.event());
  make_visits(s);
  if (s.duplicate())
    ++figures_.duplicates;
  if (!s.rejected() && !s.duplicate()) {
    for (const auto& o : s.outputs())
      note_output(o, s.now());
    check(s);
  }
  auto outputs = s.outputs();
  part_.finish();
  for (const auto& o : outputs) {
    if (const auto* r = std::get_if<ring_requested>(&o.body))
      act_on(*r);
    else if (const auto* c = std::get_if<transfer_connected>(&o.body))
      act_on(*c);
    else if (const auto* m = std::get_if<transfer_missed>(&o.body))
      act_on_miss(m->call_id);
  }
}

// -- the outsider's book ------------------------------------------------------

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
      bool after = l.reason == "lost_race" || l.reason == "late";
      must(leg.open != after, [&] {
        return "a leg is cancelled as " + l.reason
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
    tell("  " + m->call_id + " is missed: " + m->reason);
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
    calls_book_[k->call_id].standing = k->to;
    ++figures_.corrected;
  } else if (const auto* t = std::get_if<task_created>(&o.body)) {
    if (t->kind != "call_back")
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
