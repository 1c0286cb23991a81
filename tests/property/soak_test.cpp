// Goal: state stays bounded (R15): years of work leave no more behind than what
// is kept anyway. Method: virtual time over the real partition: leads come at a
// steady rate, are called, worked on, opted out, closed and asked about again;
// each month the size of the state is noted. Two of the three years are R15's
// longest time; in the third it must not grow. Opt-outs, which are kept for
// ever, are counted apart. SOAK_LEADS=n sets how many leads come in two years.

#include "messages/derive.hpp"
#include "tests/property/desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

namespace fairlead::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr instant start = at_ms(1'772'463'600'000); // 2026-03-02T15:00:00Z
constexpr auto month = days{30};
constexpr int months = 36;
constexpr int teams = 5;
constexpr std::size_t records_per_batch = 20;
// Less than max_age_s: else a call of a batch is taken for old news (R43).
constexpr auto batch_spans_max = hours{20};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t leads_by_default = 2'000;
#else
constexpr std::int64_t leads_by_default = 10'000;
#endif

struct size_of_state {
  std::size_t entries = 0, bytes = 0, opt_outs = 0;
};

class soak {
public:
  explicit soak(std::int64_t leads_in_two_years)
    : gap_{milliseconds{days{730}} / leads_in_two_years},
      people_{leads_in_two_years / 2} {
    desk_.on_step = [this](step& s) { follow(s); };
    for (int t = 0; t < teams; ++t)
      configure("t" + std::to_string(t));
  }

  void run_until(instant end) {
    for (; next_lead_ < end; next_lead_ += gap_)
      plan_lead(next_lead_);
    std::size_t in_batch = 0;
    instant first{};
    while (!queue_.empty() && queue_.begin()->first < end) {
      auto at = queue_.begin()->first;
      if (in_batch == records_per_batch
          || (in_batch > 0 && at - first > batch_spans_max)) {
        (void)desk_.work();
        in_batch = 0;
      }
      if (in_batch++ == 0)
        first = at;
      desk_.publish(queue_.begin()->second, at);
      queue_.erase(queue_.begin());
    }
    (void)desk_.work();
    (void)desk_.pass(end);
  }

  [[nodiscard]] size_of_state size() {
    size_of_state z{.entries = desk_.part().store().size(),
                    .bytes = desk_.part().store().bytes()};
    desk_.part().store().each(
      [&z](const state_name& name, std::string_view value) {
        if (name.kind != entity_kind::opt_out)
          return;
        ++z.opt_outs;
        --z.entries;
        z.bytes -= name.id.size() + value.size();
      });
    return z;
  }
  [[nodiscard]] std::int64_t leads() const { return leads_; }
  [[nodiscard]] std::uint64_t refused(dead_letter_reason r) {
    return desk_.part().stats().dead_letters.at(static_cast<std::size_t>(r));
  }
  [[nodiscard]] std::uint64_t steps() { return desk_.part().stats().steps; }
  [[nodiscard]] std::size_t largest_snapshot() const {
    return desk_.largest_snapshot();
  }

private:
  void configure(const std::string& team) {
    plan(start, topic::roster, "team.configured", team,
         json_object{}
           .text("team_id", team)
           .text("account_owner", "a0")
           .json("pools", R"([{"id":"p","members":[{"agent_id":"a0"},)"
                          R"({"agent_id":"a1"},{"agent_id":"a2"}]}])")
           .json("routing_rules", R"([{"id":"r","assign":{"pool":"p"}}])")
           .json("transfer", R"({"max_age_s":86400})")
           .str());
    for (int a = 0; a < 3; ++a)
      plan(start, topic::roster, "agent.configured", team,
           json_object{}
             .text("agent_id", "a" + std::to_string(a))
             .text("name", "A")
             .text("phone", "+1512555010" + std::to_string(a))
             .str());
  }

  void plan(instant at, topic on, std::string_view type,
            const std::string& team, const std::string& data) {
    queue_.emplace(at, desk_.writer().make(on, type, team, data));
  }

