#include "tests/simulation/world.hpp"

#include "actors/core/snapshot.hpp"
#include "tests/actor/deterministic_system.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

// A Monday morning, so that windows and dates matter.
const auto first_moment = at_ms(1'772'463'600'000); // 2026-03-02T15:00:00Z

constexpr std::size_t turns_to_rest = 3000;
constexpr std::size_t steps_of_a_batch = 20'000;

/// No std::exception, for the same reason as a crash.
struct endless_batch {};

bool is_state_of_an_entity(const new_record& r) {
  return r.on == topic::state && r.key != meta_key;
}

std::map<std::string, std::string> contents(const snapshot_store& store) {
  std::map<std::string, std::string> out;
  store.each([&out](const state_name& n, std::string_view value) {
    out.emplace(state_key(n.team, n.kind, n.id), value);
  });
  return out;
}

} // namespace

// -- what a seed decides ------------------------------------------------------

world_options world_options::of(std::uint64_t seed) {
  dice d{seed * 2 + 1};
  auto level = [&d](int low, int high) {
    return d.chance(350) ? 0 : d.chance(700) ? low : high;
  };
  world_options o;
  o.seed = seed;
  o.partitions = static_cast<std::int32_t>(d.between(1, 3));
  o.instances = static_cast<std::size_t>(d.between(1, 3));
  o.actors = d.chance(150);
  o.sky = {.crash = level(1, 10),
           .abort = level(1, 20),
           .fence = level(1, 10),
           .unknown = level(2, 20),
           .interleave = level(2, 20),
           .rebalance = level(4, 30),
           .deaf = d.pick({0, 200, 600}),
           .outage = level(1, 6),
           .jump = level(1, 3),
           .stranger = level(3, 20),
           .duplicate = level(30, 150),
           .late = level(50, 300),
           .misrouted = level(30, 150),
           .garbled = level(20, 80),
           .poison = level(3, 10)};
  return o;
}

std::variant<input_event, dead_letter>
poisoned_decoder::decode(const raw_record& r) const {
  auto out = json_decoder().decode(r);
  if (auto* e = std::get_if<input_event>(&out)) {
    if (const auto* lead = std::get_if<lead_received>(&e->body))
      if (lead->lead_id == lead_that_throws)
        throw std::runtime_error{"a record that is too much for its decoder"};
    // A zone that nobody knows: the step throws when half its work is done.
    if (auto* team = std::get_if<team_configured>(&e->body))
      if (team->document.name == team_that_throws)
        team->document.time_zone = "Nowhere";
  }
  return out;
}

// -- instances ----------------------------------------------------------------

