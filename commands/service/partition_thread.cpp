#include "commands/service/partition_thread.hpp"

#include "commands/service/log.hpp"
#include "messages/wire/decode.hpp"

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
  return p;
}

metric_labels label_of(std::int32_t partition) {
  return {{"partition", std::to_string(partition)}};
}

/// One engine counter: its name, its help, and where the partition keeps it.
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
  counted{"fairlead_dead_letters_total",
          "Records that could not be processed (R46).",
          &partition_stats::dead_letters},
  counted{"fairlead_forwarded_total",
          "Records of other partitions, forwarded (R47).",
          &partition_stats::forwarded},
  counted{"fairlead_fairness_violations_total",
          "Choices that broke promise P5; must stay 0.",
          &partition_stats::unfair_choices},
  counted{"fairlead_timers_given_up_total",
          "Timers whose step was lost again and again.",
          &partition_stats::timers_given_up}};

histogram& commit_seconds(metrics& m) {
  return m.histogram("fairlead_batch_seconds",
                     "From taking up a batch to its commit.", latency_bounds());
}

std::string who(const step_failure& f) {
  if (f.record)
    return "record " + to_string(*f.record);
  return "a timer of team " + f.timer->team + " (" + f.timer->entity.id + ")";
}

} // namespace

void register_engine_metrics(metrics& m) {
  for (const auto& c : engine_counters)
    m.counter(c.name, c.help);
  commit_seconds(m);
}

partition_unit::partition_unit(const unit_surroundings& around,
                               std::unique_ptr<partition_log> log)
  : partition_unit{around, *log} {
  own_ = std::move(log);
}

partition_unit::partition_unit(const unit_surroundings& around,
                               partition_log& log)
  : around_{around},
    log_{log},
    partition_{settings_for(around.at, log), json_decoder()},
    engine_{std::make_unique<engine>(partition_)},
    runner_{runner_settings_of(around.at), partition_, log,
            [this](batch b) { engine_->run(std::move(b)); },
            around.clock ? around.clock : wall_clock} {
  runner_.on_commit = [this](std::size_t steps, std::chrono::nanoseconds t) {
    count(steps, t);
  };
  runner_.on_given_up = [](const step_failure& f) {
    log_error("given up: " + who(f) + ": " + f.what
              + (f.record ? "; it is on dead-letters as internal_error"
                          : "; it ends, and its call as missed"));
  };
  thread_ = std::thread{[this] { run(); }};
}

partition_unit::~partition_unit() {
  stop();
  join();
  tell_state(0, 0); // it is somebody else's now
}

void partition_unit::run() {
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
    runner_.run();
    log_info("partition " + std::to_string(number) + ": stopped");
    ended_ = true;
  } catch (const kafka_partition_taken&) {
    ended_ = true; // nothing is wrong
  } catch (const std::exception& e) {
    ended_ = true;
    log_error("partition " + std::to_string(number) + ": " + e.what());
    around_.failed(number, e.what());
  }
}

void partition_unit::count(std::size_t steps, std::chrono::nanoseconds took) {
  const auto& now = partition_.stats();
  for (const auto& c : engine_counters)
    if (auto more = now.*c.from - counted_.*c.from; more > 0)
      around_.counts.counter(c.name, c.help).add(static_cast<double>(more));
  if (now.unfair_choices > counted_.unfair_choices)
    log_error("a choice broke promise P5; run `fairlead audit`");
  counted_ = now;
  if (steps > 0)
    commit_seconds(around_.counts)
      .observe(std::chrono::duration<double>(took).count());
  tell_state(partition_.store().size(), partition_.store().bytes());
}

void partition_unit::tell_state(std::size_t entities, std::size_t bytes) {
  auto label = label_of(log_.partition());
  around_.counts
    .gauge("fairlead_state_entities", "Entities with a stored snapshot.", label)
    .set(static_cast<double>(entities));
  around_.counts
    .gauge("fairlead_state_bytes", "Bytes of the stored snapshots.", label)
    .set(static_cast<double>(bytes));
}

void partition_unit::stop() {
  runner_.stop();
}

void partition_unit::join() {
  if (thread_.joinable())
    thread_.join();
}

} // namespace fairlead
