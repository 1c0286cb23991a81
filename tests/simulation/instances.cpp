// What instances do: they share out the partitions, take turns, and end.

#include "tests/simulation/instances.hpp"

#include "actors/core/visits/decide.hpp"

#include <chrono>
#include <exception>
#include <set>
#include <utility>

namespace fairlead::test {
namespace {

constexpr std::size_t steps_of_a_batch = 20'000;

/// No std::exception, for the same reason as a crash.
struct endless_batch {};

} // namespace

world::worker::worker(world& w, instance& i, std::int32_t number,
                      memory::group_metadata group)
  : owner{i},
    generation{group.generation},
    log{w.log_,
        {.partition = number,
         .group = std::move(group),
         .at_call
         = [this, &w](memory::log_call c) { return w.at_boundary(*this, c); },
         .bring =
           [&w](topic, std::size_t there) {
             // Topics are fetched side by side: one may lag behind.
             return w.calm_ || w.one_batch_ || w.dice_.chance(700)
                      ? there
                      : w.dice_.below(there + 1);
           }}},
    part{{.number = number,
          .count = w.options_.partitions,
          .consumer_group = "fairlead",
          .live_max = w.dice_.pick({0UL, 5UL, 20'000UL}),
          // Not drawn, so that each seed is still the history that it was.
          .live_teams_max = w.options_.seed % 3 == 0 ? 1UL : 1000UL,
          .batch_bytes_max = w.one_batch_ || w.dice_.chance(500)
                               ? std::size_t{8} << 20
                               : std::size_t{2000},
          .sweep_per_batch = 8},
         w.decoder_} {
  if (w.options_.actors)
    actors = std::make_unique<partition_actors>(part);
  runner_settings s{.pause_max = {}}; // it would ask the wall clock
  if (!w.one_batch_)
    s.batch_records_max = w.dice_.pick({1UL, 3UL, 20UL, 1000UL});
  loop.emplace(
    s, part, log, [this, &w](batch b) { w.run_batch(*this, std::move(b)); },
    [&w] { return w.now_; });
  loop->on_given_up = [&w](const step_failure& f) {
    ++w.figures_.given_up;
    w.figures_.timers_given_up += f.timer ? 1 : 0;
  };
  loop->on_commit
    = [&w](std::size_t, std::chrono::nanoseconds) { ++w.figures_.commits; };
}

/// A new generation. Whoever is alive and hears of it gives everything back and
/// joins again (eager, as the group is); the others go on as zombies.
void world::rebalance() {
  ++figures_.rebalances;
  std::vector<instance*> members;
  std::set<std::string> names;
  for (auto& i : instances_) {
    if (!i->up)
      continue;
    i->deaf = i->busy || (!calm_ && dice_.chance(options_.sky.deaf));
    if (i->deaf) {
      ++figures_.zombies;
      continue;
    }
    i->workers.clear();
    i->group.member = "member-" + std::to_string(++members_);
    names.insert(i->group.member);
    members.push_back(i.get());
  }
  auto generation = log_.rebalance(std::move(names));
  for (auto* i : members)
    i->group.generation = generation;
  std::string shares;
  for (std::int32_t p = 0; p < options_.partitions && !members.empty(); ++p) {
    auto* i = dice_.pick(members);
    i->workers.push_back(std::make_unique<worker>(*this, *i, p, i->group));
    shares += " " + std::to_string(p) + ">" + std::to_string(i->number);
  }
  note([&] {
    std::string deaf;
    for (auto& i : instances_)
      if (i->up && i->deaf)
        deaf += " " + std::to_string(i->number);
    return "rebalance, generation " + std::to_string(generation) + ":" + shares
           + (deaf.empty() ? "" : "; deaf:" + deaf);
  });
}

void world::crashed(instance& i) {
  ++figures_.crashes;
  note([&] { return "instance " + std::to_string(i.number) + " crashes"; });
  i.workers.clear();
  i.up = false;
  i.deaf = false;
}

/// Makes one turn of a worker; false if it had nothing to do. The worker may be
/// gone afterwards.
bool world::take_turn(instance& i, worker& w) {
  bool worked = true;
  i.busy = true;
  ++depth_;
  try {
    if (!w.loop->ready()) {
      restore(w);
    } else {
      auto t = w.loop->take_turn();
      worked = t != turn::idle;
      // As the program does after a while, here at once. Not drawn, so that
      // each seed is still the history that it was.
      if (!worked && options_.seed % 2 == 0) {
        if (w.actors != nullptr)
          w.actors->rest();
        else
          w.part.rest();
      }
      if (t == turn::stopped) {
        --depth_;
        i.busy = false;
        note([&] {
          return "instance " + std::to_string(i.number) + " stops partition "
                 + std::to_string(w.part.config().number);
        });
        // The program's supervision: leave the group and join again.
        i.workers.clear();
        if (!i.deaf || calm_ || dice_.chance(500))
          rebalance();
        return true;
      }
    }
    --depth_;
    i.busy = false;
  } catch (const crash&) {
    --depth_;
    i.busy = false;
    crashed(i);
  } catch (const endless_batch&) {
    promise(false, "a batch has no end");
  }
  return worked;
}

void world::restore(worker& w) {
  ++figures_.restores;
  note([&] {
    return "instance " + std::to_string(w.owner.number) + " restores partition "
           + std::to_string(w.part.config().number);
  });
  try {
    w.loop->restore();
  } catch (const std::runtime_error& e) {
    // Whoever restores what is not theirs any more may find that somebody else
    // goes on with it.
    promise(w.generation != log_.generation(),
            std::string{"a restore failed: "} + e.what());
    throw crash{};
  }
  if (w.generation == log_.generation())
    check_restored(w);
}

void world::some_turn(const instance* but) {
  std::vector<std::pair<instance*, worker*>> ready;
  for (auto& i : instances_)
    if (i->up && !i->busy && i.get() != but)
      for (auto& w : i->workers)
        ready.emplace_back(i.get(), w.get());
  if (ready.empty())
    return;
  auto [i, w] = dice_.pick(ready);
  if (i->deaf && depth_ == 0 && dice_.chance(150)) {
    // It wakes up, hears that it has been put out of the group, and rejoins.
    note([&, n = i->number] {
      return "instance " + std::to_string(n) + " hears";
    });
    return rebalance();
  }
  (void)take_turn(*i, *w);
}

void world::run_batch(worker& w, batch b) {
  if (w.actors)
    return w.actors->run(std::move(b));
  w.part.begin(std::move(b));
  try {
    for (std::size_t steps = 0;; ++steps) {
      if (steps == steps_of_a_batch)
        throw endless_batch{};
      (void)at_boundary(w, std::nullopt);
      auto* s = w.part.next_step();
      if (s == nullptr)
        return;
      make_visits(*s);
      w.part.finish();
    }
  } catch (const std::exception& e) {
    w.part.fail(e.what());
  }
}

} // namespace fairlead::test