  /// All that will happen to one lead.
  void plan_lead(instant at) {
    auto team = "t" + std::to_string(dice_.below(teams));
    auto lead = "lead-" + std::to_string(++leads_);
    auto about = [&lead] {
      json_object o;
      o.text("lead_id", lead);
      return o;
    };
    auto within = [&](auto span) {
      return at
             + milliseconds{
               dice_.between(1, std::chrono::milliseconds{span}.count())};
    };
    // Of two inquiries one is by somebody who has asked before, or will.
    auto n = std::to_string(1'000'000 + dice_.between(0, people_));
    auto received
      = about()
          .json("contact", json_object{}
                             .text("name", "Kim Roe " + n)
                             .text("phone", "+1512" + n)
                             .text("email", "kim" + n + "@example.com")
                             .str())
          .text("source", "zillow")
          .json("tags", R"(["pool","garden"])")
          .str();
    plan(at, topic::leads, "lead.received", team, received);
    if (dice_.chance(500)) // also before the lead, which then waits for it
      plan(at + minutes{dice_.between(-5, 60)}, topic::leads,
           "outreach.requested", team,
           about()
             .text("outreach_id", "o-" + lead)
             .text("channel", "sms")
             .json("payload", R"({"text":"Good morning"})")
             .str());
    if (dice_.chance(20)) // for a lead that never comes
      plan(at, topic::leads, "outreach.requested", team,
           json_object{}
             .text("lead_id", "never-" + lead)
             .text("outreach_id", "o-" + lead)
             .text("channel", "sms")
             .str());
    for (int i = 0; i < 2; ++i)
      if (dice_.chance(400))
        plan_call(team, lead, lead + "-c" + std::to_string(i),
                  within(days{10}));
    if (dice_.chance(100))
      plan(within(days{90}), topic::leads, "lead.received", team, received);
    if (dice_.chance(950))
      plan(within(days{60}), topic::leads, "lead.closed", team, about().str());
    if (dice_.chance(20)) {
      plan(within(days{300}), topic::roster, "agent.availability_changed", team,
           json_object{}
             .text("agent_id", "a" + std::to_string(dice_.below(3)))
             .flag("accepting_leads", dice_.chance(700))
             .str());
    }
  }

  void plan_call(const std::string& team, const std::string& lead,
                 const std::string& call, instant at) {
    json_object named;
    named.text("call_id", call).text("lead_id", lead);
    if (dice_.chance(700))
      plan(at, topic::calls, "transfer.requested", team, named.str());
    if (dice_.chance(500)) {
      auto leg
        = json_object{}
            .text("call_id", call)
            .text(
              "leg_id",
              leg_id({.team = team, .call = call, .attempt = 1, .index = 0}))
            .str();
      plan(at + seconds{4}, topic::calls, "ring.answered", team, leg);
      if (dice_.chance(800))
        plan(at + minutes{5}, topic::calls, "call.ended", team, named.str());
    }
    if (dice_.chance(500))
      plan(
        at + minutes{6}, topic::calls, "call.outcome", team,
        named
          .text("outcome", dice_.chance(30)
                             ? "opt_out"
                             : dice_.pick({"needs_follow_up", "contact_later",
                                           "not_interested", "unqualified"}))
          .str());
  }

  /// Agents do some of their tasks.
  void follow(step& s) {
    for (const auto& o : s.outputs())
      if (std::holds_alternative<task_created>(o.body) && dice_.chance(600))
        queue_.emplace(s.now() + hours{dice_.between(1, 100)},
                       desk_.writer().make(topic::leads, "task.completed",
                                           s.team().id(),
                                           json_object{}
                                             .text("lead_id", o.subject)
                                             .text("task_id", o.id)
                                             .str()));
  }

  desk desk_;
  dice dice_{20260302};
  milliseconds gap_;
  std::int64_t people_;
  std::int64_t leads_ = 0;
  instant next_lead_ = start + seconds{1};
  std::multimap<instant, wish> queue_;
};

TEST(R15Soak, TheStateIsFlatOnceRetentionBites) {
  const auto* n = std::getenv("SOAK_LEADS");
  auto began = std::chrono::steady_clock::now();
  soak s{n == nullptr ? leads_by_default : std::stoll(n)};
  std::vector<size_of_state> curve;
  std::printf("| month | leads so far | entries | KiB | opt-outs |\n"
              "|---|---|---|---|---|\n");
  for (int m = 1; m <= months; ++m) {
    s.run_until(start + m * month);
    curve.push_back(s.size());
    const auto& z = curve.back();
    std::printf("| %d | %lld | %zu | %zu | %zu |\n", m,
                static_cast<long long>(s.leads()), z.entries, z.bytes / 1024,
                z.opt_outs);
    std::fflush(stdout);
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%lld leads, %llu steps in %.1f s, largest snapshot %zu bytes\n",
              static_cast<long long>(s.leads()),
              static_cast<unsigned long long>(s.steps()), took.count(),
              s.largest_snapshot());
  // The teams are configured, or nothing of this would have been tried.
  EXPECT_EQ(s.refused(dead_letter_reason::invalid_document), 0U);
  EXPECT_EQ(s.refused(dead_letter_reason::unknown_team), 0U);
  // The first five months of the third year against its last five.
  auto mean = [&curve](int from, auto of) {
    std::size_t sum = 0;
    for (int m = from; m < from + 5; ++m)
      sum += of(curve[static_cast<std::size_t>(m - 1)]);
    return static_cast<double>(sum) / 5;
  };
  auto entries = [](const size_of_state& z) { return z.entries; };
  auto bytes = [](const size_of_state& z) { return z.bytes; };
  EXPECT_LT(mean(32, entries), 1.03 * mean(26, entries));
  EXPECT_LT(mean(32, bytes), 1.03 * mean(26, bytes));
  // Far less than all that ever came.
  EXPECT_LT(curve.back().entries, static_cast<std::size_t>(s.leads()) * 2);
  EXPECT_GT(curve.back().opt_outs, 0U);
}

} // namespace
} // namespace fairlead::test
