// Goal: a timer whose step is lost again and again ends for good: durably, in
// the journal, and with nobody reserved. Method: the real partition and runner
// over the memory log; the steps of a call's timer throw on purpose.

#include "actors/core/visits/decide.hpp"
#include "actors/partition/partition.hpp"
#include "actors/partition/runner.hpp"
#include "connectors/memory/partition_log.hpp"
#include "tests/simulation/world.hpp" // check_replay

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Which steps of a call's timers are lost.
enum class stumbles { over_the_timer, over_everything };

struct instance {
  instance(memory::broker& log, instant& now, stumbles s)
    : port{log,
           {.partition = 0,
            .group = {"m", log.rebalance({"m"})},
            .at_call = [](memory::log_call) { return memory::log_fault::none; },
            .bring = {}}},
      part{{.number = 0, .count = 1, .consumer_group = "fairlead"},
           json_decoder()},
      loop{{},
           part,
           port,
           [this, s](batch b) { run(std::move(b), s); },
           [&now] { return now; }} {
    loop.restore();
  }

  void run(batch b, stumbles s) {
    part.begin(std::move(b));
    try {
      while (auto* next = part.next_step()) {
        const auto* v = next->upcoming();
        if (v != nullptr && v->kind == entity_kind::call
            && (std::holds_alternative<handle_timer>(v->what)
                || (s == stumbles::over_everything
                    && std::holds_alternative<timer_given_up>(v->what))))
          throw std::runtime_error{"stumbles"};
        make_visits(*next);
        part.finish();
      }
    } catch (const std::exception& e) {
      part.fail(e.what());
    }
  }

  memory::partition_log port;
  partition part;
  runner loop;
};

struct GivenUpTimer : testing::Test {
  void publish(topic on, std::string_view type, const std::string& data) {
    raw_record r;
    r.on = on;
    r.timestamp = now;
    r.key = "acme";
    r.value = writer.make(on, type, "acme", data).value;
    (void)log.append(std::move(r));
  }
  /// Turns for that long.
  void live(instance& i, seconds span) {
    for (auto end = now + span; now < end; now += milliseconds{100}) {
      (void)i.loop.take_turn();
      while (log.pending_markers() != 0)
        log.deliver_marker(0);
    }
  }
  std::size_t count(topic on, std::string_view what) {
    std::size_t n = 0;
    for (const auto& r : log.fetch(on, 0, 0, 1000).records)
      n += r.value->find(what) != std::string::npos ? 1 : 0;
    return n;
  }
  /// A call that rings Ana, and then the time of its attempt is over.
  std::unique_ptr<instance> let_it_stumble(stumbles s) {
    auto i = std::make_unique<instance>(log, now, s);
    publish(topic::roster, "team.configured",
            R"({"team_id":"acme","account_owner":"ana",)"
            R"("transfer":{"ring_timeout_s":5}})");
    publish(topic::roster, "agent.configured",
            R"({"agent_id":"ana","name":"Ana","phone":"+15125550101"})");
    publish(topic::leads, "lead.received", R"({"lead_id":"l"})");
    publish(topic::calls, "transfer.requested",
            R"({"call_id":"c1","lead_id":"l"})");
    live(*i, seconds{1});
    EXPECT_EQ(i->part.team("acme").agent("ana")->ringing_for, "c1");
    live(*i, seconds{20});
    return i;
  }
  /// Whoever reads what was written comes to the same end, and Ana can be rung.
  void check(instance& i) {
    EXPECT_EQ(i.part.team("acme").agent("ana")->ringing_for, std::nullopt);
    EXPECT_EQ(i.part.team("acme").call_cell("c1").state.phase,
              call_phase::missed);
    EXPECT_EQ(i.part.first_due(), std::nullopt);
    instance after{log, now, stumbles::over_everything};
    EXPECT_EQ(after.part.first_due(), std::nullopt);
    publish(topic::calls, "transfer.requested",
            R"({"call_id":"c2","lead_id":"l"})");
    live(after, seconds{1});
    EXPECT_EQ(after.part.team("acme").agent("ana")->ringing_for, "c2");
    publish(topic::calls, "caller.hung_up", R"({"call_id":"c2"})");
    live(after, seconds{1});
    std::map<std::string, std::string> state;
    after.part.store().each(
      [&state](const state_name& n, std::string_view value) {
        state.emplace(state_key(n.team, n.kind, n.id), value);
      });
    EXPECT_NO_THROW((void)check_replay(log, 0, json_decoder(), state));
  }

  instant now = at_ms(1'772'463'600'000);
  memory::broker log{1};
  dice chance{1};
  history writer{chance, {}};
};

TEST_F(GivenUpTimer, ACallIsMissedInFull) {
  auto i = let_it_stumble(stumbles::over_the_timer);
  EXPECT_EQ(i->part.stats().timers_given_up, 1U);
  EXPECT_EQ(count(topic::rings, "transfer.missed"), 1U);
  EXPECT_EQ(count(topic::rings, R"("reason":"failed")"), 1U);
  EXPECT_EQ(count(topic::tasks, "task.created"), 1U);
  EXPECT_EQ(count(topic::journal, R"(["given-up","acme","K","c1")"), 1U);
  check(*i);
}

TEST_F(GivenUpTimer, WhatCantEvenBeGivenUpIsDropped) {
  auto i = let_it_stumble(stumbles::over_everything);
  EXPECT_EQ(i->part.stats().timers_given_up, 2U);
  EXPECT_EQ(count(topic::rings, "ring.cancelled"), 1U);
  EXPECT_EQ(count(topic::rings, "transfer.missed"), 1U);
  EXPECT_EQ(count(topic::tasks, "task.created"), 1U);
  EXPECT_EQ(count(topic::journal, R"(["dropped","acme","K","c1")"), 1U);
  check(*i);
}

} // namespace
} // namespace fairlead::test
