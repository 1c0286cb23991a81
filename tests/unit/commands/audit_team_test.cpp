// The audit must find what is wrong and call nothing wrong that is right. Each
// history is written by hand: its inputs as the journal names them, its outputs
// as they stand on their topics.

#include "commands/past/audit_team.hpp"
#include "messages/wire/decode.hpp"
#include "tests/unit/commands/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class audited_team {
public:
  explicit audited_team(int edition = 2) : edition_{edition} {}

  /// A step that took an input; its id is the cause of what comes of it.
  audited_team& in(std::string_view type, const std::string& data) {
    return in(type, data, "e" + std::to_string(++events_));
  }
  audited_team& in(std::string_view type, const std::string& data,
                   const std::string& id) {
    cause_ = id;
    now_ += std::chrono::seconds{1};
    auto r = hand_.input(topic::calls, type, now_, cause_, data);
    auto read = json_decoder().decode(r);
    team_.input(std::get<input_event>(read), r.where(), now_, edition_);
    return *this;
  }
  /// An event on the wrong partition, whose clock is ahead: its step there
  /// sends it on (R47). Its step here comes with arrive().
  audited_team& astray(std::string_view type, const std::string& data) {
    stray_ = hand_.input(topic::calls, type, now_, "stray", data);
    auto read = json_decoder().decode(stray_);
    team_.input(std::get<input_event>(read), stray_.where(),
                now_ + std::chrono::seconds{60}, edition_);
    return *this;
  }
  audited_team& arrive() {
    cause_ = "stray";
    now_ += std::chrono::seconds{1};
    auto read = json_decoder().decode(stray_);
    team_.input(std::get<input_event>(read), stray_.where(), now_, edition_,
                true);
    return *this;
  }
  audited_team& wait(std::chrono::seconds time) {
    now_ += time;
    return *this;
  }
  template <class Body>
  audited_team& out(Body b) {
    auto r = hand_.output(std::move(b), now_, cause_);
    last_ = "out-" + std::to_string(++outputs_);
    team_.output(r);
    return *this;
  }

  // -- what happens to calls --------------------------------------------------

  audited_team& request(const std::string& call, const std::string& more = "") {
    return in("transfer.requested",
              R"({"call_id":")" + call + R"(","lead_id":"l1")" + more + "}");
  }
  audited_team& ring(const std::string& call, const std::string& agent,
                     dialled number, const std::string& leg = "") {
    ring_requested b;
    b.call_id = call;
    b.attempt = 1;
    b.step = agent.empty() ? ring_step::fallback : ring_step::owner;
    b.legs = {{.leg_id = leg.empty() ? call + "-" + agent : leg,
               .agent_id = agent.empty() ? std::nullopt : std::optional{agent},
               .name = std::nullopt,
               .number = std::move(number),
               .reason = std::nullopt}};
    b.ring_timeout_s = 35;
    b.expires_at = now_ + std::chrono::seconds{35};
    return out(b);
  }
  audited_team& win(const std::string& call, const std::string& agent,
                    dialled number = {"+12125550101", ""}) {
    transfer_connected b;
    b.call_id = call;
    b.leg_id = call + "-" + agent;
    if (!agent.empty())
      b.agent_id = agent;
    b.number = std::move(number);
    return out(b);
  }
  audited_team& miss(const std::string& call) {
    return out(transfer_missed{.call_id = call,
                               .reason = miss_reason::no_answer,
                               .attempts = 1,
                               .warnings = {}});
  }
  /// The task's id is that of the event.
  audited_team& task(const std::string& call, std::string* id = nullptr) {
    out(task_created{.kind = default_task::call_back,
                     .assignee = "ana",
                     .due_at = now_,
                     .title = "Call back",
                     .call_id = call});
    if (id != nullptr)
      *id = last_;
    return *this;
  }
  audited_team& repeat(const std::string& call, const std::string& task) {
    return out(task_repeated{
      .task_id = task, .assignee = "ana", .call_id = call, .misses = 2});
  }
  audited_team& cancel(const std::string& task) {
    return out(
      task_cancelled{.task_id = task, .reason = task_cancel_reason::reached});
  }
  audited_team& report(const std::string& type, const std::string& call,
                       const std::string& leg) {
    return in(type, R"({"call_id":")" + call + R"(","leg_id":")" + leg + "\"}");
  }
  audited_team& end(const std::string& call) {
    return in("call.ended", R"({"call_id":")" + call + "\"}");
  }

  // -- what happens to pools --------------------------------------------------

  audited_team& members(const std::string& list, const std::string& more = "") {
    return in("team.configured",
              R"({"team_id":"acme","account_owner":"ana","pools":[{"id":"p",)"
              R"("members":)"
                + list + "}]" + more + "}");
  }
  audited_team&
  chosen(std::int64_t v,
         std::vector<std::pair<std::string, std::int64_t>> in_line) {
    in("lead.received", R"({"lead_id":"l1"})");
    decision_recorded d;
    d.pool_id = "p";
    d.v_before = v;
    for (const auto& [agent, pass] : in_line)
      d.candidates.push_back({agent, pass, std::nullopt});
    d.chosen = {in_line.front().first};
    out(d);
    lead_assigned a;
    a.agent = {in_line.front().first, "somebody"};
    a.decision_id = last_;
    return out(a);
  }

  std::vector<std::string> faults() { return team_.finish(now_, {}).faults; }
  audit_counts counts() { return team_.finish(now_, {}); }

