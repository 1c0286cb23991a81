#pragma once

#include "actors/partition/partition.hpp"
#include "actors/partition/runner.hpp"
#include "actors/partition_actors.hpp"
#include "connectors/memory/broker.hpp"
#include "connectors/memory/partition_log.hpp"
#include "messages/wire/decode.hpp"
#include "tests/simulation/generate.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::test {

/// A promise was broken in a simulated world.
class broken_promise : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The end of a process, wherever it happens to be. No std::exception: nothing
/// on the way may take it for an error of its own.
struct crash {};

/// What can be done to a run at one of its boundaries.
enum class blow : std::uint8_t {
  none,
  crash,
  abort,
  fence,
  unknown_done,
  unknown_lost,
  rebalance /// the session is over, and its member does not know
};

/// How often something happens, in a thousand cases; drawn from the seed, so
/// that some worlds are calm and some are wild.
struct weather {
  int crash = 0, abort = 0, fence = 0, unknown = 0;  // of the calls
  int interleave = 0;                                // other instances' turns
  int rebalance = 0, deaf = 0, outage = 0, jump = 0; // of the actions
  int stranger = 0;
  int duplicate = 0, late = 0, misrouted = 0, garbled = 0, poison = 0; // inputs
};

struct world_options {
  std::uint64_t seed = 1;
  std::size_t inputs = 300;
  std::int32_t partitions = 3;
  std::size_t instances = 2;
  bool actors = false; /// through the supervisor and the actors
  bool trace = false;
  weather sky;
  /// Told before the checks at the end: planted faults end there.
  std::function<void()> at_rest;

  /// Options drawn from a seed.
  static world_options of(std::uint64_t seed);
};

/// The decoder of the program, with records that are too much for it.
class poisoned_decoder final : public decoder {
public:
  static constexpr const char* lead_that_throws = "poison-read";
  static constexpr const char* team_that_throws = "poison-step";
  [[nodiscard]] std::variant<input_event, dead_letter>
  decode(const raw_record& r) const override;
};

/// A simulated world: a memory log, publishers and telephony before it, and
/// instances that share out its partitions and are struck by what the seed
/// decides. The code inside is the real one: partition, runner, supervisor and
/// actors. One thread, one clock, one seed: the same run every time.
class world {
public:
  explicit world(const world_options& o);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// The whole run with all its checks. Throws broken_promise.
  void run();
  /// One batch of everything in fair weather, but with one blow at one of its
  /// boundaries (from 1; 0: none). Returns how many boundaries it has.
  std::size_t run_one_batch(std::size_t blow_at, blow how);

  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }
  /// Figures for the report.
  struct figures {
    std::size_t inputs = 0, outputs = 0, crashes = 0, aborts = 0, fences = 0,
                unknowns = 0, rebalances = 0, zombies = 0, restores = 0,
                commits = 0, timers = 0, given_up = 0, timers_given_up = 0;
  };
  [[nodiscard]] const figures& counted() const { return figures_; }

private:
  struct worker;
  struct instance;

  // -- publishers.cpp ---------------------------------------------------------
  void publish(const wish& w);
  void publish_something();
  void append(raw_record r);
  void garble(raw_record& r);

  // -- telephony.cpp ----------------------------------------------------------
  void follow_the_log();
  void answer(const std::string& value);
  void publish_replies();

  // -- instances.cpp ----------------------------------------------------------
  void rebalance();
  void crashed(instance& i);
  bool take_turn(instance& i, worker& w);
  void some_turn(const instance* but);
  void restore(worker& w);
  void run_batch(worker& w, batch b);

  // -- weather.cpp ------------------------------------------------------------
  memory::log_fault at_boundary(worker& w, std::optional<memory::log_call> c);
  blow draw(std::optional<memory::log_call> c);

  // -- the run ----------------------------------------------------------------
  void act();
  void outage();
  void settle();
  void check();
  void note(const std::function<std::string()>& text);

  // -- state_checks.cpp -------------------------------------------------------
  void check_timers(const worker& w) const;
  void check_restored(const worker& w) const;
  void check_known_by(team_state& team, const std::string& lead,
                      std::string_view bytes) const;
  void check_at_rest();

  world_options options_;
  dice dice_;
  history history_;
  memory::broker log_;
  poisoned_decoder decoder_;
  instant now_;
  std::vector<std::unique_ptr<instance>> instances_;
  int members_ = 0;
  int depth_ = 0;     // of turns inside turns
  bool calm_ = false; // no more blows
  std::size_t published_ = 0;
  bool one_batch_ = false;
  std::size_t boundaries_ = 0; // of the one batch
  std::size_t blow_at_ = 0;
  blow how_ = blow::none;
  std::vector<raw_record> sent_; // for duplicates
  std::multimap<instant, wish> replies_;
  std::vector<std::array<std::int64_t, 2>> followed_; // rings, tasks
  /// What `state` says, told by an eye that sees every commit.
  std::vector<std::map<std::string, std::string>> shadow_;
  std::vector<std::string> trace_;
  figures figures_;
};

/// What a log must look like after a run. Throws broken_promise.
void check_log(const memory::broker& log, const decoder& reader);

/// Reads the inputs and the journal of one partition from an empty state (P3)
/// and compares what comes of it with what was published; then the state with
/// `state`. Throws broken_promise. Returns the number of timers' steps.
std::size_t check_replay(const memory::broker& log, std::int32_t partition,
                         const decoder& reader,
                         const std::map<std::string, std::string>& state);

/// Throws broken_promise with the text unless the promise is kept.
inline void promise(bool kept, const std::string& text) {
  if (!kept)
    throw broken_promise{text};
}

} // namespace fairlead::test
