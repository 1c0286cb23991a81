#pragma once

#include "actors/core/state/snapshot.hpp"
#include "actors/partition/meta_record.hpp"
#include "actors/partition/state_key.hpp"
#include "board/queries.hpp"
#include "messages/wire/encode.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::test {

using board::json;
using board::model;

inline const instant noon = at_ms(1772452800000); // 2026-03-02T12:00:00Z

inline board::surroundings surroundings_at_noon(board::past_keeping kept = {}) {
  board::surroundings s;
  s.clock = [] { return noon; };
  s.kept = kept;
  return s;
}

/// An office of three agents, weights 2:1:1, as its state has it.
class office {
public:
  explicit office(board::past_keeping kept = {})
    : board{surroundings_at_noon(kept)} {
    team_document d;
    d.team_id = "acme";
    d.version = 1;
    d.name = "Acme Realty";
    d.account_owner = d.default_owner = "ana";
    d.pools = {{.id = "buyers",
                .members = {{.agent_id = "ana", .weight = 2},
                            {.agent_id = "ben", .weight = 1},
                            {.agent_id = "cy", .weight = 1}}}};
    d.rules = {
      {.id = "rest", .when = {}, .active = {}, .assign = pool_ref{"buyers"}}};
    put(entity_kind::document, "", snapshot(d));
    put(entity_kind::pool, "buyers",
        snapshot(reconfigured(std::nullopt, d.pools.front(), noon)));
    for (auto [id, name] :
         {std::pair{"ana", "Ana Diaz"}, std::pair{"ben", "Ben Fry"},
          std::pair{"cy", "Cy Lund"}}) {
      agent_state a;
      a.document.agent_id = id;
      a.document.name = name;
      a.phone = std::string{"+151255501"} + id[0] + id[1];
      put(entity_kind::agent, id, snapshot(a));
    }
    team_counters counters;
    counters.now = noon;
    put(entity_kind::team, "", snapshot(counters));
  }

  void put(entity_kind kind, std::string_view id, const std::string& bytes) {
    board.state(0, state_key("acme", kind, id), bytes);
  }

  static lead_state lead_of(std::string owner, std::string phone) {
    lead_state l;
    l.known = true;
    l.name = "Kim Roe";
    l.owner = l.last_owner = std::move(owner);
    l.epoch = 1;
    l.owner_no = 1;
    l.phones = {std::move(phone)};
    l.emails = {"kim@mail.example"};
    l.touched = noon;
    return l;
  }

  template <class F>
  json ask(F f) {
    json out;
    EXPECT_TRUE(board.with("acme", [&](const model::view& v) { out = f(v); }));
    return out;
  }
  json owner(const std::string& phone) {
    return ask([&](const model::view& v) {
      return board::owner(v, {.phone = phone, .email = {}, .lead = {}});
    });
  }

  /// An output of the next sequence number, written behind those before it.
  raw_record made(output_body body, const std::string& lead,
                  instant at = noon) {
    output o{.id = "o-" + std::to_string(++sequence_),
             .subject = lead,
             .body = std::move(body)};
    raw_record r;
    r.on = topic_of(o.body);
    r.offset = ends_[r.on]++;
    r.key = "acme";
    r.timestamp = at;
    output_frame f;
    f.team = "acme";
    f.now = at;
    f.causation_id = "e-1";
    f.timer = "none";
    r.value = encode(o, f, sequence_, {.owner = "ana", .epoch = 1});
    return r;
  }
  void comes_out(output_body body, const std::string& lead) {
    board.record(made(std::move(body), lead));
  }
  static decision_recorded choice_of(std::vector<decision_candidate> candidates,
                                     const std::string& chosen) {
    decision_recorded d;
    d.config_version = 1;
    d.pool_id = "buyers";
    d.candidates = std::move(candidates);
    d.chosen = {chosen};
    return d;
  }
  void choice(std::vector<decision_candidate> candidates,
              const std::string& chosen) {
    comes_out(choice_of(std::move(candidates), chosen), "l-1");
  }

  model board;

private:
  std::uint64_t sequence_ = 0;
  std::map<topic, std::int64_t> ends_;
};

inline const std::string team_configured_event
  = R"({"specversion":"1.0","id":"t-1","source":"/crm","type":"team.configured",
"partitionkey":"acme","data":{"team_id":"acme","version":1,"account_owner":"ana",
"pools":[{"id":"buyers","members":[{"agent_id":"ana","weight":2},
{"agent_id":"ben"},{"agent_id":"cy"}]}]}})";

inline raw_record input(topic on, std::string value, std::int64_t offset = 0) {
  raw_record r;
  r.on = on;
  r.offset = offset;
  r.timestamp = noon;
  r.key = "acme";
  r.value = std::move(value);
  return r;
}

} // namespace fairlead::test