private:
  int edition_;
  handwriting hand_;
  raw_record stray_;
  audit_team team_{"acme"};
  instant now_ = at(0);
  std::string cause_, last_;
  int events_ = 0, outputs_ = 0;
};

const dialled desk{"+12125550101", ""};

// -- P1 -----------------------------------------------------------------------

TEST(AuditP1, AStandingMissHasItsTask) {
  EXPECT_THAT(audited_team{}.request("c1").miss("c1").task("c1").faults(),
              IsEmpty());
  EXPECT_THAT(audited_team{}.request("c1").miss("c1").faults(),
              ElementsAre(HasSubstr("miss of call c1 has 0 call_back tasks")));
  EXPECT_THAT(
    audited_team{}.request("c1").miss("c1").task("c1").task("c1").faults(),
    ElementsAre(HasSubstr("miss of call c1 has 2 call_back tasks")));
}

TEST(AuditP1, R41OrItRepeatsOne) {
  std::string id;
  audited_team t;
  t.request("c1").miss("c1").task("c1", &id);
  t.request("c2").miss("c2").repeat("c2", id);
  auto counts = t.counts();
  EXPECT_THAT(counts.faults, IsEmpty());
  EXPECT_EQ(counts.tasks, 1U);
  EXPECT_EQ(counts.repeated, 1U);
}

TEST(AuditP1, R41ButNoneThatWasCancelledBefore) {
  std::string id;
  audited_team t;
  t.request("c1").miss("c1").task("c1", &id);
  t.request("c2").win("c2", "ana").cancel(id);
  t.request("c3").miss("c3").repeat("c3", id);
  EXPECT_THAT(t.faults(), ElementsAre(HasSubstr("cancelled before"),
                                      HasSubstr("miss of call c3 has 0")));
}

TEST(AuditP1, R38ATaskThatIsDoneWithLaterStillCounts) {
  std::string id;
  audited_team t;
  t.request("c1").miss("c1").task("c1", &id);
  t.request("c2").win("c2", "ana").cancel(id); // reached by another call
  EXPECT_THAT(t.faults(), IsEmpty());
}

TEST(AuditP1, R33AMissAfterACorrectedOneHasATaskOfItsOwn) {
  std::string id;
  audited_team t;
  t.request("c1").miss("c1").task("c1", &id);
  t.request("c1").win("c1", "ana").cancel(id); // R44
  t.report("call.bridge_failed", "c1", "c1-ana").miss("c1");
  t.out(outcome_corrected{.call_id = "c1",
                          .from = outcome::successful_transfer,
                          .to = outcome::missed_transfer});
  EXPECT_THAT(t.faults(), ElementsAre(HasSubstr("miss of call c1 has 0")));
  t.task("c1");
  EXPECT_THAT(t.faults(), IsEmpty());
}

TEST(AuditP1, R44AMissAfterASuccessDoesNotStand) {
  audited_team t;
  std::string id;
  t.request("c1").miss("c1").task("c1", &id).cancel(id);
  t.out(outcome_corrected{.call_id = "c1",
                          .from = outcome::missed_transfer,
                          .to = outcome::successful_transfer});
  t.request("c1").miss("c1");
  EXPECT_THAT(t.faults(), IsEmpty());
}

TEST(AuditP1, R44MissedAsOftenAsAskedFor) {
  std::string id;
  audited_team t;
  t.request("c1").miss("c1").task("c1", &id);
  t.request("c1").miss("c1");
  EXPECT_THAT(t.faults(), IsEmpty());
  t.miss("c1");
  EXPECT_THAT(t.faults(), ElementsAre(HasSubstr("missed 3 times")));
}

