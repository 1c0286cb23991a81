#include "actors/partition/runner.hpp"

#include "actors/core/invariant.hpp"

#include <algorithm>

namespace fairlead {
namespace {

std::chrono::milliseconds system_steady() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::steady_clock::now().time_since_epoch());
}

std::size_t index_of(topic t) {
  return static_cast<std::size_t>(t);
}

} // namespace

runner::runner(runner_settings s, partition& p, partition_log& log,
               std::function<void(batch)> run_batch, clock wall,
               monotonic_clock steady)
  : settings_{s},
    partition_{p},
    log_{log},
    run_batch_{std::move(run_batch)},
    wall_{std::move(wall)},
    steady_{steady ? std::move(steady) : system_steady},
    size_max_{s.batch_records_max} {
}

void runner::restore() {
  log_.restore(
    [this](std::string_view key, std::optional<std::string_view> value) {
      partition_.restore(key, value);
    });
  positions_ = log_.start(partition_.restored());
  partition_.begin_clocks(steady_());
  take_over();
  ready_ = true;
}

/// The state of an older edition is told in the journal before the first step
/// on it. Cut short, it is told again from the beginning: the meta record does
/// not change before that step is committed.
void runner::take_over() {
  partition_.take_over(wall_(), [this](std::vector<new_record> part) {
    transaction t{.records = std::move(part), .positions = positions_};
    while (!stopping_)
      switch (log_.commit(t)) {
        case commit_result::done:
          return;
        case commit_result::aborted:
          break; // never the records' fault: the same ones again
        case commit_result::lost:
          stopping_ = true;
          return;
      }
  });
}

void runner::fill(std::chrono::milliseconds wait) {
  auto room
    = settings_.buffered_max - std::min(buffered_, settings_.buffered_max);
  if (buffered_bytes_ >= settings_.buffered_bytes_max)
    room = 0;
  // What is missing may stand behind what there is too much of.
  if (blocked_ && may_wait())
    room = std::max(room, settings_.batch_records_max);
  if (room == 0)
    return;
  auto got = log_.poll(wait, room);
  at_end_ = got.at_end;
  for (auto& r : got.records) {
    auto i = index_of(r.on);
    require(i < input_topic_count,
            "a log returned a record that is not an input");
    ++buffered_;
    buffered_bytes_ += bytes_of(r);
    queues_[i].push_back(std::move(r));
  }
}

/// Whether there is still room for what keeps the rest waiting.
bool runner::may_wait() const {
  return buffered_ < settings_.waiting_max
         && buffered_bytes_ < settings_.waiting_bytes_max;
}

bool runner::order_is_known(std::size_t i, std::size_t taken) const {
  return taken < queues_[i].size() || at_end_[i];
}

bool runner::may_start() {
  // R1: after a start nothing is taken up, and no timer fires, before every
  // topic has delivered or is known to be read to its end.
  if (!started_) {
    started_ = true;
    for (std::size_t i = 0; i < input_topic_count; ++i)
      started_ = started_ && order_is_known(i, 0);
  }
  return started_;
}

bool runner::all_at_end() const {
  return buffered_ == 0
         && std::all_of(at_end_.begin(), at_end_.end(),
                        [](bool b) { return b; });
}

std::chrono::milliseconds runner::time_to_sleep() const {
  auto until = partition_.time_until_due(wall_(), steady_());
  return until ? std::clamp<std::chrono::milliseconds>(
           *until + settings_.timer_grace, std::chrono::milliseconds{0},
           settings_.idle_wait)
               : settings_.idle_wait;
}

bool runner::timer_is_due(const batch& now) const {
  auto until = partition_.time_until_due(now.wall, now.steady);
  return until
         && *until + settings_.timer_grace <= std::chrono::milliseconds{0};
}

std::vector<const raw_record*> runner::merged(std::size_t max) {
  std::array<std::size_t, input_topic_count> next{};
  std::vector<const raw_record*> records;
  blocked_ = false;
  while (records.size() < max) {
    for (std::size_t i = 0; i < input_topic_count; ++i)
      blocked_ = blocked_ || !order_is_known(i, next[i]);
    // A topic with more to come may have an older record than those in hand.
    if (blocked_ && may_wait())
      break;
    const raw_record* first = nullptr;
    for (std::size_t i = 0; i < input_topic_count; ++i) {
      if (next[i] >= queues_[i].size())
        continue;
      const auto& r = queues_[i][next[i]];
      // Ties: in the order of the topics, each in its own order (R1).
      if (first == nullptr || r.timestamp < first->timestamp)
        first = &r;
    }
    if (first == nullptr)
      break;
    records.push_back(first);
    ++next[index_of(first->on)];
  }
  return records;
}

