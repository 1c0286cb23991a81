// What a decision costs: choosing an owner for a new lead from a pool of ten,
// explanation included; and the whole step of lead.received, outputs encoded.

#include "actors/core/owner/ownership.hpp"
#include "actors/core/visits/decide.hpp"
#include "actors/partition/partition.hpp"
#include "messages/wire/decode.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace fairlead {
namespace {

instant start() {
  return *from_rfc3339("2026-03-02T15:00:00Z");
}

raw_record event(const std::string& type, const std::string& id,
                 const std::string& data, std::int64_t offset, instant at) {
  raw_record r;
  r.on = topic::leads;
  r.offset = offset;
  r.timestamp = at;
  r.key = "acme";
  r.value = R"({"specversion":"1.0","id":")" + id
            + R"(","source":"/bench","type":")" + type + R"(","data":)" + data
            + "}";
  return r;
}

/// A team with a pool of ten, all of them on duty.
class office {
public:
  office() : part{{}, json_decoder()} {
    (void)part.restored();
    std::string members;
    for (int i = 0; i < 10; ++i)
      members += (i == 0 ? "" : ",")
                 + (R"({"agent_id":"agent-)" + std::to_string(i) + "\"}");
    take(
      event("team.configured", "t",
            R"({"team_id":"acme","account_owner":"agent-0","pools":[{"id":"p",)"
            R"("members":[)"
              + members
              + R"(]}],"routing_rules":[{"id":"r","assign":{"pool":"p"}}]})",
            0, start()));
    for (int i = 0; i < 10; ++i)
      take(event("agent.configured", "a" + std::to_string(i),
                 R"({"agent_id":"agent-)" + std::to_string(i) + "\"}", 0,
                 start()));
  }
  void take(const raw_record& r) {
    batch b;
    b.wall = r.timestamp;
    b.records.push_back(&r);
    run(std::move(b));
  }
  std::size_t run(batch b) {
    part.begin(std::move(b));
    while (auto* s = part.next_step()) {
      make_visits(*s);
      part.finish();
    }
    auto written = part.result(no_positions);
    part.committed(written);
    return written.records.size();
  }
  partition part;
};

void decide_owner(benchmark::State& state) {
  office o;
  auto record = event("lead.received", "x", R"({"lead_id":"l"})", 1, start());
  auto decoded = json_decoder().decode(record);
  const auto& e = std::get<input_event>(decoded);
  lead_state lead;
  step s{o.part.team("acme"), e, record, json_decoder(), start(), start()};
  for (auto unused : state) {
    auto c = choose_by_rules(s, lead.details, std::nullopt, std::nullopt);
    benchmark::DoNotOptimize(c);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decide_owner);

void decide_and_write_a_new_lead(benchmark::State& state) {
  office o;
  std::int64_t n = 0;
  constexpr int per_batch = 500;
  for (auto unused : state) {
    state.PauseTiming();
    std::vector<raw_record> records;
    for (int i = 0; i < per_batch; ++i) {
      auto id = "lead-" + std::to_string(n);
      auto digits = std::to_string(2'000'000'000 + n++);
      records.push_back(
        event("lead.received", id,
              R"({"lead_id":")" + id
                + R"(","contact":{"name":"Kim Roe","phone":"+1)" + digits
                + R"("},"source":"zillow","lead_type":"buyer","price":500000})",
              n, start()));
    }
    batch b;
    b.wall = start();
    for (const auto& r : records)
      b.records.push_back(&r);
    state.ResumeTiming();
    benchmark::DoNotOptimize(o.run(std::move(b)));
  }
  state.SetItemsProcessed(state.iterations() * per_batch);
}
BENCHMARK(decide_and_write_a_new_lead)->Iterations(200);

void decode_a_lead(benchmark::State& state) {
  auto r = event(
    "lead.received", "x",
    R"({"lead_id":"l-1001","contact":{"name":"Kim Roe","phone":"+15125550100",)"
    R"("email":"kim@example.com"},"source":"zillow","lead_type":"buyer",)"
    R"("tags":["hot","web"],"city":"Austin","zip":"78701","price":500000})",
    1, start());
  for (auto unused : state)
    benchmark::DoNotOptimize(json_decoder().decode(r));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_a_lead);

} // namespace
} // namespace fairlead

BENCHMARK_MAIN();