TEST(AuditP1, R44ATransferWithTheIdOfAnotherEventIsDropped) {
  const std::string busy = R"({"call_id":"c1","leg_id":"x"})";
  const std::string asked = R"({"call_id":"c1","lead_id":"l1"})";
  EXPECT_THAT(audited_team{}
                .in("ring.busy", busy, "same")
                .in("transfer.requested", asked, "same")
                .faults(),
              IsEmpty());
  EXPECT_THAT(audited_team{}
                .in("ring.busy", busy, "same")
                .in("transfer.requested", asked, "another")
                .faults(),
              ElementsAre(HasSubstr("neither connected nor missed")));
}

TEST(AuditP1, R52AWaitingCallerIsNoneThatWasLost) {
  audited_team t;
  t.request("c1").out(transfer_waiting{.call_id = "c1", .until = at(60)});
  EXPECT_EQ(t.counts().open, 1U);
  EXPECT_THAT(t.faults(), IsEmpty());
  t.wait(std::chrono::seconds{120}).request("c2").miss("c2").task("c2");
  EXPECT_THAT(t.faults(), ElementsAre(HasSubstr(
                            "call c1 is neither connected nor missed")));
}

// -- P4 -----------------------------------------------------------------------

TEST(AuditP4, AnAgentIsRungForOneCall) {
  audited_team t;
  t.request("c1").ring("c1", "ana", desk);
  t.request("c2").ring("c2", "ana", desk);
  EXPECT_THAT(t.faults(),
              testing::Contains(HasSubstr(
                "ana is rung for call c2 while ringing for call c1")));
}

TEST(AuditP4, R51SoIsANumber) {
  auto two_of_a_desk = [](int edition) {
    audited_team t{edition};
    t.request("c1").ring("c1", "ana", desk);
    t.request("c2").ring("c2", "ben", desk);
    t.miss("c1").task("c1").miss("c2").task("c2");
    return t.faults();
  };
  EXPECT_THAT(two_of_a_desk(2),
              ElementsAre(HasSubstr("the number of ben, +12125550101, is rung "
                                    "for call c2 while ringing for call c1")));
  // The first edition did not promise it.
  EXPECT_THAT(two_of_a_desk(1), IsEmpty());
}

TEST(AuditP4, R53AnExtensionIsAnotherPhone) {
  audited_team t;
  t.request("c1").ring("c1", "ana", {"+12125550101;ext=1", ""});
  t.request("c2").ring("c2", "ben", {"+12125550101;ext=2", ""});
  t.miss("c1").task("c1").miss("c2").task("c2");
  EXPECT_THAT(t.faults(), IsEmpty());
}

TEST(AuditP4, R51AFallbackNumberHasAsManyCallsAsLines) {
  auto two_calls = [](const std::string& entry) {
    audited_team t;
    t.members("[]", R"(,"transfer":{"fallback_numbers":[)" + entry + "]}");
    for (const auto* call : {"c1", "c2"})
      t.request(call).ring(call, "", {"+12125550190", ""}, call);
    for (const auto* call : {"c1", "c2"})
      t.miss(call).task(call);
    return t.faults();
  };
  EXPECT_THAT(two_calls(R"("+12125550190")"), IsEmpty());
  EXPECT_THAT(two_calls(R"({"phone":"+12125550190","lines":2})"), IsEmpty());
  EXPECT_THAT(two_calls(R"({"phone":"+12125550190","lines":1})"),
              ElementsAre(HasSubstr("has 1 line, and 1 are in use")));
}

TEST(AuditP4, R37TheRequestsOwnNumbersCount) {
  audited_team t;
  t.members("[]", R"(,"transfer":{"fallback_numbers":["+12125550190"]})");
  auto own = std::string{
    R"(,"fallback_numbers":[{"phone":"+12125550190","lines":1}])"};
  for (const auto* call : {"c1", "c2"})
    t.request(call, own).ring(call, "", {"+12125550190", ""}, call);
  for (const auto* call : {"c1", "c2"})
    t.miss(call).task(call);
  EXPECT_THAT(t.faults(), ElementsAre(HasSubstr("has 1 line")));
}

TEST(AuditP4, R33AMachineTakesTheWinBack) {
  auto second_winner = [](int edition) {
    audited_team t{edition};
    t.request("c1").ring("c1", "ana", desk).win("c1", "ana");
    t.report("ring.machine", "c1", "c1-ana");
    t.ring("c1", "ben", {"+12125550102", ""});
    t.win("c1", "ben", {"+12125550102", ""});
    return t.faults();
  };
  EXPECT_THAT(second_winner(2), IsEmpty());
  EXPECT_THAT(second_winner(1),
              ElementsAre(HasSubstr("connected to a second target")));
}

