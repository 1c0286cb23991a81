#include "commands/words/report.hpp"
#include "tests/unit/commands/history.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace fairlead::test {
namespace {

class calls_of_a_day {
public:
  calls_of_a_day& won(const std::string& call, const std::string& agent,
                      std::int64_t waited_ms = 1000) {
    transfer_connected b;
    b.call_id = call;
    b.leg_id = call + "-" + agent;
    b.agent_id = agent;
    b.number = {"+12125550101", ""};
    b.waited_ms = waited_ms;
    return add(b);
  }
  calls_of_a_day& missed(const std::string& call) {
    return add(transfer_missed{.call_id = call,
                               .reason = miss_reason::no_answer,
                               .attempts = 1,
                               .warnings = {}});
  }
  calls_of_a_day& corrected(const std::string& call, outcome to) {
    return add(outcome_corrected{
      .call_id = call, .from = outcome::missed_transfer, .to = to});
  }
  /// The report's line about calls.
  std::string line() {
    std::stringstream all;
    report_.print(all);
    for (std::string line; std::getline(all, line);)
      if (line.starts_with("  calls:"))
        return line.substr(9);
    return "";
  }
  std::string row(const std::string& agent) {
    std::stringstream all;
    report_.print(all);
    for (std::string line; std::getline(all, line);)
      if (line.starts_with("    " + agent))
        return line;
    return "";
  }

  /// A ring, so that the agent has a row.
  calls_of_a_day& rung(const std::string& agent) {
    ring_requested b;
    b.call_id = "any";
    b.attempt = 1;
    b.legs = {{.leg_id = "leg",
               .agent_id = agent,
               .name = agent,
               .number = {"+12125550101", ""},
               .reason = std::nullopt}};
    return add(b);
  }

private:
  template <class Body>
  calls_of_a_day& add(Body b) {
    auto r = hand_.output(std::move(b), at(++now_), "e");
    report_.output(r.on, r.value, std::nullopt);
    return *this;
  }

  handwriting hand_;
  report report_;
  std::int64_t now_ = 0;
};

TEST(Report, ACallIsOneCallWhoeverTookIt) {
  EXPECT_EQ(calls_of_a_day{}.won("c1", "ana").missed("c2").line(),
            "1 of 2 answered (50 %), waited p50 1.0 s, p99 1.0 s");
}

TEST(Report, R33AWinnerReplacedOrTakenBack) {
  // Ana's bridge failed, and Ben took the call; the mailbox of Cy did not.
  calls_of_a_day day;
  day.rung("ana").rung("ben").rung("cy");
  day.won("c1", "ana").won("c1", "ben", 7000);
  day.won("c2", "cy").missed("c2").corrected("c2", outcome::missed_transfer);
  EXPECT_EQ(day.line(), "1 of 2 answered (50 %), waited p50 7.0 s, p99 7.0 s");
  EXPECT_EQ(day.row("ana"),
            "    ana                  0       1         0       0");
  EXPECT_EQ(day.row("ben"),
            "    ben                  0       1         1       0");
}

TEST(Report, R38AMissThatTheBotCorrects) {
  calls_of_a_day day;
  day.missed("c1").corrected("c1", outcome::successful_transfer);
  EXPECT_EQ(day.line(), "1 of 1 answered (100 %)");
}

TEST(Report, R38ACallThatWasOnlyTaggedIsNone) {
  EXPECT_EQ(
    calls_of_a_day{}.corrected("c1", outcome::successful_transfer).line(), "");
}

TEST(Report, R44AnotherRoutingIsTheSameCall) {
  EXPECT_EQ(calls_of_a_day{}.missed("c1").won("c1", "ana").line(),
            "1 of 1 answered (100 %), waited p50 1.0 s, p99 1.0 s");
}

} // namespace
} // namespace fairlead::test
