// What the simulation found, each as a test of its own.

#include "actors/core/visits/decide.hpp"
#include "actors/partition/partition.hpp"
#include "connectors/memory/partition_log.hpp"
#include "tests/simulation/generate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

/// A partition that is restored from its own `state` after every record.
class restless_partition {
public:
  std::vector<new_record> take(const wish& w) {
    partition part{{.number = 0, .count = 1, .consumer_group = {}},
                   json_decoder()};
    for (const auto& [key, value] : state_)
      part.restore(key, value);
    (void)part.restored();
    raw_record r;
    r.on = w.on;
    r.offset = next_;
    r.timestamp = at_ms(1'772'463'600'000 + next_++);
    r.key = w.team;
    r.value = w.value;
    part.begin({.records = {&r}, .wall = r.timestamp});
    while (auto* s = part.next_step()) {
      make_visits(*s);
      part.finish();
    }
    auto written = part.result(no_positions).records;
    for (const auto& n : written)
      if (n.on == topic::state)
        state_.emplace_back(*n.key, n.value);
    return written;
  }

private:
  std::int64_t next_ = 0;
  std::vector<std::pair<std::string, std::optional<std::string>>> state_;
};

std::size_t count(const std::vector<new_record>& written, topic on) {
  std::size_t n = 0;
  for (const auto& r : written)
    n += r.on == on ? 1 : 0;
  return n;
}

// Seed 591: the rotation of a pool without members was stored as a tombstone,
// and a rule that named the pool after a restart threw.
TEST(Found, APoolWithoutMembersOutlivesARestart) {
  dice chance{1};
  history h{chance, {}};
  restless_partition p;
  p.take(h.make(topic::roster, "team.configured", "acme",
                R"({"team_id":"acme","account_owner":"a1",)"
                R"("pools":[{"id":"buyers","members":[]}],)"
                R"("routing_rules":[{"id":"r","assign":{"pool":"buyers"}}]})"));
  auto written = p.take(
    h.make(topic::leads, "lead.received", "acme", R"({"lead_id":"l1"})"));
  EXPECT_EQ(count(written, topic::dead_letters), 0U);
  EXPECT_EQ(count(written, topic::assignments), 1U); // lead.unassigned
}

// A transaction without offsets whose producer was shut out before its first
// record: the place of an older record must not tell what became of it.
TEST(Found, AFencedTransactionWithoutOffsetsIsNotTakenForTheOneBefore) {
  memory::broker log{1};
  auto generation = log.rebalance({"m"});
  bool fence = false;
  memory::partition_log p{log,
                          {.partition = 0,
                           .group = {"m", generation},
                           .at_call =
                             [&fence](memory::log_call c) {
                               return fence && c == memory::log_call::produce
                                        ? memory::log_fault::fence
                                        : memory::log_fault::none;
                             },
                           .bring = {}}};
  p.restore([](auto, auto) {});
  (void)p.start(std::nullopt);
  transaction t;
  t.positions = {-1, 1, -1, -1};
  t.records.push_back({.on = topic::journal,
                       .partition = 0,
                       .key = std::nullopt,
                       .value = "[]",
                       .headers = {},
                       .timestamp = at_ms(1)});
  EXPECT_EQ(p.commit(t), commit_result::done);
  fence = true;
  EXPECT_EQ(p.commit(t), commit_result::aborted);
  fence = false;
  EXPECT_EQ(p.commit(t), commit_result::done);
  while (log.pending_markers() != 0)
    log.wait();
  EXPECT_EQ(log.fetch(topic::journal, 0, 0, 10).records.size(), 2U);
}

} // namespace
} // namespace fairlead::test
