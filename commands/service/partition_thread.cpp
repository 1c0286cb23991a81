#include "commands/service/partition_thread.hpp"

#include "commands/service/memory.hpp"
#include "connectors/log.hpp"
#include "messages/wire/decode.hpp"

#include <array>
#include <utility>

namespace fairlead {
namespace {

instant wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

partition::settings settings_for(const settings& s, const partition_log& log) {
  auto p = partition_settings_of(s);
  p.number = log.partition();
  p.count = log.partition_count();
  p.of_a_group = s.embedded.empty();
  return p;
}

metric_labels label_of(std::int32_t partition) {
  return {{"partition", std::to_string(partition)}};
}

/// One counter of the engine: its name, its help, and where the partition keeps
/// it.
struct counted {
  const char* name;
  const char* help;
  std::uint64_t partition_stats::*from;
};

constexpr std::array engine_counters{
  counted{"fairlead_steps_total",
          "Steps worked through: records and due timers.",
          &partition_stats::steps},
  counted{"fairlead_outputs_total", "Output events written.",
          &partition_stats::outputs},
  counted{"fairlead_assignments_total", "Leads that got an owner.",
          &partition_stats::assigned},
  counted{"fairlead_duplicates_total",
          "Events seen before, by source and id (R44).",
          &partition_stats::duplicates},
  counted{"fairlead_forwarded_total",
          "Records of other partitions, forwarded (R47).",
          &partition_stats::forwarded},
  counted{"fairlead_fairness_violations_total",
          "Choices that broke promise P5; must stay 0.",
          &partition_stats::unfair_choices},
  counted{"fairlead_timers_given_up_total",
          "Timers whose step was lost again and again.",
          &partition_stats::timers_given_up},
  counted{"fairlead_keys_differ_total",
          "Events whose partitionkey is not their record's key.",
          &partition_stats::keys_differ}};

counter& dead_letters(metrics& m, std::size_t reason) {
  return m.counter(
    "fairlead_dead_letters_total",
    "Records that could not be processed (R46), by reason.",
    {{"reason", std::string{spelling<dead_letter_reason>.at(reason)}}});
}

constexpr const char* unassigned = "fairlead_leads_unassigned_total";
constexpr const char* unassigned_help
  = "Times that a lead came and nobody could have it, by reason.";

constexpr std::array unassigned_counters{
  std::pair{"nobody_eligible", &partition_stats::nobody_eligible},
  std::pair{"no_rule", &partition_stats::no_rule},
  std::pair{"unknown_team", &partition_stats::unknown_team}};

// The gauges of a partition, which end when it moves away.
constexpr const char* state_entities = "fairlead_state_entities";
constexpr const char* state_bytes = "fairlead_state_bytes";
constexpr const char* leads_waiting = "fairlead_leads_waiting";
constexpr const char* clock_behind = "fairlead_clock_behind_seconds";

// A broker's clock may be a little ahead of ours.
constexpr std::chrono::seconds clock_behind_told{5};

/// What goes on is not said more often.
constexpr std::chrono::minutes tells_again_after{1};

histogram& commit_seconds(metrics& m) {
  return m.histogram("fairlead_batch_seconds",
                     "From taking up a batch to its commit.", latency_bounds());
}

/// A partition that has had nothing to do for so long rests: what a backlog or
/// a restore took beyond what is kept is given back, and what is decoded with
/// it. Half of a service's memory was of that kind.
constexpr std::chrono::seconds rests_after{2};

std::string subject_of(const step_failure& f) {
  if (f.record)
    return "record " + to_string(*f.record);
  return "a timer of team " + f.timer->team + " (" + f.timer->entity.id + ")";
}

} // namespace

void register_engine_metrics(metrics& m) {
  for (const auto& c : engine_counters)
    m.counter(c.name, c.help);
  for (std::size_t i = 0; i < spelling<dead_letter_reason>.size(); ++i)
    dead_letters(m, i);
  for (const auto& [reason, from] : unassigned_counters)
    m.counter(unassigned, unassigned_help, {{"reason", reason}});
  commit_seconds(m);
}

partition_thread::partition_thread(const partition_context& context,
                                   std::unique_ptr<partition_log> log)
  : partition_thread{context, *log} {
  own_ = std::move(log);
}

partition_thread::partition_thread(const partition_context& context,
                                   partition_log& log)
  : context_{context},
    log_{log},
    partition_{settings_for(context.config, log), json_decoder()},
    actors_{std::make_unique<partition_actors>(partition_)},
    runner_{runner_settings_of(context.config), partition_, log,
            [this](batch b) { actors_->run(std::move(b)); },
            context.clock ? context.clock : wall_clock} {
  runner_.line = context.line;
  runner_.on_commit = [this](std::size_t steps, std::chrono::nanoseconds t) {
    count(steps, t);
  };
  runner_.on_given_up = [](const step_failure& f) {
    log_error("gave up " + subject_of(f) + ": " + f.what
              + (f.record ? "; it is on dead-letters as internal_error"
                          : "; the timer is dropped, and its call ends as "
                            "missed"));
  };
  thread_ = std::thread{[this] { run(); }};
}

partition_thread::~partition_thread() {
  stop();
  join();
  // Another instance tells them from now on.
  auto label = label_of(log_.partition());
  for (const auto* name :
       {state_entities, state_bytes, leads_waiting, clock_behind})
    context_.counts.drop(name, label);
}

void partition_thread::run() {
  auto number = log_.partition();
  try {
    auto begun = std::chrono::steady_clock::now();
    runner_.restore();
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
    log_info("partition " + std::to_string(number) + ": restored "
             + std::to_string(partition_.store().size()) + " entities in "
             + std::to_string(took.count()) + " ms, serving");
    count(0, std::chrono::nanoseconds{0});
    serve();
    log_info("partition " + std::to_string(number) + ": stopped");
    ended_ = true;
  } catch (const kafka::partition_taken&) {
    ended_ = true; // another instance has it: nothing is wrong
  } catch (const std::exception& e) {
    ended_ = true;
    log_error("partition " + std::to_string(number) + ": " + e.what());
    context_.failed(number, e.what());
  }
}

void partition_thread::serve() {
  using clock = std::chrono::steady_clock;
  bool rested = false; // the restore was work, too
  auto worked = clock::now();
  for (;;) {
    switch (runner_.take_turn()) {
      case turn::stopped:
        return;
      case turn::worked:
        rested = false;
        worked = clock::now();
        break;
      case turn::idle:
        if (!rested && clock::now() - worked > rests_after) {
          actors_->rest();
          give_memory_back();
          rested = true;
        }
        break;
    }
    look_around();
  }
}

void partition_thread::count(std::size_t steps, std::chrono::nanoseconds took) {
  const auto& now = partition_.stats();
  for (const auto& c : engine_counters)
    if (auto more = now.*c.from - counted_.*c.from; more > 0)
      context_.counts.counter(c.name, c.help).add(static_cast<double>(more));
  for (std::size_t i = 0; i < now.dead_letters.size(); ++i)
    if (auto more = now.dead_letters[i] - counted_.dead_letters[i]; more > 0)
      dead_letters(context_.counts, i).add(static_cast<double>(more));
  for (const auto& [reason, from] : unassigned_counters)
    if (auto more = now.*from - counted_.*from; more > 0)
      context_.counts.counter(unassigned, unassigned_help, {{"reason", reason}})
        .add(static_cast<double>(more));
  if (now.unfair_choices > counted_.unfair_choices)
    log_error("a choice broke promise P5; run `fairlead audit`");
  counted_ = now;
  if (steps > 0)
    commit_seconds(context_.counts)
      .observe(std::chrono::duration<double>(took).count());
  auto label = label_of(log_.partition());
  auto tell = [&](const char* name, const char* help, std::size_t value) {
    context_.counts.gauge(name, help, label).set(static_cast<double>(value));
  };
  tell(state_entities, "Entities with a stored snapshot.",
       partition_.store().size());
  tell(state_bytes, "Bytes of the stored snapshots.",
       partition_.store().bytes());
  tell(leads_waiting, "Leads that wait for an owner (R11).",
       partition_.waiting_leads());
}

// Once a second, also while nothing comes.
void partition_thread::look_around() {
  auto now = std::chrono::steady_clock::now();
  if (now - looked_ < std::chrono::seconds{1})
    return;
  looked_ = now;
  look_at_clock(now);
  look_at_keys(now);
}

void partition_thread::look_at_clock(
  std::chrono::steady_clock::time_point now) {
  auto behind
    = partition_.clock_behind(context_.clock ? context_.clock() : wall_clock());
  context_.counts
    .gauge(clock_behind,
           "How far this machine's clock is behind what has been decided.",
           label_of(log_.partition()))
    .set(std::chrono::duration<double>(behind).count());
  if (behind < clock_behind_told || now - clock_told_ < tells_again_after)
    return;
  clock_told_ = now;
  log_warning("partition " + std::to_string(log_.partition())
              + ": the clock of this machine is "
              + std::to_string(behind.count() / 1000)
              + " s behind what has been decided already; until it has caught "
                "up, timers go by a clock that only counts. Was it set back, "
                "or is the clock of a broker or of another instance fast?");
}

// A publisher that takes the lead's id for the key, or writes the key as JSON,
// makes a team that nobody knows. The texts stay out of the log: a key may be
// somebody's address.
void partition_thread::look_at_keys(std::chrono::steady_clock::time_point now) {
  const auto& stats = partition_.stats();
  auto more = stats.keys_differ - keys_told_;
  if (more == 0 || now - keys_told_at_ < tells_again_after)
    return;
  keys_told_ = stats.keys_differ;
  keys_told_at_ = now;
  log_warning("partition " + std::to_string(log_.partition()) + ": "
              + std::to_string(more)
              + (more == 1 ? " event has" : " events have")
              + " a partitionkey that is not the record's key, the last one at "
              + to_string(stats.key_differs_at)
              + "; the key counts as the team. Write the team as the key, as "
                "plain text");
}

void partition_thread::stop() {
  runner_.stop();
}

void partition_thread::join() {
  if (thread_.joinable())
    thread_.join();
}

} // namespace fairlead