// A turn:
//   fill    polls the log; waits if there is nothing to do
//   pause   while little has come in, waits for its turn among the partitions
//           of the process, and takes what has come meanwhile
//   merged  names what is there in R1's order, as far as that order is known
//   work    runs the batch and commits it; then what it got to is let go of
//           (done_with). A batch that failed is run again step by step (blame)
// Without records a batch is made for due timers only, at the input's end.
turn runner::take_turn() {
  if (stopping_)
    return turn::stopped;
  bool something = buffered_ > 0;
  batch now;
  now.wall = wall_();
  now.steady = steady_();
  // A due timer, or a record whose place is not known yet, waits for the end
  // of the input, but not with a hot core.
  auto wait = something ? std::chrono::milliseconds{blocked_ ? 2 : 0}
              : timer_is_due(now)
                ? std::chrono::milliseconds{all_at_end() ? 0 : 2}
                : time_to_sleep();
  fill(wait);
  auto place = pause(now);
  if (stopping_)
    return turn::stopped;
  if (!may_start()) {
    blocked_ = true;
    return turn::idle;
  }
  batch b;
  auto size = alone_ > 0 ? std::size_t{1} : size_max_;
  b.records = merged(size);
  if (size < settings_.batch_records_max)
    b.steps_max = size;
  b.wall = wall_();
  b.steady = steady_();
  b.fire_due = b.records.empty() && all_at_end() && timer_is_due(b);
  if (b.records.empty() && !b.fire_due)
    return turn::idle;
  return work(std::move(b));
}

turnstile::place runner::pause(const batch& now) {
  bool something = buffered_ > 0 || (all_at_end() && timer_is_due(now));
  bool much = buffered_
              >= std::min(settings_.pause_records_max, settings_.buffered_max);
  // A step that is tried alone has waited enough.
  if (line == nullptr || stopping_ || !something || much || alone_ > 0)
    return {};
  auto place = line->enter(settings_.pause_max);
  fill(std::chrono::milliseconds{0});
  return place;
}

turn runner::work(batch b) {
  auto begun = std::chrono::steady_clock::now();
  run_batch_(std::move(b));
  auto failed = [this] {
    if (!partition_.failure())
      return false;
    auto failure = *partition_.failure();
    partition_.aborted();
    blame(failure);
    return true;
  };
  if (failed())
    return turn::worked;
  auto next = positions_;
  auto taken = partition_.taken();
  for (std::size_t i = 0; i < taken; ++i) {
    const auto& r = *partition_.records()[i];
    next[index_of(r.on)] = r.offset + 1;
  }
  auto written = partition_.result(next);
  if (failed())
    return turn::worked;
  switch (log_.commit(written)) {
    case commit_result::done:
      break;
    case commit_result::aborted:
      // Never the inputs' fault: the same ones again, as they were.
      // It may be too much at once for a topic: half of it, and half again,
      // until it goes or is one step.
      size_max_ = std::max((taken > 0 ? taken : size_max_) / 2, std::size_t{1});
      partition_.aborted();
      return turn::worked;
    case commit_result::lost:
      partition_.aborted();
      stopping_ = true;
      return turn::stopped;
  }
  partition_.committed(written);
  // What goes may be a little more the next time.
  size_max_ = std::min(2 * size_max_, settings_.batch_records_max);
  positions_ = next;
  done_with(taken);
  if (alone_ > 0)
    alone_ -= std::min(alone_, std::max<std::size_t>(taken, 1));
  if (alone_ == 0)
    tries_.clear();
  if (on_commit)
    on_commit(partition_.steps(), std::chrono::steady_clock::now() - begun);
  return turn::worked;
}

/// The batch's first records are dealt with. Of each topic they are the first
/// in its queue.
void runner::done_with(std::size_t taken) {
  for (std::size_t i = 0; i < taken; ++i) {
    auto& q = queues_[index_of(partition_.records()[i]->on)];
    --buffered_;
    buffered_bytes_ -= bytes_of(q.front());
    q.pop_front();
  }
}

void runner::blame(const step_failure& f) {
  // One by one until past the culprit; only a step that fails alone is counted.
  auto was_alone = alone_ > 0;
  alone_ = settings_.batch_records_max;
  if (!was_alone)
    return;
  auto name = f.record ? to_string(*f.record)
                       : f.timer->team + '\x1f' + f.timer->entity.id;
  if (++tries_[name] < settings_.tries_max)
    return;
  tries_.erase(name);
  if (on_given_up)
    on_given_up(f);
  if (f.record)
    partition_.quarantine(*f.record, f.what);
  else
    partition_.give_up(*f.timer);
}

void runner::stop() {
  stopping_ = true;
  log_.wake();
}

} // namespace fairlead
