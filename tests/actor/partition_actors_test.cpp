// Goal: the actors do what the core does on the spot, and when one of them dies
// with a step, nothing of its batch is written and nothing is missing after the
// next try. Method: random histories through supervisor and actors; what a
// partition writes (outputs, journal, state) must be the same bytes as without
// actors. The actors are not shuffled, as there is nothing to shuffle: a step
// has one holder, so one actor at most is ever ready to run. That is asked,
// too.

#include "actors/core/invariant.hpp"
#include "actors/core/visits/decide.hpp"
#include "actors/inline_scheduler.hpp"
#include "actors/partition/partition.hpp"
#include "actors/partition_actors.hpp"
#include "tests/simulation/generate.hpp"

#include <caf/actor_registry.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead::test {
namespace {

constexpr std::size_t batches = 12;
constexpr std::size_t records_per_batch = 25;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t histories = 6;
#else
constexpr std::uint64_t histories = 20;
#endif

/// Some of the actors die when they should handle a message.
class deadly_scheduler final : public inline_scheduler {
public:
  using inline_scheduler::inline_scheduler;
  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>) {
    return new deadly_scheduler{system};
  }
  /// From now on one in `n` dies, in an order that the seed says.
  void kill_one_in(std::uint32_t n, std::uint32_t seed) {
    one_in_ = n;
    random_.seed(seed);
  }

  std::size_t killed = 0;
  std::size_t most_ready = 0; /// how many were ready to run at a time

private:
  void resume(caf::resumable* actor) override {
    most_ready = std::max(most_ready, ready() + 1);
    if (one_in_ == 0 || random_() % one_in_ != 0)
      return inline_scheduler::resume(actor);
    ++killed;
    cleanup_and_release(actor);
  }

  std::uint32_t one_in_ = 0;
  std::mt19937 random_;
};

/// Batches, and the records to which they refer.
struct batches_of_history {
  std::vector<batch> all;
  std::deque<raw_record> records; // their addresses stay when more come
};

