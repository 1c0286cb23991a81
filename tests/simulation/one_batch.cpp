// One batch of everything, in fair weather but for one blow.

#include "tests/simulation/instances.hpp"

#include <initializer_list>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

} // namespace

std::size_t world::run_one_batch(std::size_t blow_at, blow how) {
  one_batch_ = calm_ = true;
  blow_at_ = blow_at;
  how_ = how;
  rebalance();
  auto publish_all = [this](std::initializer_list<wish> all) {
    for (const auto& w : all) {
      publish(w);
      now_ += 1ms;
    }
  };
  auto lead = [this](const char* team, const char* id) {
    return history_.make(topic::leads, "lead.received", team,
                         json_object{}
                           .text("lead_id", id)
                           .json("contact", R"({"phone":"+15125552100"})")
                           .str());
  };
  auto transfer = [this](const char* team, const char* call, const char* id) {
    return history_.make(
      topic::calls, "transfer.requested", team,
      json_object{}.text("call_id", call).text("lead_id", id).str());
  };
  auto turns = [this] {
    for (int n = 0; n < 4; ++n)
      for (auto& i : instances_)
        for (std::size_t k = 0; k < i->workers.size(); ++k)
          (void)take_turn(*i, *i->workers[k]);
  };
  // Before it: a roster, an owned lead, a call that rings.
  for (const auto* team : {"acme", "bolt", "crux"}) {
    publish_all({history_.make(topic::roster, "team.configured", team,
                               history_.team_document(team, true)),
                 history_.make(topic::roster, "agent.configured", team,
                               R"({"agent_id":"a1","phone":"+15125550110"})"),
                 history_.make(topic::roster, "agent.configured", team,
                               R"({"agent_id":"a2","phone":"+15125550120"})"),
                 lead(team, "l1"), transfer(team, "c1", "l1")});
  }
  turns();
  // The batch: timers (the call's), new and known leads, outreach, a removed
  // agent, a duplicate, a record for another partition and what is none.
  now_ += 3min;
  publish_all({lead("acme", "l2"), lead("acme", "l1"),
               history_.make("outreach.requested", "acme"),
               transfer("acme", "c2", "l2"),
               history_.make(topic::leads, "lead.received", "bolt",
                             R"({"lead_id":"l2"})"),
               history_.make(topic::roster, "agent.removed", "acme",
                             R"({"agent_id":"a1","reassign":true})"),
               history_.make(topic::leads, "no.such.type", "acme", "{}")});
  auto again = sent_[sent_.size() - 7];
  append(again);
  again = sent_[sent_.size() - 5];
  again.value = lead("acme", "l3").value;
  again.partition = (again.partition + 1) % options_.partitions;
  append(again);
  again.value = std::string{"{"};
  append(again);
  calm_ = false;
  turns();
  auto n = boundaries_;
  check();
  return n;
}

} // namespace fairlead::test
