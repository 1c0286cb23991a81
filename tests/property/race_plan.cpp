// What telephony, agents and callers of a race are going to do, and when.

#include "messages/derive.hpp"
#include "tests/property/race.hpp"

#include <algorithm>
#include <chrono>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

} // namespace

void race::plan(wish w, instant at) {
  // Of those at one instant chance says who is first: the order of a call's
  // events is nothing that telephony promises.
  queue_.emplace(std::pair{std::max(at, now_), dice_.next()}, std::move(w));
}

/// A number of some lines, one that takes any number of calls, at times an
/// agent's own, and a desk without a number.
std::string race::fallbacks() {
  std::vector<std::string> all{
    json_object{}.text("phone", "+15125550190").number("lines", lines_).str(),
    R"("+15125550191")"};
  if (dice_.chance(300))
    all.push_back("\"" + phone_of(dice_.between(1, agents_)) + "\"");
  if (dice_.chance(200))
    all.push_back(R"({"endpoint":"sip:desk@example.com","lines":1})");
  return json_list(all, false);
}

std::string race::phone_of(std::int64_t agent) const {
  return "+1512555010" + std::to_string(one_desk_ && agent == 2 ? 1 : agent);
}

void race::prepare() {
  json_object d;
  std::vector<std::string> members;
  for (std::int64_t i = 1; i <= agents_; ++i)
    members.push_back(
      json_object{}.text("agent_id", "a" + std::to_string(i)).str());
  d.text("team_id", team_).text("account_owner", "a1");
  d.json("pools", json_list({json_object{}
                               .text("id", "all")
                               .json("members", json_list(members, false))
                               .str()},
                            false));
  d.json("routing_rules", R"([{"id":"r","assign":{"pool":"all"}}])");
  json_object t;
  t.text("pattern", dice_.pick({"assigned_agent", "simultaneous_group",
                                "assigned_then_group", "assigned_then_group"}))
    .number("ring_timeout_s", ring_s_)
    .number("total_timeout_s", total_s_);
  if (dice_.chance(500))
    t.json("fallback_numbers", fallbacks());
  if (confirm_)
    t.json("confirm", R"({"agents":true,"fallback":true})");
  t.number("answer_grace_s", grace_s_)
    .number("confirm_s", confirm_s_)
    .number("wait_s", wait_s_);
  if (dice_.chance(300))
    t.number("group_size", dice_.between(1, 2));
  d.json("transfer", t.str());
  json_object c;
  c.number("max_call_s", dice_.pick({60, 300}))
    .number("wrap_up_s", wrap_up_s_)
    .number("min_talk_s", min_talk_s_);
  if (dice_.chance(400))
    c.number("auto_unavailable_after", dice_.between(1, 3));
  d.json("calls", c.str());
  plan(history_.make(topic::roster, "team.configured", team_, d.str()), now_);
  now_ += milliseconds{1};
  for (std::int64_t i = 1; i <= agents_; ++i)
    plan(history_.make(topic::roster, "agent.configured", team_,
                       json_object{}
                         .text("agent_id", "a" + std::to_string(i))
                         .text("name", "Agent " + std::to_string(i))
                         .text("phone", phone_of(i))
                         .str()),
         now_);
  now_ += milliseconds{1};
  for (std::int64_t i = 1; i <= leads_; ++i)
    plan(history_.make(
           topic::leads, "lead.received", team_,
           json_object{}.text("lead_id", "l" + std::to_string(i)).str()),
         now_);
  now_ += milliseconds{1};
}