TEST(AuditP4, R45AReportThatCameBeforeItsRing) {
  audited_team t;
  t.report("ring.declined", "c1", "c1-ana");
  t.request("c1").ring("c1", "ana", desk).miss("c1").task("c1");
  t.request("c2").ring("c2", "ana", desk).win("c2", "ana");
  EXPECT_THAT(t.faults(), IsEmpty());
}

TEST(AuditP4, R47AStepThatSendsAnEventOnMeansNothing) {
  audited_team t;
  t.request("c1").ring("c1", "ana", desk);
  t.astray("transfer.requested", R"({"call_id":"c2","lead_id":"l1"})");
  t.report("ring.declined", "c1", "c1-ana").miss("c1").task("c1");
  t.arrive().ring("c2", "ana", desk).miss("c2").task("c2");
  EXPECT_THAT(t.faults(), IsEmpty());
  EXPECT_EQ(t.counts().transfers, 2U);
}

TEST(AuditP4, R34UntilTheCallIsOver) {
  audited_team t;
  t.request("c1").ring("c1", "ana", desk).win("c1", "ana");
  t.end("c1");
  t.request("c2").ring("c2", "ana", desk).win("c2", "ana");
  EXPECT_THAT(t.faults(), IsEmpty());
}

// -- P5 -----------------------------------------------------------------------

TEST(AuditP5, WithinOneTurnOfV) {
  audited_team t;
  t.members(R"([{"agent_id":"ana","weight":2},{"agent_id":"ben"}])");
  t.chosen(0, {{"ana", 0}, {"ben", 0}});
  EXPECT_THAT(t.chosen(0, {{"ben", 0}, {"ana", 1}}).faults(), IsEmpty());
  EXPECT_THAT(
    t.chosen(1, {{"ana", 1}, {"ben", 4}}).faults(),
    ElementsAre(HasSubstr("ben in pool p has pass 4, outside 1 to 3")));
}

TEST(AuditP5, R5ATurnIsRoundedUpWhereUIsBounded) {
  audited_team t;
  t.members(R"([{"agent_id":"ana","weight":97},{"agent_id":"ben","weight":89},)"
            R"({"agent_id":"cy","weight":83},{"agent_id":"di","weight":79},)"
            R"({"agent_id":"ed","weight":73}])");
  // 10^9 / 97 is 10 309 278.35…
  t.chosen(0, {{"ana", 0}, {"ben", 0}});
  EXPECT_THAT(t.chosen(0, {{"ben", 0}, {"ana", 10'309'279}}).faults(),
              IsEmpty());
  EXPECT_THAT(t.chosen(0, {{"ben", 0}, {"ana", 10'309'280}}).faults(),
              ElementsAre(HasSubstr("outside 0 to 10309279")));
}

TEST(AuditP5, R9WhoLeftCountsForSevenDays) {
  auto pass_of_two = [](std::chrono::seconds later, int edition) {
    audited_team t{edition};
    t.members(R"([{"agent_id":"ana"},{"agent_id":"ben","weight":2}])");
    t.members(R"([{"agent_id":"ana"},{"agent_id":"cy"}])").wait(later);
    t.members(R"([{"agent_id":"ana"},{"agent_id":"cy"}])");
    t.chosen(0, {{"ana", 0}, {"cy", 0}});
    return t.chosen(0, {{"cy", 0}, {"ana", 2}}).faults();
  };
  using std::chrono::days;
  EXPECT_THAT(pass_of_two(days{6}, 2), IsEmpty());
  EXPECT_THAT(pass_of_two(days{7}, 2),
              ElementsAre(HasSubstr("outside 0 to 1")));
  EXPECT_THAT(pass_of_two(days{6}, 1),
              ElementsAre(HasSubstr("outside 0 to 1")));
}

TEST(AuditP5, R45AnOldDocumentChangesNothing) {
  auto document = [](const std::string& weight, const std::string& version) {
    return std::pair{R"([{"agent_id":"ana"},{"agent_id":"ben","weight":)"
                       + weight + "}]",
                     version.empty() ? "" : R"(,"version":)" + version};
  };
  auto after_a_third = [&](int edition) {
    audited_team t{edition};
    for (auto [weight, version] :
         {std::pair{"2", "7"}, {"2", ""}, {"5", "3"}}) {
      auto [list, more] = document(weight, version);
      t.members(list, more);
    }
    t.chosen(0, {{"ana", 0}, {"ben", 0}});
    return t.chosen(0, {{"ben", 0}, {"ana", 5}}).faults();
  };
  // 7, none, 3: the second edition ignores 3, and the first one did not.
  EXPECT_THAT(after_a_third(2), ElementsAre(HasSubstr("outside 0 to 2")));
  EXPECT_THAT(after_a_third(1), IsEmpty());
}

} // namespace
} // namespace fairlead::test