/// One partition's batches: random events with pauses, in which timers fall.
batches_of_history history_of(std::uint64_t seed) {
  dice chance{seed};
  history h{chance, {.teams = {"acme", "bolt"}, .calls = 40}};
  batches_of_history out;
  auto now = at_ms(1'772'463'600'000);
  std::int64_t offset = 0;
  std::vector<wish> waiting;
  for (const char* team : {"acme", "bolt"})
    for (auto& w : h.roster(team))
      waiting.push_back(std::move(w));
  for (std::size_t b = 0; b < batches; ++b) {
    while (waiting.size() < records_per_batch)
      waiting.push_back(h.next());
    batch next;
    for (const auto& w : waiting) {
      auto& r = out.records.emplace_back();
      r.on = w.on;
      r.offset = offset++;
      now += std::chrono::milliseconds{
        chance.pick<std::int64_t>({0, 1, 1000, 40'000})};
      r.timestamp = now;
      r.key = w.team;
      r.value = w.value;
      next.records.push_back(&r);
    }
    waiting.clear();
    next.wall = now;
    next.fire_due = true;
    out.all.push_back(std::move(next));
  }
  return out;
}

std::string text_of(const transaction& t) {
  std::string text;
  for (const auto& r : t.records)
    text += std::string{name_of(r.on)} + ' ' + r.key.value_or("-") + ' '
            + r.value.value_or("-") + ' ' + to_rfc3339(r.timestamp) + '\n';
  return text;
}

/// A partition with a history of its own. In every other one entities come and
/// go, and their actors with them.
class desk {
public:
  explicit desk(std::uint64_t seed)
    : part{{.number = 0,
            .count = 1,
            .consumer_group = "fairlead",
            .live_max = seed % 2 == 0 ? std::size_t{10'000} : 5,
            .sweep_per_batch = 8},
           json_decoder()},
      history_{history_of(seed)} {
    (void)part.restored();
  }
  /// What it writes, when `run` makes its batches. One that fails is made again
  /// as the runner does.
  std::string written_by(
    const std::function<void(batch)>& run,
    const std::function<void()>& after_each = [] {}) {
    std::string out;
    for (const auto& b : history_.all) {
      for (run(b); part.failure(); run(b)) {
        failures.push_back(part.failure()->what);
        require(failures.size() < 1000, "it fails again and again");
        part.aborted();
      }
      auto t = part.result(no_positions);
      out += text_of(t);
      part.committed(t);
      after_each();
    }
    return out;
  }

  partition part;
  std::vector<std::string> failures;

private:
  batches_of_history history_;
};

std::string on_the_spot(std::uint64_t seed) {
  desk d{seed};
  auto written = d.written_by([&d](batch b) {
    d.part.begin(std::move(b));
    make_steps(d.part, make_visits);
  });
  EXPECT_EQ(d.failures, std::vector<std::string>{});
  return written;
}

TEST(PartitionActors, WriteTheSameBytesAsTheCoreAlone) {
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    auto expected = on_the_spot(seed);
    ASSERT_GT(expected.size(), 10'000U);
    inline_system<deadly_scheduler> system;
    desk d{seed};
    {
      partition_actors actors{d.part, system.scheduler};
      auto written
        = d.written_by([&actors](batch b) { actors.run(std::move(b)); });
      ASSERT_TRUE(written == expected) << "history " << seed;
      EXPECT_GT(system.system.registry().running(), 1U);
    }
    EXPECT_EQ(d.failures, std::vector<std::string>{});
    EXPECT_EQ(system.scheduler.most_ready, 1U);
    // The entities' actors end with the supervisor.
    EXPECT_EQ(system.system.registry().running(), 0U);
  }
}

TEST(PartitionActors, EndWhenThePartitionRestsAndItGoesOnAlike) {
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    auto expected = on_the_spot(seed);
    inline_system<deadly_scheduler> system;
    desk d{seed};
    partition_actors actors{d.part, system.scheduler};
    auto written
      = d.written_by([&actors](batch b) { actors.run(std::move(b)); },
                     [&] {
                       actors.rest();
                       // The supervisor.
                       EXPECT_EQ(system.system.registry().running(), 1U);
                     });
    ASSERT_TRUE(written == expected) << "history " << seed;
  }
}

TEST(PartitionActors, LoseNothingWhenOneDiesWithAStep) {
  std::size_t killed = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    auto expected = on_the_spot(seed);
    inline_system<deadly_scheduler> system;
    system.scheduler.kill_one_in(500, static_cast<std::uint32_t>(seed));
    desk d{seed};
    partition_actors actors{d.part, system.scheduler};
    auto written
      = d.written_by([&actors](batch b) { actors.run(std::move(b)); });
    ASSERT_TRUE(written == expected) << "history " << seed;
    // Each death is one failure of one batch.
    EXPECT_EQ(d.failures.size(), system.scheduler.killed);
    for (const auto& what : d.failures)
      EXPECT_EQ(what, "the actor that held the step died");
    killed += system.scheduler.killed;
  }
  EXPECT_GT(killed, histories);
}

// A partition may be given back before it had anything to do, and with actors
// that have not heard yet that they are free.
TEST(PartitionActors, EndWhateverTheyHaveDone) {
  inline_system<deadly_scheduler> system;
  partition part{{.number = 0,
                  .count = 1,
                  .consumer_group = "fairlead",
                  .live_max = 0,
                  .live_teams_max = 1},
                 json_decoder()};
  (void)part.restored();
  { partition_actors idle{part, system.scheduler}; }
  EXPECT_EQ(system.system.registry().running(), 0U);
  {
    partition_actors actors{part, system.scheduler};
    auto some = history_of(1);
    actors.run(some.all.front());
    part.committed(part.result(no_positions));
    EXPECT_GT(system.system.registry().running(), 1U);
    actors.run({}); // without a step, but entities were let go of
    part.committed(part.result(no_positions));
  }
  EXPECT_EQ(system.system.registry().running(), 0U);
}

/// Throws when it reads a record for the second time, as an actor does with one
/// that was parked (R45).
class suspicious_decoder final : public decoder {
public:
  bool suspicious = true;
  [[nodiscard]] std::variant<input_event, dead_letter>
  decode(const raw_record& r) const override {
    if (!read_.insert(r.offset).second && suspicious)
      throw std::runtime_error{"read twice"};
    return json_decoder().decode(r);
  }

private:
  mutable std::set<std::int64_t> read_;
};

// What the core throws in an actor fails the batch with its reason, and costs
// no actor its life.
TEST(PartitionActors, SurviveWhatTheCoreThrows) {
  dice chance{1};
  history writer{chance, {}};
  std::vector<raw_record> records;
  auto add = [&](topic on, std::string_view type, const std::string& data) {
    raw_record r;
    r.on = on;
    r.offset = static_cast<std::int64_t>(records.size());
    r.timestamp = at_ms(1'772'463'600'000);
    r.key = "acme";
    r.value = writer.make(on, type, "acme", data).value;
    records.push_back(std::move(r));
  };
  add(topic::roster, "team.configured", R"({"team_id":"acme"})");
  add(topic::leads, "lead.received", R"({"lead_id":"l"})");
  add(topic::calls, "call.ended", R"({"call_id":"c"})");
  add(topic::calls, "transfer.requested", R"({"call_id":"c","lead_id":"l"})");

  suspicious_decoder decoder;
  partition part{{.number = 0, .count = 1, .consumer_group = "fairlead"},
                 decoder};
  (void)part.restored();
  inline_system<> system;
  partition_actors actors{part, system.scheduler};
  batch all{.records = {}, .wall = records.back().timestamp};
  for (const auto& r : records)
    all.records.push_back(&r);
  actors.run(all);
  ASSERT_TRUE(part.failure());
  EXPECT_EQ(part.failure()->what, "read twice");
  EXPECT_EQ(part.failure()->record, records.back().where());
  part.aborted();
  auto alive = system.system.registry().running();
  EXPECT_EQ(alive, 3U); // the supervisor, a lead's actor, a call's

  decoder.suspicious = false;
  actors.run(all);
  EXPECT_FALSE(part.failure());
  EXPECT_EQ(part.steps(), records.size());
  EXPECT_EQ(system.system.registry().running(), alive); // the same
}

} // namespace
} // namespace fairlead::test