struct world::worker {
  worker(world& w, instance& i, std::int32_t number, group_metadata group)
    : owner{i},
      generation{group.generation},
      log{
        w.log_,
        {.partition = number,
         .group = std::move(group),
         .at_call = [this, &w](log_call c) { return w.at_boundary(*this, c); },
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
            .batch_bytes_max = w.one_batch_ || w.dice_.chance(500)
                                 ? std::size_t{8} << 20
                                 : std::size_t{2000},
            .sweep_per_batch = 8},
           w.decoder_} {
    if (w.system_)
      motor = std::make_unique<engine>(w.system_->system, part, [&w] {
        w.system_->run_shuffled(static_cast<std::uint32_t>(w.dice_.next()));
      });
    runner_settings s;
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

  instance& owner;
  std::int32_t generation;
  memory_partition_log log;
  partition part;
  std::unique_ptr<engine> motor;
  std::optional<runner> loop;
};

struct world::instance {
  int number = 0;
  bool up = true;
  bool busy = false; // somewhere inside a turn
  bool deaf = false; // has not heard of the last rebalance: a zombie
  bool gone = false; // its process ended while it was busy
  group_metadata group;
  std::vector<std::unique_ptr<worker>> workers;
};

world::world(const world_options& o)
  : options_{o},
    dice_{o.seed},
    history_{dice_, {}},
    log_{o.partitions},
    now_{first_moment},
    followed_(static_cast<std::size_t>(o.partitions)),
    shadow_(static_cast<std::size_t>(o.partitions)) {
  if (o.actors)
    system_ = std::make_unique<deterministic_system>();
  log_.patient = dice_.chance(500);
  log_.pick = [this](std::size_t n) { return dice_.below(n); };
  log_.on_prepared = [this](const std::vector<new_record>& records) {
    for (const auto& r : records)
      if (is_state_of_an_entity(r)) {
        auto& s = shadow_[static_cast<std::size_t>(r.partition)];
        if (r.value)
          s[*r.key] = *r.value;
        else
          s.erase(*r.key);
      }
  };
  for (std::size_t n = 0; n < o.instances; ++n) {
    instances_.push_back(std::make_unique<instance>());
    instances_.back()->number = static_cast<int>(n);
  }
}

world::~world() {
  // The actors' instances end before their system does.
  instances_.clear();
}

void world::note(const std::function<std::string()>& text) {
  if (options_.trace)
    trace_.push_back(to_rfc3339(now_) + " "
                     + std::string(static_cast<std::size_t>(depth_) * 2, ' ')
                     + text());
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

blow world::draw(std::optional<log_call> c) {
  if (one_batch_)
    return !calm_ && ++boundaries_ == blow_at_ ? how_ : blow::none;
  if (calm_)
    return blow::none;
  const auto& s = options_.sky;
  if (dice_.chance(s.crash))
    return blow::crash;
  if (depth_ < 2 && dice_.chance(s.rebalance / 4))
    return blow::rebalance;
  if (!c)
    return blow::none;
  // Once a call, not once a record, for the calls that are made often.
  int often = *c == log_call::produce ? 5 : 1;
  if (dice_.chance(s.abort / often))
    return blow::abort;
  if (dice_.chance(s.fence / often))
    return blow::fence;
  if (*c == log_call::commit && dice_.chance(s.unknown * 4))
    return dice_.chance(500) ? blow::unknown_done : blow::unknown_lost;
  return blow::none;
}

log_fault world::at_boundary(worker& w, std::optional<log_call> c) {
  static constexpr std::array names{"init",   "restore",      "offsets",
                                    "poll",   "produce",      "send_offsets",
                                    "commit", "after commit", "abort"};
  auto what = draw(c);
  if (what != blow::none)
    note([&] {
      static constexpr std::array blows{"",
                                        "crash",
                                        "abort",
                                        "fence",
                                        "no answer (done)",
                                        "no answer (lost)",
                                        "rebalance"};
      return std::string{blows[static_cast<std::size_t>(what)]} + " at "
             + (c ? names[static_cast<std::size_t>(*c)] : "a step")
             + " of partition " + std::to_string(w.part.config().number)
             + " on instance " + std::to_string(w.owner.number);
    });
  if (!calm_ && depth_ == 1 && dice_.chance(options_.sky.interleave))
    some_turn(&w.owner);
  switch (what) {
    case blow::none:
      return log_fault::none;
    case blow::crash:
      throw crash{};
    case blow::abort:
      ++figures_.aborts;
      return log_fault::abort;
    case blow::fence:
      ++figures_.fences;
      return log_fault::fence;
    case blow::unknown_done:
      ++figures_.unknowns;
      return log_fault::unknown_done;
    case blow::unknown_lost:
      ++figures_.unknowns;
      return log_fault::unknown_lost;
    case blow::rebalance:
      rebalance();
      return log_fault::none;
  }
  return log_fault::none;
}

void world::run_batch(worker& w, batch b) {
  if (w.motor)
    return w.motor->run(std::move(b));
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

// -- publishers ---------------------------------------------------------------

void world::append(raw_record r) {
  note([&] {
    return "published " + to_string(r.where()) + " "
           + r.value.value_or("(none)").substr(0, 2000);
  });
  sent_.push_back(r);
  log_.append(std::move(r));
  ++published_;
  ++figures_.inputs;
}

void world::garble(raw_record& r) {
  auto& v = *r.value;
  switch (dice_.below(6)) {
    case 0:
      v.resize(dice_.below(v.size()));
      break;
    case 1:
      r.value.reset();
      break;
    case 2:
      v = "[1,2]";
      break;
    case 3:
      v.replace(v.find("\"type\""), 6, "\"tipe\"");
      break;
    case 4:
      v[dice_.below(v.size())] = static_cast<char>(dice_.below(256));
      break;
    default:
      r.key = std::string(200, 'k');
      break;
  }
}

void world::publish(const wish& w) {
  const auto& sky = options_.sky;
  raw_record r{.on = w.on,
               .partition = partition_of(w.team, options_.partitions),
               .offset = 0,
               .timestamp = now_,
               .log_append_time = false,
               .key = w.team,
               .value = w.value,
               .headers = {}};
  if (dice_.chance(sky.late)) // across topics, and within one
    r.timestamp -= std::chrono::milliseconds{dice_.between(0, 40'000)};
  if (dice_.chance(sky.misrouted))
    r.partition = static_cast<std::int32_t>(
      dice_.below(static_cast<std::size_t>(options_.partitions)));
  if (dice_.chance(100))
    r.key.reset(); // `partitionkey` tells
  if (dice_.chance(sky.garbled))
    garble(r);
  append(std::move(r));
}

void world::publish_something() {
  const auto& sky = options_.sky;
  if (!sent_.empty() && dice_.chance(sky.duplicate)) {
    // Most of them soon after, some long after.
    auto back = dice_.chance(800) ? std::min<std::size_t>(sent_.size(), 5)
                                  : sent_.size();
    auto r = sent_[sent_.size() - 1 - dice_.below(back)];
    r.timestamp = now_;
    return append(std::move(r));
  }
  if (dice_.chance(sky.poison)) {
    auto team = dice_.pick({"acme", "bolt"});
    if (dice_.chance(500))
      return publish(
        history_.make(topic::leads, "lead.received", team,
                      json_object{}
                        .text("lead_id", poisoned_decoder::lead_that_throws)
                        .str()));
    return publish(
      history_.make(topic::roster, "team.configured", team,
                    json_object{}
                      .text("team_id", team)
                      .text("name", poisoned_decoder::team_that_throws)
                      .text("account_owner", "a1")
                      .str()));
  }
  publish(history_.next());
}

/// Telephony and the people: they read what is committed and answer to it.
void world::follow_the_log() {
  for (std::int32_t p = 0; p < options_.partitions; ++p) {
    constexpr std::array topics{topic::rings, topic::tasks};
    for (std::size_t t = 0; t < topics.size(); ++t) {
      auto& next = followed_[static_cast<std::size_t>(p)][t];
      auto got = log_.fetch(topics[t], p, next, 1'000'000);
      next = got.next;
      for (const auto& r : got.records)
        answer(*r.value);
    }
  }
}

void world::answer(const std::string& value) {
  auto event = nlohmann::json::parse(value);
  const std::string type = event["type"];
  const std::string team = event["partitionkey"];
  const auto& data = event["data"];
  auto later = [&](std::int64_t low_s, std::int64_t high_s, topic on,
                   const char* reply, json_object body) {
    replies_.emplace(
      now_
        + std::chrono::milliseconds{dice_.between(low_s * 1000, high_s * 1000)},
      history_.make(on, reply, team, body.str()));
  };
  if (type == "task.created") {
    if (dice_.chance(200))
      later(1, 120, topic::leads, "task.completed",
            json_object{}
              .text("lead_id", data["lead_id"].get<std::string>())
              .text("task_id", data["task_id"].get<std::string>()));
    return;
  }
  auto call = [&] {
    return json_object{}.text("call_id", data["call_id"].get<std::string>());
  };
  if (type == "ring.requested") {
    for (const auto& leg : data["legs"]) {
      auto body = call().text("leg_id", leg["leg_id"].get<std::string>());
      auto how = dice_.below(100);
      if (how < 35)
        later(0, 20, topic::calls, "ring.answered", body);
      else if (how < 45)
        later(0, 10, topic::calls, "ring.accepted", body);
      else if (how < 60)
        later(0, 10, topic::calls,
              dice_.pick({"ring.declined", "ring.busy", "ring.failed",
                          "ring.machine", "ring.no_answer"}),
              body);
    }
  } else if (type == "transfer.connected") {
    if (dice_.chance(150))
      later(0, 5, topic::calls, "call.bridge_failed",
            call().text("leg_id", data["leg_id"].get<std::string>()));
    if (dice_.chance(700))
      later(5, 200, topic::calls, "call.ended", call());
  }
}

void world::publish_replies() {
  while (!replies_.empty() && replies_.begin()->first <= now_) {
    auto w = std::move(replies_.begin()->second);
    replies_.erase(replies_.begin());
    publish(w);
  }
}

// -- time ---------------------------------------------------------------------

/// Everybody is away while the world goes on.
void world::outage() {
  note([] { return "an outage begins"; });
  for (auto& i : instances_)
    if (i->up)
      crashed(*i);
  for (auto n = dice_.between(5, 40); n > 0; --n) {
    now_ += std::chrono::milliseconds{dice_.between(0, 20'000)};
    publish_something();
  }
  for (auto& i : instances_)
    i->up = true;
  rebalance();
}

void world::act() {
  const auto& sky = options_.sky;
  auto r = dice_.below(1000);
  if (r < 330) {
    if (dice_.chance(700))
      now_ += std::chrono::milliseconds{dice_.between(0, 6000)};
    publish_replies();
    publish_something();
  } else if (r < 760) {
    some_turn(nullptr);
    follow_the_log();
  } else if (r < 880) {
    if (log_.pending_markers() != 0)
      log_.deliver_marker(dice_.below(log_.pending_markers()));
  } else if (r < 950) {
    now_ += std::chrono::milliseconds{dice_.between(0, 20'000)};
    publish_replies();
  } else {
    auto p = static_cast<std::int32_t>(
      dice_.below(static_cast<std::size_t>(options_.partitions)));
    auto end = log_.high_watermark(topic::state, p);
    auto until = dice_.between(0, end);
    log_.compact(topic::state, p, until, dice_.between(0, until));
  }
  if (dice_.chance(sky.rebalance))
    rebalance();
  if (dice_.chance(sky.outage))
    outage();
  if (dice_.chance(sky.jump)) {
    now_ += dice_.chance(500) ? 1h : -1h;
    note([] { return "the clock jumps"; });
  }
  if (dice_.chance(sky.stranger)) {
    // Somebody else's transaction in our topic, left open.
    auto epoch = log_.init("stranger");
    std::int64_t offset = 0;
    (void)log_.add("stranger", epoch,
                   {.on = topic::state,
                    .partition = static_cast<std::int32_t>(dice_.below(
                      static_cast<std::size_t>(options_.partitions))),
                    .key = "stranger",
                    .value = "?",
                    .headers = {},
                    .timestamp = now_},
                   offset);
    note([] { return "a stranger's transaction stays open"; });
  }
  for (auto& i : instances_)
    if (!i->up && dice_.chance(100)) {
      i->up = true;
      rebalance();
    }
}

/// No more blows: everything is read, and nothing rings any more.
void world::settle() {
  calm_ = true;
  note([] { return "calm"; });
  for (auto& i : instances_)
    i->up = true;
  rebalance();
  for (std::size_t turns = 0;; ++turns) {
    promise(turns < turns_to_rest, "the world does not come to rest");
    bool worked = false;
    auto generation = log_.generation();
    for (auto& i : instances_) {
      for (std::size_t n = 0; n < i->workers.size(); ++n) {
        worked = take_turn(*i, *i->workers[n]) || worked;
        if (generation != log_.generation())
          break;
      }
      if (generation != log_.generation())
        break;
    }
    log_.time_out("stranger");
    while (log_.pending_markers() != 0) {
      log_.wait();
      worked = true;
    }
    auto before = published_;
    follow_the_log();
    publish_replies();
    if (worked || published_ != before)
      continue;
    std::optional<instant> next;
    auto consider
      = [&next](instant t) { next = next ? std::min(*next, t) : t; };
    for (auto& i : instances_)
      for (auto& w : i->workers)
        for (const auto& t : w->part.timers().in_order())
          if (t.entity.kind == entity_kind::call)
            consider(t.due + 20ms);
    if (!replies_.empty())
      consider(replies_.begin()->first);
    if (!next)
      return;
    now_ = std::max(now_, *next);
  }
}

// -- checks -------------------------------------------------------------------

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
          case entity_kind::counters:
            live = snapshot(t.counters());
            break;
          case entity_kind::agent:
            live = snapshot(*t.agent(id));
            break;
          case entity_kind::lead:
            live = snapshot(t.lead_cell(id).state);
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
            live = snapshot(t.person(id));
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

// -- a run --------------------------------------------------------------------

void world::run() {
  rebalance();
  for (const auto* team : {"acme", "bolt", "crux"})
    for (const auto& w : history_.roster(team))
      publish(w);
  while (published_ < options_.inputs)
    act();
  check();
}

void world::check() {
  settle();
  if (options_.at_rest)
    options_.at_rest();
  check_at_rest();
  check_log(log_, decoder_);
  for (std::int32_t p = 0; p < options_.partitions; ++p)
    figures_.timers
      += check_replay(log_, p, decoder_, shadow_[static_cast<std::size_t>(p)]);
}

std::size_t world::run_one_batch(std::size_t blow_at, blow how) {
  one_batch_ = calm_ = true;
  blow_at_ = blow_at;
  how_ = how;
  rebalance();
  auto publish_all = [this](std::initializer_list<wish> all) {
    for (const auto& w : all) {
      publish(w);
      now_ += 1ms;
    }
  };
  auto lead = [this](const char* team, const char* id) {
    return history_.make(topic::leads, "lead.received", team,
                         json_object{}
                           .text("lead_id", id)
                           .json("contact", R"({"phone":"+15125552100"})")
                           .str());
  };
  auto transfer = [this](const char* team, const char* call, const char* id) {
    return history_.make(
      topic::calls, "transfer.requested", team,
      json_object{}.text("call_id", call).text("lead_id", id).str());
  };
  auto turns = [this] {
    for (int n = 0; n < 4; ++n)
      for (auto& i : instances_)
        for (std::size_t k = 0; k < i->workers.size(); ++k)
          (void)take_turn(*i, *i->workers[k]);
  };
  // Before it: a roster, an owned lead, a call that rings.
  for (const auto* team : {"acme", "bolt", "crux"}) {
    publish_all({history_.make(topic::roster, "team.configured", team,
                               history_.team_document(team, true)),
                 history_.make(topic::roster, "agent.configured", team,
                               R"({"agent_id":"a1","phone":"+15125550110"})"),
                 history_.make(topic::roster, "agent.configured", team,
                               R"({"agent_id":"a2","phone":"+15125550120"})"),
                 lead(team, "l1"), transfer(team, "c1", "l1")});
  }
  turns();
  // The batch: timers (the call's), new and known leads, outreach, a removed
  // agent, a duplicate, a record for another partition and what is none.
  now_ += 3min;
  publish_all({lead("acme", "l2"), lead("acme", "l1"),
               history_.make("outreach.requested", "acme"),
               transfer("acme", "c2", "l2"),
               history_.make(topic::leads, "lead.received", "bolt",
                             R"({"lead_id":"l2"})"),
               history_.make(topic::roster, "agent.removed", "acme",
                             R"({"agent_id":"a1","reassign":true})"),
               history_.make(topic::leads, "no.such.type", "acme", "{}")});
  auto again = sent_[sent_.size() - 7];
  append(again);
  again = sent_[sent_.size() - 5];
  again.value = lead("acme", "l3").value;
  again.partition = (again.partition + 1) % options_.partitions;
  append(again);
  again.value = "{";
  append(again);
  calm_ = false;
  turns();
  auto n = boundaries_;
  check();
  return n;
}

} // namespace fairlead::test
