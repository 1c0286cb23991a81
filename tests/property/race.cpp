// The run of a race: one event after the other, at its instant.

#include "tests/property/race.hpp"

#include "actors/core/visits/decide.hpp"

#include <chrono>

namespace fairlead::test {
namespace {

using std::chrono::seconds;

constexpr std::size_t steps_per_batch = 300;
constexpr std::size_t story_lines = 60;

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
    grace_s_{dice_.pick({0, 2, 2, 5})},
    confirm_s_{dice_.pick({0, 5, 10})},
    wait_s_{dice_.pick({0, 0, 10, 60})},
    min_talk_s_{dice_.pick({0, 0, 0, 5})},
    lines_{dice_.between(1, 2)},
    confirm_{dice_.chance(250)},
    one_desk_{dice_.chance(300)},
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
    if (const auto* e = s.event())
      if (const auto* t = std::get_if<transfer_requested>(&e->body))
        note_routing(*t);
    note_silent_ends(s);
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

} // namespace fairlead::test
