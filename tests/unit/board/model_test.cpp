#include "tests/unit/board/office.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace fairlead::test {
namespace {

using testing::IsEmpty;

TEST(BoardOwner, APhoneInAnyFormLeadsToTheOwner) {
  office o;
  o.put(entity_kind::lead, "l-1",
        snapshot(office::lead_of("ana", "+15125550177")));
  auto found = o.owner("(512) 555-0177");
  EXPECT_EQ(found["known"], true);
  EXPECT_EQ(found["lead_id"], "l-1");
  EXPECT_EQ(found["owner"]["name"], "Ana Diaz");
  EXPECT_EQ(found["may_be_rung"], true);
  EXPECT_EQ(o.owner("+1 512 555 0178")["known"], false);
  EXPECT_EQ(o.owner("nothing")["known"], false);
}

TEST(BoardOwner, AnEmailAndAnIdLeadThereToo) {
  office o;
  o.put(entity_kind::lead, "l-1",
        snapshot(office::lead_of("ben", "+15125550177")));
  auto by = [&](board::sought s) {
    return o.ask([&](const model::view& v) { return board::owner(v, s); });
  };
  EXPECT_EQ(by({.phone = {},
                .email = " KIM@Mail.example",
                .lead = {}})["owner"]["agent_id"],
            "ben");
  EXPECT_EQ(by({.phone = {}, .email = {}, .lead = "l-1"})["owner"]["agent_id"],
            "ben");
  EXPECT_EQ(by({.phone = {}, .email = {}, .lead = "l-2"})["known"], false);
}

TEST(BoardOwner, APhoneThatTheLeadHasNoLongerLeadsNowhere) {
  office o;
  o.put(entity_kind::lead, "l-1",
        snapshot(office::lead_of("ana", "+15125550177")));
  o.put(entity_kind::lead, "l-1",
        snapshot(office::lead_of("ana", "+15125550178")));
  EXPECT_EQ(o.owner("+15125550177")["known"], false);
  EXPECT_EQ(o.owner("+15125550178")["known"], true);
  o.board.state(0, state_key("acme", entity_kind::lead, "l-1"), std::nullopt);
  EXPECT_EQ(o.owner("+15125550178")["known"], false);
}

TEST(BoardOwner, OfSeveralTheOneThatWasGivenLastR12) {
  office o;
  auto first = office::lead_of("ana", "+15125550177");
  auto second = office::lead_of("ben", "+15125550177");
  second.owner_no = 7;
  o.put(entity_kind::lead, "l-1", snapshot(first));
  o.put(entity_kind::lead, "l-2", snapshot(second));
  EXPECT_EQ(o.owner("+15125550177")["owner"]["agent_id"], "ben");
  agent_state gone;
  gone.document.agent_id = "ben";
  gone.document.active = false;
  o.put(entity_kind::agent, "ben", snapshot(gone));
  EXPECT_EQ(o.owner("+15125550177")["owner"]["agent_id"], "ana");
}

TEST(BoardOwner, SaysWhyTheOwnerMayNotBeRungAndWhoStandsIn) {
  office o;
  agent_state ana;
  ana.document.agent_id = "ana";
  ana.document.name = "Ana Diaz";
  ana.phone = "+15125550101";
  ana.away_until = noon + std::chrono::hours{1};
  o.put(entity_kind::agent, "ana", snapshot(ana));
  o.put(entity_kind::lead, "l-1",
        snapshot(office::lead_of("ana", "+15125550177")));
  auto found = o.owner("+15125550177");
  EXPECT_EQ(found["may_be_rung"], false);
  EXPECT_EQ(found["why_not"], "Ana Diaz is away");
  EXPECT_EQ(found["stand_in"]["agent_id"], "ben");
}

TEST(BoardPools, TheNextInLineIsTheCoresOwnChoice) {
  office o;
  auto pool
    = o.ask([](const model::view& v) { return board::pool(v, "buyers"); });
  EXPECT_EQ(pool["next"]["agent_id"], "ana");
  EXPECT_EQ(pool["members"][1]["place"], 2);
  EXPECT_EQ(pool["members"][2]["place"], 3);
}

TEST(BoardLeads, WhatWaitsIsListedByItsPlace) {
  office o;
  lead_state l;
  l.known = true;
  l.touched = noon;
  l.waiting_no = 2;
  o.put(entity_kind::lead, "l-1", snapshot(l));
  l.waiting_no = 1;
  o.put(entity_kind::lead, "l-2", snapshot(l));
  auto waiting = o.ask([](const model::view& v) {
    board::lead_filter f;
    f.state = "waiting";
    return board::leads(v, f);
  });
  ASSERT_EQ(waiting["leads"].size(), 2U);
  EXPECT_EQ(waiting["leads"][0]["lead_id"], "l-2");
  o.put(entity_kind::lead, "l-2",
        snapshot(office::lead_of("ana", "+15125550177")));
  EXPECT_EQ(
    o.ask([](const model::view& v) { return board::needs(v); })["waiting"], 1);
}

TEST(BoardLeads, ASearchGoesOnWhereItStopped) {
  office o;
  for (int i = 0; i < 25; ++i)
    o.put(
      entity_kind::lead, "l-" + std::to_string(100 + i),
      snapshot(office::lead_of("ana", "+1512555" + std::to_string(1000 + i))));
  std::string after;
  std::size_t n = 0;
  do {
    auto page = o.ask([&](const model::view& v) {
      board::lead_filter f;
      f.q = "kim";
      f.after = after;
      f.limit = 10;
      return board::leads(v, f);
    });
    n += page["leads"].size();
    after = page["next"].is_null() ? "" : page["next"].get<std::string>();
  } while (!after.empty());
  EXPECT_EQ(n, 25U);
}

TEST(BoardFairness, SharesAreExactAndAddUpToTheTurns) {
  office o;
  o.board.record(input(topic::roster, team_configured_event));
  const decision_candidate ana{"ana", 0, {}}, ben{"ben", 0, {}},
    cy{"cy", 0, {}}, away{"cy", 0, exclusion::absent};
  o.choice({ana, ben, cy}, "ana");
  o.choice({ana, ben, away}, "ben");
  o.choice({ana, ben, cy}, "ana");
  auto r = o.ask([](const model::view& v) { return board::report(v, {}); });
  const auto& pool = r["pools"][0];
  EXPECT_EQ(pool["turns"], 3);
  EXPECT_EQ(r["weights_unknown"], 0);
  // 2/4 + 2/3 + 2/4, and so on.
  EXPECT_EQ(pool["members"][0]["should_exact"], json::parse("[[2,3],[4,4]]"));
  EXPECT_EQ(pool["members"][0]["should"], "1.67");
  EXPECT_EQ(pool["members"][1]["should_exact"], json::parse("[[1,3],[2,4]]"));
  EXPECT_EQ(pool["members"][2]["should_exact"], json::parse("[[2,4]]"));
  EXPECT_EQ(pool["members"][0]["got"], 2);
  EXPECT_EQ(pool["members"][2]["left_out"][0]["excluded"], "absent");
}

TEST(BoardFairness, ACellIsNoFormula) {
  office o;
  lead_assigned b;
  b.agent = {"ana", "=cmd"};
  o.comes_out(b, "l-1");
  agent_state ana;
  ana.document.agent_id = "ana";
  ana.document.name = "=cmd()";
  o.put(entity_kind::agent, "ana", snapshot(ana));
  std::string csv;
  o.board.with("acme", [&](const model::view& v) {
    csv = board::report_csv(v, {}, "agent");
  });
  EXPECT_THAT(csv, testing::HasSubstr("\"'=cmd()\""));
}

TEST(BoardFairness, ALeadThatIsReadAfterItsOwnerCounts) {
  auto lead = [](const char* id, std::chrono::milliseconds after) {
    auto r = input(topic::leads,
                   R"({"specversion":"1.0","id":")" + std::string{id}
                     + R"(","source":"/crm","type":"lead.received",)"
                       R"("partitionkey":"acme","data":{"lead_id":"l-1",)"
                       R"("source":"zillow"}})");
    r.timestamp = noon + after;
    return r;
  };
  auto sources = [](office& o) {
    return o.ask(
      [](const model::view& v) { return board::report(v, {}); })["sources"];
  };
  using namespace std::chrono_literals;
  lead_assigned b;
  b.agent = {"ana", "Ana Diaz"};
  // The broker's clock is a bit ahead of the instance's.
  office own;
  own.comes_out(b, "l-1");
  own.board.record(lead("e-1", 1ms));
  EXPECT_EQ(sources(own).size(), 1U);
  // It has come again, long after its first owner.
  office other;
  other.comes_out(b, "l-1");
  other.board.record(lead("e-2", 1h));
  EXPECT_THAT(sources(other), IsEmpty());
}

