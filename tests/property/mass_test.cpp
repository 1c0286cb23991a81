// Goal: an agent with 50 000 open leads goes, and nobody else waits for it
// (R17). Method: the real partition and runner over the memory log, on the
// spot; each transaction is looked at.

#include "actors/core/visits/decide.hpp"
#include "actors/partition/partition.hpp"
#include "actors/partition/runner.hpp"
#include "connectors/memory/partition_log.hpp"
#include "tests/simulation/generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int leads_by_default = 5'000;
#else
constexpr int leads_by_default = 50'000;
#endif

/// What one transaction did.
struct done_batch {
  int reassigned = 0;
  std::vector<std::string> leads; /// reassigned, in order
  int assigned_elsewhere = 0;     /// leads of other teams
};

/// One instance with one partition; its clock is moved by hand.
class service {
public:
  service() { loop_.restore(); }

  void publish(topic on, std::string_view type, const std::string& team,
               const std::string& data) {
    auto w = history_.make(on, type, team, data);
    raw_record r;
    r.on = on;
    r.timestamp = now_;
    r.key = team;
    r.value = w.value;
    (void)log_.append(std::move(r));
  }
  void lead(const std::string& team, int n) {
    auto id = std::to_string(1'000'000 + n);
    publish(topic::leads, "lead.received", team,
            json_object{}.text("lead_id", "l" + id).str());
  }
  /// One turn; what it did, if it did something.
  std::optional<done_batch> turn() {
    now_ += milliseconds{50};
    batch_.reset();
    (void)loop_.take_turn();
    while (log_.pending_markers() != 0)
      log_.deliver_marker(0);
    return batch_;
  }
  void settle() {
    for (int idle = 0; idle < 3;)
      idle = turn() ? 0 : idle + 1;
  }

private:
  void run_batch(batch b) {
    batch_.emplace();
    part_.begin(std::move(b));
    while (auto* s = part_.next_step()) {
      make_visits(*s);
      for (const auto& o : s->outputs())
        if (const auto* a = std::get_if<lead_assigned>(&o.body)) {
          if (s->team().id() != "big") {
            ++batch_->assigned_elsewhere;
          } else if (a->again) {
            ++batch_->reassigned;
            batch_->leads.push_back(o.subject);
          }
        }
      part_.finish();
    }
  }

  instant now_ = at_ms(1'772'463'600'000);
  dice dice_{1};
  history history_{dice_, {}};
  memory::broker log_{1};
  memory::partition_log port_{
    log_,
    {.partition = 0,
     .group = {"m", log_.rebalance({"m"})},
     .at_call = [](memory::log_call) { return memory::log_fault::none; },
     .bring = {}}};
  partition part_{{.number = 0, .count = 1, .consumer_group = "fairlead"},
                  json_decoder()};
  runner loop_{{},
               part_,
               port_,
               [this](batch b) { run_batch(std::move(b)); },
               [this] { return now_; }};
  std::optional<done_batch> batch_;
};

/// How long it takes until an agent's leads have other owners, in seconds.
double hand_on(int leads) {
  service s;
  auto agent = [&s](const std::string& team, const char* id) {
    s.publish(topic::roster, "agent.configured", team,
              json_object{}.text("agent_id", id).text("name", id).str());
  };
  for (const char* team : {"big", "other"}) {
    s.publish(topic::roster, "team.configured", team,
              json_object{}
                .text("team_id", team)
                .text("account_owner", "ana")
                .json("pools", R"([{"id":"p","members":[{"agent_id":"ana"}]},)"
                               R"({"id":"q","members":[{"agent_id":"ben"},)"
                               R"({"agent_id":"cy"}]}])")
                .json("routing_rules", R"([{"id":"r","assign":{"pool":"p"}},)"
                                       R"({"id":"q","assign":{"pool":"q"}}])")
                .str());
    for (const char* id : {"ana", "ben", "cy"})
      agent(team, id);
  }
  for (int i = 0; i < leads; ++i)
    s.lead("big", i);
  s.settle();
  s.publish(topic::roster, "agent.removed", "big",
            R"({"agent_id":"ana","reassign":true})");
  auto began = std::chrono::steady_clock::now();
  int reassigned = 0;
  int elsewhere = 0;
  int published = 0;
  int late = 0;
  std::string last;
  for (int turns = 0; reassigned < leads; ++turns) {
    if (turns > leads) {
      ADD_FAILURE() << "the mass work does not end";
      break;
    }
    // Another team's lead with each turn: it must not wait.
    s.lead("other", published++);
    auto b = s.turn();
    if (!b)
      continue;
    EXPECT_LE(b->reassigned, 200);
    for (const auto& id : b->leads) {
      EXPECT_LT(last, id); // in order of lead_id
      last = id;
    }
    reassigned += b->reassigned;
    elsewhere += b->assigned_elsewhere;
    late = std::max(late, published - elsewhere);
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_EQ(reassigned, leads);
  // Taken up in the turn that reads it or in the one after.
  EXPECT_LE(late, 2);
  EXPECT_GE(elsewhere, leads / 200 - 2);
  std::cout << leads << " leads in " << took.count() << " s, meanwhile "
            << elsewhere << " leads of another team, at most " << late
            << " of them waiting\n";
  return took.count();
}

TEST(R17MassWork, FiftyThousandLeadsInStepsOfTwoHundred) {
  const auto* n = std::getenv("MASS_LEADS");
  auto leads = n == nullptr ? leads_by_default : std::stoi(n);
  auto fifth = hand_on(leads / 5);
  auto all = hand_on(leads);
  // Five times the leads, five times the time; twenty-five times would be
  // quadratic. What is very quick tells nothing.
  if (fifth > 0.05) {
    EXPECT_LT(all, 15 * fifth);
  }
}

} // namespace
} // namespace fairlead::test
