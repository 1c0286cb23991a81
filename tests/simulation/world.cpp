// The run: what happens next, and how it comes to rest.

#include "tests/simulation/world.hpp"

#include "actors/core/state/snapshot.hpp"
#include "actors/partition/meta_record.hpp"
#include "tests/simulation/instances.hpp"

#include <algorithm>
#include <chrono>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

// A Monday morning, so that windows and dates matter.
const auto first_moment = at_ms(1'772'463'600'000); // 2026-03-02T15:00:00Z

constexpr std::size_t turns_to_rest = 3000;

bool is_state_of_an_entity(const new_record& r) {
  return r.on == topic::state && r.key != meta_key;
}

} // namespace

world::world(const world_options& o)
  : options_{o},
    dice_{o.seed},
    history_{dice_, {}},
    log_{o.partitions},
    now_{first_moment},
    followed_(static_cast<std::size_t>(o.partitions)),
    shadow_(static_cast<std::size_t>(o.partitions)) {
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

world::~world() = default;

void world::note(const std::function<std::string()>& text) {
  if (options_.trace)
    trace_.push_back(to_rfc3339(now_) + " "
                     + std::string(static_cast<std::size_t>(depth_) * 2, ' ')
                     + text());
}

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

} // namespace fairlead::test