TEST(BoardEffect, WaitsForTheOutputsThatTheStateHasCounted) {
  office o;
  o.board.record(input(topic::roster, team_configured_event, 4));
  meta_record meta;
  meta.positions = {5, 0, 0, -1};
  team_counters counters;
  counters.now = noon;
  counters.sequence = 1;
  o.put(entity_kind::team, "", snapshot(counters));
  o.board.state(0, meta_key, encode_meta(meta));
  auto state = [&] {
    return o.ask([](const model::view& v) {
      return board::effect(v, "/crm", "t-1");
    })["state"];
  };
  EXPECT_EQ(state(), "pending");
  o.comes_out(lead_unassigned{}, "l-1");
  EXPECT_EQ(state(), "done");
}

TEST(BoardEffect, IsDoneWhenTheStateHasPassedIt) {
  office o;
  o.board.record(input(topic::roster, team_configured_event, 4));
  auto effect = [&] {
    return o.ask(
      [](const model::view& v) { return board::effect(v, "/crm", "t-1"); });
  };
  EXPECT_EQ(effect()["state"], "pending");
  meta_record meta;
  meta.positions = {5, 0, 0, -1};
  o.board.state(0, meta_key, encode_meta(meta));
  EXPECT_EQ(effect()["state"], "done");
  EXPECT_THAT(effect()["outputs"], IsEmpty());
  EXPECT_EQ(o.ask([](const model::view& v) {
    return board::effect(v, "/crm", "t-2");
  })["state"],
            "unknown");
}