void race::plan_call() {
  auto call = "c" + std::to_string(++planned_);
  // Calls come in bunches, and now and then everybody is left in peace.
  auto at = now_
            + milliseconds{dice_.pick<std::int64_t>(
              {0, 0, 0, 1, 1000, dice_.between(0, 10'000), 1000 * ring_s_,
               dice_.between(0, 60'000), dice_.between(0, 200'000)})};
  // Some callers are not known yet.
  auto lead = dice_.chance(100)
                ? "n" + std::to_string(planned_)
                : "l" + std::to_string(dice_.between(1, leads_));
  plan(history_.make(
         topic::calls, "transfer.requested", team_,
         json_object{}.text("call_id", call).text("lead_id", lead).str()),
       at);
  auto total = at + seconds{total_s_};
  auto expires = at + seconds{ring_s_};
  auto named = json_object{}.text("call_id", call).str();
  if (dice_.chance(150))
    plan(history_.make(topic::calls,
                       dice_.pick({"caller.hung_up", "call.ended"}), team_,
                       named),
         dice_.chance(200) ? at - milliseconds{dice_.between(0, 5000)}
                           : near(expires, total));
  if (dice_.chance(60)) // telephony is faster than the request (R45)
    report(call,
           leg_id({.team = team_,
                   .call = call,
                   .attempt = 1,
                   .index = dice_.between(0, 1)}),
           dice_.pick({"ring.answered", "ring.declined", "call.bridge_failed",
                       "ring.accepted"}),
           at - milliseconds{dice_.between(0, 3000)});
  if (dice_.chance(30))
    plan(history_.make(topic::calls, "call.outcome", team_,
                       json_object{}
                         .text("call_id", call)
                         .text("lead_id", lead)
                         .text("outcome", dice_.pick({"successful_transfer",
                                                      "missed_transfer"}))
                         .str()),
         at + milliseconds{dice_.between(-3000, 3000)});
  if (dice_.chance(250)) {
    json_object t;
    t.text("agent_id", "a" + std::to_string(dice_.between(1, agents_)))
      .flag("available_for_calls", dice_.chance(850));
    plan(history_.make(topic::roster, "agent.availability_changed", team_,
                       t.str()),
         near(expires, total));
  }
  if (dice_.chance(40)) { // on a call of their own, or away for a while
    auto agent = "a" + std::to_string(dice_.between(1, agents_));
    auto told = [&](json_object t, instant at_that) {
      plan(history_.make(topic::roster, "agent.availability_changed", team_,
                         t.text("agent_id", agent).str()),
           at_that);
    };
    auto when = near(expires, total);
    auto until = when + milliseconds{dice_.between(0, 10'000)};
    if (dice_.chance(500)) {
      told(json_object{}.flag("busy", true), when);
      told(json_object{}.flag("busy", false), until);
    } else {
      told(json_object{}.text("away_until", to_rfc3339(until)), when);
    }
  }
  if (dice_.chance(15)) {
    auto number = dice_.between(1, agents_);
    auto agent = "a" + std::to_string(number);
    auto when = near(expires, total);
    plan(history_.make(topic::roster, "agent.removed", team_,
                       json_object{}
                         .text("agent_id", agent)
                         .flag("reassign", dice_.chance(500))
                         .str()),
         when);
    plan(history_.make(topic::roster, "agent.configured", team_,
                       json_object{}
                         .text("agent_id", agent)
                         .text("name", "Agent back")
                         .text("phone", phone_of(number))
                         .str()),
         when + milliseconds{dice_.between(0, 20'000)});
  }
}

/// An instant at which something else happens, too, or just beside it.
instant race::near(instant expires, instant total) {
  auto beside = milliseconds{dice_.between(-1, 1)};
  // Phones stop ringing, and a little later the attempt is over (R24, R28).
  if (dice_.chance(300))
    expires += seconds{grace_s_};
  else if (confirm_ && dice_.chance(300))
    expires += seconds{confirm_s_};
  switch (dice_.below(6)) {
    case 0:
      ++figures_.on_the_instant;
      return expires;
    case 1:
      return expires + beside;
    case 2:
      ++figures_.on_the_instant;
      return total;
    case 3:
      return total + beside;
    case 4:
      return now_ + milliseconds{dice_.between(0, 3)};
    default:
      return now_ + milliseconds{dice_.between(0, 1000 * ring_s_)};
  }
}

void race::report(const std::string& call, const std::string& leg,
                  const char* type, instant at) {
  auto w = history_.make(
    topic::calls, type, team_,
    json_object{}.text("call_id", call).text("leg_id", leg).str());
  if (dice_.chance(200)) // the same event again
    plan(w, at
              + milliseconds{dice_.pick<std::int64_t>(
                {0, 1, 1000 * ring_s_, dice_.between(0, 30'000)})});
  plan(std::move(w), at);
}

void race::act_on(const ring_requested& r) {
  const auto& book = calls_book_.at(r.call_id);
  auto moment = [&] { return near(r.expires_at, book.total_until); };
  for (const auto& l : r.legs)
    for (int n = dice_.chance(150) ? 2 : 1; n > 0; --n) {
      // Two reports of one leg contradict each other, or not.
      auto fate = dice_.below(100);
      if (fate < 30)
        report(r.call_id, l.leg_id, "ring.answered", moment());
      else if (fate < 48)
        report(r.call_id, l.leg_id, "ring.declined", moment());
      else if (fate < 75)
        report(r.call_id, l.leg_id,
               dice_.pick({"ring.busy", "ring.failed", "ring.machine",
                           "ring.no_answer"}),
               moment());
      if (fate < 30 && (confirm_ || dice_.chance(100)) && dice_.chance(800))
        report(r.call_id, l.leg_id, "ring.accepted", moment());
    }
}

void race::act_on(const transfer_connected& c) {
  auto soon = [&] {
    return now_
           + milliseconds{dice_.pick<std::int64_t>(
             {0, 1, dice_.between(0, 2000), dice_.between(0, 60'000), 60'000,
              300'000})};
  };
  if (dice_.chance(250))
    report(c.call_id, c.leg_id, "call.bridge_failed", soon());
  else if (dice_.chance(150)) // it was a mailbox (R33)
    report(c.call_id, c.leg_id, "ring.machine", soon());
  if (dice_.chance(750))
    plan(history_.make(topic::calls,
                       dice_.pick({"call.ended", "caller.hung_up"}), team_,
                       json_object{}.text("call_id", c.call_id).str()),
         soon());
}

void race::act_on_miss(const std::string& call) {
  const auto lead = part_.team(team_).call_cell(call).state.lead_id;
  if (dice_.chance(200)) // the bot tries once more (R44)
    plan(history_.make(
           topic::calls, "transfer.requested", team_,
           json_object{}.text("call_id", call).text("lead_id", lead).str()),
         now_
           + milliseconds{dice_.pick<std::int64_t>(
             {0, 1, dice_.between(0, 60'000), 3'600'000, 3'600'001})});
  if (!dice_.chance(200))
    return;
  plan(history_.make(
         topic::calls, "call.outcome", team_,
         json_object{}
           .text("call_id", call)
           .text("lead_id", lead)
           .text("outcome",
                 dice_.pick({"successful_transfer", "successful_transfer",
                             "missed_transfer", "needs_follow_up"}))
           .str()),
       now_ + milliseconds{dice_.between(0, 10'000)});
}

} // namespace fairlead::test
