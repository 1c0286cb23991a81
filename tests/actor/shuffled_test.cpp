// Goal: the actors do what the core does on the spot, whatever the order of
// threads. Method: random histories through supervisors and actors on CAF's
// test coordinator, three partitions side by side so that there is something to
// shuffle; what each writes (outputs, journal, state) must be the same bytes as
// without actors, for every shuffle.

#include "actors/core/visits/decide.hpp"
#include "actors/engine.hpp"
#include "actors/partition/partition.hpp"
#include "tests/actor/deterministic_system.hpp"
#include "tests/simulation/generate.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

constexpr std::size_t partitions = 3;
constexpr std::size_t batches = 12;
constexpr std::size_t records_per_batch = 25;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint32_t shuffles = 10;
#else
constexpr std::uint32_t shuffles = 60;
#endif

/// One partition's batches: random events with pauses, in which timers fall.
std::vector<batch> history_of(std::uint64_t seed) {
  dice chance{seed};
  history h{chance, {.teams = {"acme", "bolt"}, .calls = 40}};
  std::vector<batch> all;
  auto now = at_ms(1'772'463'600'000);
  std::int64_t offset = 0;
  std::vector<wish> waiting;
  for (const char* team : {"acme", "bolt"})
    for (auto& w : h.roster(team))
      waiting.push_back(std::move(w));
  for (std::size_t b = 0; b < batches; ++b) {
    while (waiting.size() < records_per_batch)
      waiting.push_back(h.next());
    batch out;
    for (const auto& w : waiting) {
      raw_record r;
      r.on = w.on;
      r.offset = offset++;
      now += std::chrono::milliseconds{
        chance.pick<std::int64_t>({0, 1, 1000, 40'000})};
      r.timestamp = now;
      r.key = w.team;
      r.value = w.value;
      out.records.push_back(std::move(r));
    }
    waiting.clear();
    out.wall = now;
    out.fire_due = true;
    all.push_back(std::move(out));
  }
  return all;
}

std::string text_of(const transaction& t) {
  std::string text;
  for (const auto& r : t.records)
    text += std::string{name_of(r.on)} + ' ' + r.key.value_or("-") + ' '
            + r.value.value_or("-") + ' ' + to_rfc3339(r.timestamp) + '\n';
  return text;
}

/// What each partition writes; `run` makes the n-th batch of all of them.
class world_of_three {
public:
  explicit world_of_three(std::uint64_t seed) {
    for (std::size_t p = 0; p < partitions; ++p) {
      parts.push_back(std::make_unique<partition>(
        // Entities come and go, and their actors with them.
        partition::settings{.number = 0,
                            .count = 1,
                            .consumer_group = "fairlead",
                            .live_max = p == 0 ? std::size_t{10'000} : 5,
                            .sweep_per_batch = 8},
        json_decoder()));
      (void)parts.back()->restored();
      histories.push_back(history_of(seed * 10 + p));
    }
  }
  std::vector<std::string>
  written_by(const std::function<void(std::size_t batch_no)>& run) {
    std::vector<std::string> out(partitions);
    for (std::size_t b = 0; b < batches; ++b) {
      run(b);
      for (std::size_t p = 0; p < partitions; ++p) {
        EXPECT_FALSE(parts[p]->failure().has_value());
        auto t = parts[p]->result(no_positions);
        out[p] += text_of(t);
        parts[p]->committed(t);
      }
    }
    return out;
  }

  std::vector<std::unique_ptr<partition>> parts;
  std::vector<std::vector<batch>> histories;
};

std::vector<std::string> on_the_spot(std::uint64_t seed) {
  world_of_three w{seed};
  return w.written_by([&w](std::size_t b) {
    for (std::size_t p = 0; p < partitions; ++p) {
      w.parts[p]->begin(w.histories[p][b]);
      while (auto* s = w.parts[p]->next_step()) {
        make_visits(*s);
        w.parts[p]->finish();
      }
    }
  });
}

std::vector<std::string> through_actors(std::uint64_t seed,
                                        std::uint32_t shuffle) {
  world_of_three w{seed};
  deterministic_system actors;
  std::mt19937 order{shuffle};
  std::vector<std::string> out;
  {
    std::vector<std::unique_ptr<engine>> engines(partitions);
    std::size_t batch_no = 0;
    bool busy = false;
    // An engine that waits lets the next one begin, so that in the end all of
    // them are at work when the shuffling starts.
    auto drive = [&](std::size_t p) {
      if (busy && p + 1 < partitions)
        engines[p + 1]->run(w.histories[p + 1][batch_no]);
      actors.run_shuffled(static_cast<std::uint32_t>(order()));
    };
    for (std::size_t p = 0; p < partitions; ++p)
      engines[p] = std::make_unique<engine>(actors.system, *w.parts[p],
                                            [drive, p] { drive(p); });
    out = w.written_by([&](std::size_t b) {
      batch_no = b;
      busy = true;
      engines[0]->run(w.histories[0][b]);
      busy = false;
    });
  }
  actors.run();
  EXPECT_EQ(actors.pending_timers(), 0U);
  EXPECT_EQ(actors.running(), 0U); // all actors have ended
  return out;
}

TEST(ShuffledActors, WriteTheSameBytesAsTheCoreAlone) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    auto expected = on_the_spot(seed);
    for (const auto& text : expected)
      ASSERT_GT(text.size(), 10'000U);
    for (std::uint32_t shuffle = 1; shuffle <= shuffles; ++shuffle) {
      auto written = through_actors(seed, shuffle);
      for (std::size_t p = 0; p < partitions; ++p)
        ASSERT_TRUE(written[p] == expected[p])
          << "history " << seed << ", shuffle " << shuffle << ", partition "
          << p << " of " << partitions;
    }
  }
}

// The shuffling itself: other seeds, other orders, or the test above would ask
// the same thing again and again.
TEST(ShuffledActors, AreShuffled) {
  auto order_of = [](std::uint32_t shuffle) {
    deterministic_system actors;
    std::string order;
    for (char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}) {
      // CAF 0.17 dereferences a null tuple when an actor takes no argument.
      auto a = actors.system.spawn(
        [](caf::event_based_actor*, std::string* to, char letter) {
          return caf::behavior{[to, letter](int) { *to += letter; }};
        },
        &order, name);
      caf::anon_send(a, 1);
    }
    actors.run_shuffled(shuffle);
    return order;
  };
  auto first = order_of(1);
  EXPECT_EQ(first.size(), 8U);
  EXPECT_EQ(first, order_of(1));
  EXPECT_NE(first, order_of(2));
}

} // namespace
} // namespace fairlead::test