TEST(BoardRecent, TheOldestGoFirst) {
  board::recent all{3000};
  for (int i = 0; i < 20; ++i)
    all.add("acme", input(topic::leads, std::string(300, 'x')),
            {{board::recent::about::lead, i % 2 == 0 ? "even" : "odd"}});
  auto even = all.of("acme", {board::recent::about::lead, "even"}, 100);
  ASSERT_FALSE(even.empty());
  EXPECT_LT(even.size(), 10U);
  EXPECT_EQ(even.back().no, 19U);
  EXPECT_THAT(all.of("other", {board::recent::about::lead, "even"}, 100),
              IsEmpty());
}

TEST(BoardModel, ANewerSnapshotStopsItWithASentence) {
  office o;
  std::string newer{static_cast<char>(snapshot_format + 1), '\0'};
  EXPECT_THROW(o.put(entity_kind::agent, "ana", newer), std::runtime_error);
}

TEST(BoardModel, WhatIsReadBeforeTheDocumentCounts) {
  model board{surroundings_at_noon()};
  board.record(input(
    topic::leads,
    R"({"specversion":"1.0","id":"e-1","source":"/crm","type":"lead.received",)"
    R"("partitionkey":"acme","data":{"lead_id":"l-1","source":"zillow"}})"));
  EXPECT_FALSE(board.with("acme", [](const model::view&) {}));
  board.record(input(topic::roster, team_configured_event));
  EXPECT_TRUE(board.with("acme", [](const model::view& v) {
    EXPECT_EQ(board::effect(v, "/crm", "e-1")["state"], "pending");
  }));
}

TEST(BoardModel, StrangersOpenNoTeam) {
  model m{surroundings_at_noon()};
  m.record(input(topic::leads,
                 R"({"specversion":"1.0","id":"x","source":"/s",
"type":"lead.closed","partitionkey":"acme","data":{"lead_id":"l-1"}})"));
  EXPECT_FALSE(m.with("acme", [](const model::view&) {}));
}

} // namespace
} // namespace fairlead::test
